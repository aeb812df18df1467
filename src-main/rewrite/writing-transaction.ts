import type { Client, QueryResult } from 'pg';
import { KeelError } from '#errors/keel-error';
import { text } from '#errors/text';
import { fromDriverError } from '#postgres/connection-errors';
import type { PortableTraits } from '#postgres/engine/engine';
import type { TableTarget } from '#postgres/table-target';
import { formatCount } from '#shared/counted';

/** Stands for the id of a transaction whose engine does not tell: no row and no transaction has it (InvalidTransactionId). */
export const untoldXid = '0';

/**
 * Starts the transaction that writes; returns its id and that of the server process, to be recorded before anything else. `portable`: an engine
 * is not asked for the id.
 */
export async function beginWriting(
  client: Client,
  portable?: PortableTraits,
): Promise<{ xid: string; backendPid: number }> {
  const xid = portable ? `'${untoldXid}'` : 'pg_current_xact_id()::text';
  const answers: unknown = await client.query(
    `BEGIN ISOLATION LEVEL ${portable?.isolation ?? 'READ COMMITTED'} READ WRITE; ` +
      // where a database does without, a commit that was answered could be gone after a crash
      "SELECT set_config('synchronous_commit', 'on', true) WHERE current_setting('synchronous_commit') = 'off'; " +
      `SELECT ${xid} AS xid, pg_backend_pid() AS "backendPid"`,
  );
  return (answers as QueryResult[]).at(-1)?.rows[0];
}

/**
 * Locks tables against writers until the transaction ends; readers go on. Throws `lock-timeout` where somebody else has held a
 * lock for so many milliseconds.
 */
export async function lockTables(
  client: Client,
  tables: readonly TableTarget[],
  timeoutMs: number,
): Promise<void> {
  // always in the same order, so that two of us cannot wait for each other
  const names = tables.map(({ sql }) => sql).sort();
  try {
    await client.query(
      `SET LOCAL lock_timeout = ${Math.round(timeoutMs)}; LOCK TABLE ${names.join(', ')} IN SHARE ROW EXCLUSIVE MODE`,
    );
  } catch (error) {
    const known = fromDriverError(error, 'locking the tables');
    if (known.code !== 'lock-timeout') throw known;
    throw new KeelError(
      'lock-timeout',
      `another session has held a lock on the tables for ${formatCount(timeoutMs)} ms; nothing was changed`,
      text`stop what writes to these tables, or end the session that holds the lock (\`pg_locks\`, \`pg_stat_activity\`)${{ do: 'or-wait-longer' }}`,
      { cause: error },
    );
  }
}

/** Checks now what was deferred to COMMIT, so that a rehearsal meets it too. */
export async function checkDeferred(client: Client): Promise<void> {
  await client.query('SET CONSTRAINTS ALL IMMEDIATE');
}

/** A row of `xid`'s making: who wrote it is recorded in its xmin. `xid` is the 64-bit id; xmin holds its low 32 bits. */
export function writtenBy(xid: string): string {
  return `t.xmin = '${BigInt(xid) & 0xffff_ffffn}'::pg_catalog.xid`;
}
