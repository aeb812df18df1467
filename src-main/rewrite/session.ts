import { randomUUID } from 'node:crypto';
import type { Client } from 'pg';
import { KeelError } from '#errors/keel-error';
import { text } from '#errors/text';
import { type ServerFacts, serverFacts } from '#postgres/connect';
import type { Backend } from './left-sessions.ts';
import { sessionName } from './session-name.ts';

/** Opens a connection to the environment's database under the given application name. */
export type OpenConnection = (applicationName: string) => Promise<Client>;

/** The connections that rows are rewritten over: `reader` streams them out, `writer` stages them and runs the transaction. */
export interface RewriteSession extends AsyncDisposable {
  readonly id: string;
  readonly reader: Client;
  readonly writer: Client;
  readonly facts: ServerFacts;
  /** Server processes of the two connections. */
  readonly pids: readonly [number, number];
  readonly backends: readonly Backend[];
  /** A further connection, for cleaning up when one of the two is lost. */
  readonly open: () => Promise<Client>;
  /** Makes the server stop whatever the two connections are doing. */
  readonly cancel: () => Promise<void>;
}

/** `pg_advisory_lock` key that one session at a time holds in a database: the bytes of "keel", and 1. */
const advisoryKey = '1801807212, 1';

/** Takes the database for one session, until the connection ends. False while another one holds it. */
export async function holdDatabase(client: Client): Promise<boolean> {
  const { rows } = await client.query(`SELECT pg_try_advisory_lock(${advisoryKey}) AS held`);
  return rows[0].held;
}

/** Connects twice. Throws `rotation-running` while another session holds the database. */
export async function openSession(openConnection: OpenConnection): Promise<RewriteSession> {
  const id = randomUUID();
  const open = () => openConnection(sessionName(id));
  const writer = await open();
  try {
    if (!(await holdDatabase(writer))) {
      throw new KeelError(
        'rotation-running',
        'another rotation or import holds this database; nothing was changed',
        text`wait until it is done; if its process is gone, ${{ do: 'recover' }}`,
      );
    }
    const reader = await open();
    const facts = await serverFacts(writer);
    const served = [await serverFacts(reader), facts] as const;
    const pids = [served[0].backendPid, served[1].backendPid] as const;
    return {
      id,
      reader,
      writer,
      facts,
      pids,
      backends: served.map(({ backendPid: pid, backendStart: startedAt }) => ({ pid, startedAt })),
      open,
      cancel: async () => {
        const helper = await open();
        await helper.query('SELECT pg_cancel_backend(pid) FROM unnest($1::int[]) AS pid', [pids]);
        await helper.end();
      },
      [Symbol.asyncDispose]: async () => {
        await Promise.allSettled([reader.end(), writer.end()]);
      },
    };
  } catch (error) {
    await writer.end().catch(() => undefined);
    throw error;
  }
}
