import type { Client } from 'pg';
import { KeelError } from '#errors/keel-error';
import type { TableTarget } from '#postgres/table-target';
import { type StagingTable, writtenFrom } from './staging-table.ts';
import { writtenBy } from './writing-transaction.ts';
import { formatCount } from '#shared/counted';

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
  const { rows } = await client.query(
    `SELECT (${found})::int8 AS found, (${countHeld(target, stagings, isOurs)})::int8 AS matched`,
  );
  const counts = { found: Number(rows[0].found), matched: Number(rows[0].matched) };
  if (counts.found === written && counts.matched === written) return;
  throw damaged(
    target,
    `${formatCount(written)} rows were rewritten, ${formatCount(counts.found)} were found, and ${formatCount(counts.matched)} contain what was written`,
  );
}

/** The same where the engine does not tell which rows a transaction wrote: as many hold exactly the cells staged for them. */
export async function assertHeld(
  client: Client,
  target: TableTarget,
  stagings: readonly StagingTable[],
  written: number,
): Promise<void> {
  const { rows } = await client.query(`SELECT (${countHeld(target, stagings, 'true')})::int8 AS held`);
  const held = Number(rows[0].held);
  if (held === written) return;
  throw damaged(
    target,
    `${formatCount(written)} rows were rewritten, and ${formatCount(held)} contain what was written`,
  );
}

/** SQL of the number of rows that hold what was staged for them. */
function countHeld(target: TableTarget, stagings: readonly StagingTable[], condition: string): string {
  return stagings
    .map(
      (staging) =>
        `(SELECT count(*) FROM ${target.sql} AS t JOIN ${staging.sql} AS s ON ${writtenFrom(staging)} WHERE ${condition})`,
    )
    .join(' + ');
}

/** The system's own triggers of foreign keys and deferred uniqueness that only look. */
const lookingTriggers = [
  'RI_FKey_check_upd',
  'RI_FKey_noaction_upd',
  'RI_FKey_restrict_upd',
  'unique_key_recheck',
];

/**
 * Whether an UPDATE of the table is all that writes there: no trigger, rule or foreign server comes before or after it, so that what it
 * returns is what the table holds. Asked under the lock, which keeps triggers and rules from being made.
 */
export async function writesOnce(client: Client, target: TableTarget): Promise<boolean> {
  const { rows } = await client.query(
    `WITH tree (oid) AS (SELECT $1::oid UNION SELECT relid FROM pg_partition_tree($1::oid))
     SELECT NOT EXISTS (SELECT FROM pg_class c WHERE c.oid IN (TABLE tree) AND c.relkind NOT IN ('r', 'p'))
        AND NOT EXISTS (SELECT FROM pg_rewrite r WHERE r.ev_class IN (TABLE tree))
        AND NOT EXISTS (SELECT FROM pg_trigger g JOIN pg_proc p ON p.oid = g.tgfoid
          WHERE g.tgrelid IN (TABLE tree) AND g.tgenabled <> 'D' AND g.tgtype & 16 <> 0
            AND NOT (g.tgisinternal AND p.pronamespace = 'pg_catalog'::regnamespace AND p.proname = ANY ($2))) AS once`,
    [target.catalog.oid, lookingTriggers],
  );
  return rows[0].once;
}

/** What was written is not what was to be written; the caller rolls back. */
export function damaged(target: TableTarget, what: string): KeelError {
  return new KeelError(
    'verification-failed',
    `the check before COMMIT failed for ${target.label}: ${what}; everything was rolled back and nothing was changed`,
    'check for triggers, rules or replicas that write to the table, then rehearse again',
  );
}
