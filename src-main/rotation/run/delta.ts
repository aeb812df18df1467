import type { Client } from 'pg';
import { findValues } from '#forms/row-values';
import type { CopyBatch } from '#postgres/copy-batches';
import { readCopy } from '#postgres/copy-reader';
import { copyOf, rowSizes, wholeRows } from '#postgres/copy-rows';
import { streamRows } from '#postgres/row-stream';
import { writtenBy } from '#rewrite/writing-transaction';
import { selectSource } from './source-query.ts';
import { type StagingTable, writtenFrom } from '#rewrite/staging-table';
import type { ValueCounts } from './value-counts.ts';

/**
 * Takes staged rows that the cutover did not find any more (changed or deleted since) out of the counts again. Their old
 * ciphertext stands in the staging table.
 */
export async function forgetLostRows(
  client: Client,
  staging: StagingTable,
  counts: ValueCounts,
): Promise<void> {
  const { target } = staging;
  const select =
    `SELECT ${['s.note', ...target.columns.map((_, i) => `s.o${i}`)].join(', ')} FROM ${staging.sql} AS s ` +
    `WHERE NOT EXISTS (SELECT FROM ${target.sql} AS t WHERE ${writtenFrom(staging)})`;
  for await (const rows of streamRows(client, select)) {
    for (const [left, ...cells] of rows) {
      for (const [position, { column, form }] of findValues(target.columns, cells).entries()) {
        counts.remove({ column, form, rewritten: left?.[position] !== 1 });
      }
    }
  }
}

/**
 * Copies the rows that the cutover's transaction has not written (new, changed, or left alone) to a table of their own,
 * numbered, so that they can be read in portions while rows are written. Returns their number.
 */
export async function collectUnwritten(
  client: Client,
  delta: StagingTable,
  xid: string,
  mark: string,
): Promise<number> {
  const persistence = delta.place === 'schema' ? 'UNLOGGED' : 'TEMPORARY';
  const source = selectSource(delta.target, { mark, condition: `NOT (${writtenBy(xid)})` });
  const result = await client.query(
    `CREATE ${persistence} TABLE ${delta.sql} AS SELECT pg_catalog.row_number() OVER () AS n, r.* ` +
      `FROM (${source}) AS r (${fieldNames(delta).join(', ')})`,
  );
  const collected = result.rowCount ?? 0;
  if (collected > portion) await addIndex(client, delta);
  return collected;
}

/** Only quickens the portions, so an event trigger may refuse it. */
async function addIndex(client: Client, delta: StagingTable): Promise<void> {
  await client.query('SAVEPOINT unindexed');
  await client
    .query(`CREATE INDEX ON ${delta.sql} (n)`)
    .catch(() => client.query('ROLLBACK TO SAVEPOINT unindexed'));
  await client.query('RELEASE SAVEPOINT unindexed');
}

/** Rows read in one portion: the connection cannot read and write at the same time. */
const portion = 1_000;

/** The collected rows in portions, each complete before it is handed on. */
export async function* readUnwritten(
  client: Client,
  delta: StagingTable,
  total: number,
): AsyncGenerator<CopyBatch[]> {
  const names = fieldNames(delta).join(', ');
  for (let after = 0; after < total; after += portion) {
    const batches: CopyBatch[] = [];
    const range = `n > ${after} AND n <= ${after + portion}`;
    const select = `SELECT ${names} FROM ${delta.sql} WHERE ${range}`;
    for await (const batch of wholeRows(readCopy(client, select, { sizes: rowSizes })))
      batches.push(copyOf(batch));
    yield batches;
  }
}

function fieldNames({ target }: StagingTable): string[] {
  return [
    'mark',
    ...target.identity.columns.map((_, i) => `k${i}`),
    ...target.columns.map((_, i) => `o${i}`),
  ];
}
