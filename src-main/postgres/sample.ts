import type { Client } from 'pg';
import type { CatalogColumn, CatalogTable } from './catalog.ts';
import { qualifiedName, quoteName } from './identifiers.ts';
import { readExpression } from './table-target.ts';

/** Values looked at for each column. */
export const sampleSize = 200;
/** Tables with more rows than this are sampled over all their pages, since old and new rows may differ. */
const spreadFrom = 20_000;
/** Cells above this size are content rather than credentials: they are left out where a column has smaller ones. */
const longestCell = 1 << 16;
/** Where a column has none but large ones, a few of them are looked at. */
const longestLargeCell = 1 << 23;
const largeSampleSize = 3;

/**
 * Up to `sampleSize` filled values of each column. Bounded work: a table that cannot answer within the connection's
 * statement timeout throws.
 */
export async function sampleTable(
  client: Client,
  table: CatalogTable,
): Promise<Map<CatalogColumn, Buffer[]>> {
  const samples = new Map<CatalogColumn, Buffer[]>();
  const first = await readSample(client, table, table.columns, { clause: spread(table) });
  for (const column of table.columns) samples.set(column, first.get(column) ?? []);
  for (const [column, values] of samples) {
    // a column that is mostly NULL shows little in a sample of rows, so its filled rows are asked for
    if (values.length < sampleSize / 10) {
      const again = await readFilled(client, table, column);
      samples.set(column, again);
    }
  }
  return samples;
}

function spread(table: CatalogTable): string {
  if (table.estimatedRows < spreadFrom || table.kind === 'materialized-view') return '';
  const percent = Math.max(0.01, Math.min(100, (100 * sampleSize * 20) / table.estimatedRows));
  return `TABLESAMPLE SYSTEM (${percent.toFixed(4)}) REPEATABLE (1)`;
}

async function readFilled(client: Client, table: CatalogTable, column: CatalogColumn): Promise<Buffer[]> {
  const clause = `WHERE t.${quoteName(column.name)} IS NOT NULL`;
  const usual = (await readSample(client, table, [column], { clause })).get(column) ?? [];
  if (usual.length > 0) return usual;
  const large = await readSample(client, table, [column], {
    clause: `WHERE octet_length(${readExpression('t', column)}) BETWEEN ${longestCell + 1} AND ${longestLargeCell}`,
    longest: longestLargeCell,
    size: largeSampleSize,
  });
  return large.get(column) ?? [];
}

interface SampleQuery {
  /** What stands between FROM and LIMIT. */
  readonly clause: string;
  readonly longest?: number;
  readonly size?: number;
}

async function readSample(
  client: Client,
  table: CatalogTable,
  columns: readonly CatalogColumn[],
  { clause, longest = longestCell, size = sampleSize }: SampleQuery,
): Promise<Map<CatalogColumn, Buffer[]>> {
  const cells = columns.map((column, i) => {
    const cell = readExpression('t', column);
    const text = column.type === 'bytea' ? cell : `convert_to(${cell}, 'UTF8')`;
    return `CASE WHEN octet_length(${cell}) BETWEEN 1 AND ${longest} THEN ${text} END AS c${i}`;
  });
  const inherited = table.kind === 'table' ? 'ONLY ' : '';
  const { rows } = await client.query(
    `SELECT ${cells.join(', ')} FROM ${inherited}${qualifiedName(table.schema, table.name)} AS t ${clause} LIMIT ${size}`,
  );
  return new Map(
    columns.map((column, i) => [
      column,
      rows.map((row) => row[`c${i}`] as Buffer | null).filter((cell) => cell !== null),
    ]),
  );
}
