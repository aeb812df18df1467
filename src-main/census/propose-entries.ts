import type { Client } from 'pg';
import type { EncryptedColumn } from '#contract/inventory';
import type { EncryptionKey } from '#crypto/encryption-key';
import { examineTable } from '#discovery/examine-table';
import type { Field } from '#postgres/copy-binary';
import { streamRows } from '#postgres/row-stream';
import { readExpression } from '#postgres/table-target';
import type { CensusRelation } from './relations.ts';

/** Cells above this size are left out when a form is searched for. */
const longestCell = 1 << 16;

/**
 * The entries that would take a place into the inventory: the forms that the key opens these rows by. None where none is proven.
 * `places`: of rows that hold such values.
 */
export async function proposeEntries(
  client: Client,
  relation: CensusRelation,
  column: string,
  places: readonly string[],
  key: EncryptionKey,
): Promise<EncryptedColumn[]> {
  // what is no text for its type cannot be written as one
  const columns = relation.columns.filter(({ shape }) => shape.kind !== 'plain');
  const cells = columns.map((one) => {
    const cell = readExpression('t', one);
    return `CASE WHEN octet_length(${cell}) BETWEEN 1 AND ${longestCell} THEN ${cell} END`;
  });
  const known = places.filter((place) => place !== '');
  if (known.length === 0 || !columns.some(({ name }) => name === column)) return [];
  const list = known.map((place) => `'${place}'::pg_catalog.tid`).join(', ');
  const rows: Field[][] = [];
  const select = `SELECT ${cells.join(', ')} FROM ${relation.sql} AS t WHERE t.ctid IN (${list})`;
  for await (const batch of streamRows(client, select)) {
    for (const row of batch) rows.push(row.map((field) => field && Buffer.from(field)));
  }
  const table = relation.root ?? relation;
  const sampled = columns.map((one) => ({ ...one, generated: false }));
  const { candidates } = await examineTable(table, { columns: sampled, rows, unread: [] }, key, []);
  return candidates.flatMap(({ entry, status }) =>
    status === 'proven' && entry.column === column ? [entry] : [],
  );
}
