import { setTimeout as pause } from 'node:timers/promises';
import type { Client, QueryResult } from 'pg';
import { KeelError } from '#errors/keel-error';
import { fromDriverError } from '#postgres/connection-errors';
import { asLogin } from './as-login.ts';
import type { KeelClient } from './keel-client.ts';

/** A transaction that writes, as its server knows it. */
export interface Writing {
  readonly xid: string;
  readonly pid: number;
  /** As the server writes it; null where the session took on a role that may not see it. */
  readonly startedAt: string | null;
}

/** Whether what was written is in the database; undefined where what is there is neither that nor what was there before. */
export type LookForWritten = (client: Client) => Promise<boolean | undefined>;

/** How long a server may take to be there again, or to end what it was doing for a lost connection. */
const timeoutMs = 5_000;
const pauseMs = 200;

/** Starts a transaction that `commitSettled` ends. */
export async function beginSettled(client: Client, lockTimeoutMs: number): Promise<Writing> {
  const answers: unknown = await client.query(
    `BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE; SET LOCAL lock_timeout = ${lockTimeoutMs}; ` +
      // where a database does without, a commit that was answered could be gone after a crash
      "SELECT set_config('synchronous_commit', 'on', true) WHERE current_setting('synchronous_commit') = 'off'; " +
      'SELECT pg_current_xact_id()::text AS xid, pg_backend_pid() AS pid, ' +
      '(SELECT backend_start::text FROM pg_stat_activity WHERE pid = pg_backend_pid()) AS "startedAt"',
  );
  return (answers as QueryResult[]).at(-1)?.rows[0];
}

/**
 * COMMIT. Where its answer is lost, the transaction is ended over another connection, and `look` is asked there what became of it: so
 * `committed` and `rolled-back` are what the database shows, and `unknown` is answered where it cannot be asked. Throws what the server
 * refuses, which is rolled back then.
 */
export async function commitSettled(
  client: KeelClient,
  writing: Writing,
  look: LookForWritten,
): Promise<'committed' | 'rolled-back' | 'unknown'> {
  try {
    await client.query('COMMIT');
    return 'committed';
  } catch (error) {
    if (!isLostAnswer(error)) throw error;
  }
  try {
    await using other = await reconnect(client);
    return await whatBecameOf(other, writing, look);
  } catch {
    return 'unknown';
  }
}

/** A server that ends the session while it commits may have done it by then (SQLSTATE class 57, operator intervention). */
function isLostAnswer(error: unknown): boolean {
  const { code } = fromDriverError(error, 'committing');
  return code === 'connection-lost' || code === 'cancelled';
}

async function whatBecameOf(client: Client, writing: Writing, look: LookForWritten) {
  const { rows } = await client.query('SELECT pg_is_in_recovery() AS standby');
  // a standby may not have what its primary committed
  if (rows[0].standby || !(await isOver(client, writing))) return 'unknown';
  const isThere = await look(client);
  if (isThere === undefined) return 'unknown';
  return isThere ? 'committed' : 'rolled-back';
}

/** Ends the transaction where it still runs. False where it does not end, or cannot be distinguished from somebody else's. */
async function isOver(client: Client, { xid, pid, startedAt }: Writing): Promise<boolean> {
  for (const giveUpAt = Date.now() + timeoutMs; ; await pause(pauseMs)) {
    const { rows } = await asLogin(client, async () => {
      // a pooler may have given the process to somebody by now, who is not to be ended
      await client.query(
        `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
         WHERE pid = $1 AND backend_start::text = $2 AND backend_xid = $3::xid8::xid`,
        [pid, startedAt, xid],
      );
      return client.query(
        // one that the server has not begun yet was lost in a crash
        `SELECT $1::xid8 < pg_snapshot_xmax(pg_current_snapshot())
           AND NOT pg_visible_in_snapshot($1::xid8, pg_current_snapshot()) AS runs`,
        [xid],
      );
    });
    if (!rows[0].runs) return true;
    if (Date.now() > giveUpAt) return false;
  }
}

async function reconnect(client: KeelClient): Promise<KeelClient> {
  for (const giveUpAt = Date.now() + timeoutMs; ; await pause(pauseMs)) {
    try {
      return await client.another();
    } catch (error) {
      // a server that crashed is not there for a moment
      const mayComeBack =
        error instanceof KeelError && ['server-unreachable', 'connection-lost'].includes(error.code);
      if (!mayComeBack || Date.now() > giveUpAt) throw error;
    }
  }
}
