import { copyFile, chmod, chown, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { startEmbeddedServer } from '#practice/embedded-server';

export const tlsFixtures = join(import.meta.dirname, '..', '..', 'fixtures', 'tls');

/** Copies a certificate and its key to where the server wants them: its data folder, its owner, mode 600. */
export function withCertificate(name: string) {
  return async (directory: string): Promise<void> => {
    const owner = await stat(directory);
    for (const [from, to] of [
      [`${name}.crt`, 'server.crt'],
      [`${name}.key`, 'server.key'],
      ['ca.crt', 'root.crt'],
    ] as const) {
      await copyFile(join(tlsFixtures, from), join(directory, to));
      await chmod(join(directory, to), 0o600);
      await chown(join(directory, to), owner.uid, owner.gid);
    }
  };
}

/** Durability costs time and is not what these tests are about. */
export const quickSettings = [
  'fsync=off',
  'synchronous_commit=off',
  'full_page_writes=off',
  'max_connections=200',
];

/** One server for all tests and specs of a run; each makes a database of its own. Returns what stops it. */
export default async function setup(): Promise<() => Promise<void>> {
  const server = await startEmbeddedServer({
    settings: [...quickSettings, 'ssl=on', 'max_prepared_transactions=10', 'wal_level=logical'],
    prepare: withCertificate('server'),
  });
  // the runner's workers inherit it
  process.env['KEEL_TEST_POSTGRES'] = server.url();
  return () => server.stop();
}
