// What the judge has to notice, each as a fault of Keel's would leave it.
import { randomBytes } from 'node:crypto';
import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';

export const tampers = {
  /** One value becomes noise. */
  row: (lane) =>
    lane.withClient((client) =>
      client.query('UPDATE vault SET s = $1 WHERE id = 9', [randomBytes(60).toString('base64')]),
    ),
  /** One row is gone. */
  gone: (lane) => lane.withClient((client) => client.query('DELETE FROM vault WHERE id = 9')),
  /** The ring is gone, and with it which key is the active one. */
  ring: async ({ desk }) => {
    for (const name of await readdir(desk.home, { recursive: true }))
      if (name.endsWith('keyring.json')) await rm(join(desk.home, name));
  },
  /** A key in clear, in a temporary file. */
  leftover: ({ desk }, { keys }) => desk.write('.env.0123.tmp', keys.a.toString('base64')),
};
