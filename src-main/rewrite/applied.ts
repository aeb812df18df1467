import type { Client } from 'pg';
import { KeelError } from '#errors/keel-error';
import type { TableTarget } from '#postgres/table-target';
import { type StagingTable, writtenFrom } from './staging-table.ts';
import { writtenBy } from './writing-transaction.ts';

/**
 * Asserts, in the server, that the rows which transaction `xid` wrote are `written` in number, and that each holds
 * exactly the cells staged for it. Throws `verification-failed`.
 */
export async function assertApplied(
  client: Client,
  target: TableTarget,
  stagings: readonly StagingTable[],
  xid: string,
  written: number,
): Promise<void> {
  const isOurs = writtenBy(xid);
  const found = `(SELECT count(*) FROM ${target.sql} AS t WHERE ${isOurs})`;
  const matched = stagings.map(
    (staging) =>
      `(SELECT count(*) FROM ${target.sql} AS t JOIN ${staging.sql} AS s ON ${writtenFrom(staging)} WHERE ${isOurs})`,
  );
  const { rows } = await client.query(
    `SELECT (${found})::int8 AS found, (${matched.join(' + ')})::int8 AS matched`,
  );
  const counts = { found: Number(rows[0].found), matched: Number(rows[0].matched) };
  if (counts.found === written && counts.matched === written) return;
  throw damaged(
    target,
    `${written} rows were rewritten, ${counts.found} are there, and ${counts.matched} hold what was written`,
  );
}

/** What was written is not what was to be written; the caller rolls back. */
export function damaged(target: TableTarget, what: string): KeelError {
  return new KeelError(
    'verification-failed',
    `the check before COMMIT failed for ${target.label}: ${what}; everything was rolled back, nothing was changed`,
    'look for triggers, rules or replicas that write to the table, then rehearse again',
  );
}
