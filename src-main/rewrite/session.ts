import { randomUUID } from 'node:crypto';
import type { Client } from 'pg';
import { KeelError } from '#errors/keel-error';
import { text } from '#errors/text';
import { type ServerFacts, serverFacts } from '#postgres/connect';
import { pipelined } from '#postgres/pipelined';

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
  /** A further connection, for cleaning up when one of the two is lost. */
  readonly open: () => Promise<Client>;
  /** Makes the server stop whatever the two connections are doing. */
  readonly cancel: () => Promise<void>;
}

/** Name of every connection of a session, by which `recover` finds those that a crash left behind. */
export function sessionName(rewriteId: string): string {
  return `keel ${rewriteId}`;
}

/** `pg_advisory_lock` key that one session at a time holds in a database: the bytes of "keel", and 1. */
const advisoryKey = '1801807212, 1';

/** Takes the database for one session, until the connection ends. False while another one holds it. */
export async function holdDatabase(client: Client): Promise<boolean> {
  const { rows } = await client.query(`SELECT pg_try_advisory_lock(${advisoryKey}) AS held`);
  return rows[0].held;
}

/** Whether the server still serves a connection of this session. */
export async function hasSession(client: Client, rewriteId: string): Promise<boolean> {
  const { rows } = await client.query(
    `SELECT EXISTS (SELECT FROM pg_stat_activity WHERE application_name = $1 AND datname = current_database()) AS found`,
    [sessionName(rewriteId)],
  );
  return rows[0].found;
}

/** Connects twice. Throws `rotation-running` while another session holds the database. */
export async function openSession(openConnection: OpenConnection): Promise<RewriteSession> {
  const id = randomUUID();
  const open = () => openConnection(sessionName(id));
  const [writer, reader] = await openBoth(open);
  try {
    const [[held, facts], readerFacts] = await Promise.all([
      pipelined(writer, [() => holdDatabase(writer), () => serverFacts(writer)]),
      serverFacts(reader),
    ]);
    if (!held) {
      throw new KeelError(
        'rotation-running',
        'another rotation or import holds this database; nothing was changed',
        text`wait until it is done; if its process is gone, ${{ do: 'recover' }}`,
      );
    }
    const pids = [readerFacts.backendPid, facts.backendPid] as const;
    return {
      id,
      reader,
      writer,
      facts,
      pids,
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
    await Promise.allSettled([reader.end(), writer.end()]);
    throw error;
  }
}

/** Both connections or none. */
async function openBoth(open: () => Promise<Client>): Promise<[Client, Client]> {
  const outcomes = await Promise.allSettled([open(), open()]);
  const clients = outcomes.flatMap((outcome) => (outcome.status === 'fulfilled' ? [outcome.value] : []));
  const failed = outcomes.find((outcome) => outcome.status === 'rejected');
  if (!failed) return clients as [Client, Client];
  await Promise.allSettled(clients.map((client) => client.end()));
  throw failed.reason;
}
