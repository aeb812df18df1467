import type { Client } from 'pg';
import { findValues } from '#forms/row-values';
import type { CopyBatch } from '#postgres/copy-batches';
import { readCopy } from '#postgres/copy-reader';
import { copyOf, rowSizes, wholeRows } from '#postgres/copy-rows';
import { streamRows } from '#postgres/row-stream';
import { writtenBy } from '#rewrite/writing-transaction';
import { selectSource } from './source-query.ts';
import { createSql, keepOthersOut, type StagingTable, writtenFrom } from '#rewrite/staging-table';
import type { ValueCounts } from './value-counts.ts';

/**
 * Takes staged rows that the cutover did not find any more (changed or deleted since) out of the counts again. Their old
 * ciphertext is in the staging table.
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
  const source = selectSource(delta.target, { mark, condition: `NOT (${writtenBy(xid)})` });
  const { rowCount } = await client.query(`${createSql(delta)} AS ${numbered(source, delta)}`);
  const collected = rowCount ?? 0;
  if (collected > portion) await addIndex(client, delta);
  return collected;
}

/** The statement that creates the table of such rows by itself, where an engine cannot do that within the transaction. */
export function createUnwrittenSql(delta: StagingTable): string {
  const { identity, columns } = delta.target;
  const types = [
    'pg_catalog.bool',
    ...identity.columns.map(({ type }) => type),
    ...columns.map(({ type }) => (type === 'bytea' ? 'pg_catalog.bytea' : 'pg_catalog.text')),
  ];
  const fields = fieldNames(delta).map((name, i) => `${name} ${types[i]}`);
  return `${createSql(delta)} (${['n pg_catalog.int8', ...fields].join(', ')}); ${keepOthersOut(delta.sql)}`;
}

/** The same into that table, where the engine does not tell which rows the transaction wrote: those that do not hold what was `staged` for them. */
export async function collectDifferent(
  client: Client,
  delta: StagingTable,
  staged: StagingTable,
): Promise<number> {
  const isWritten = `EXISTS (SELECT FROM ${staged.sql} AS s WHERE ${writtenFrom(staged)})`;
  const source = selectSource(delta.target, { mark: 'false', condition: `NOT ${isWritten}` });
  const { rowCount } = await client.query(`INSERT INTO ${delta.sql} ${numbered(source, delta)}`);
  return rowCount ?? 0;
}

function numbered(source: string, delta: StagingTable): string {
  return `SELECT pg_catalog.row_number() OVER () AS n, r.* FROM (${source}) AS r (${fieldNames(delta).join(', ')})`;
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
