import type { Client } from 'pg';
import type { TableTarget } from '#postgres/table-target';
import { writtenBy } from '#rewrite/writing-transaction';

/**
 * What became of a transaction that wrote `rows` rows of these tables: the rows tell that are there by its hand. Its number alone
 * does not, since after a crash the server gives it to somebody else. Undefined where neither is certain.
 */
export async function importOutcome(
  client: Client,
  targets: readonly TableTarget[],
  { xid, rows }: { readonly xid: string; readonly rows: number },
): Promise<'committed' | 'rolled-back' | undefined> {
  let there = 0;
  for (const target of targets) {
    const counted = await client.query(
      `SELECT count(*)::int8 AS there FROM ${target.sql} AS t WHERE ${writtenBy(xid)}`,
    );
    there += Number(counted.rows[0].there);
  }
  if (there === rows) return 'committed';
  return there === 0 && (await isAborted(client, xid)) ? 'rolled-back' : undefined;
}

/** Also of one that the server does not know any more, since it crashed before any trace of it was on disk. */
async function isAborted(client: Client, xid: string): Promise<boolean> {
  const { rows } = await client.query(
    'SELECT $1::xid8 >= pg_snapshot_xmax(pg_current_snapshot()) AS "neverBegun"',
    [xid],
  );
  if (rows[0].neverBegun) return true;
  const { rows: answer } = await client.query('SELECT pg_xact_status($1::xid8) AS status', [xid]);
  return answer[0].status === 'aborted';
}
