import type { Client } from 'pg';
import type { CatalogColumn, CatalogTable } from './catalog.ts';
import { fromDriverError } from './connection-errors.ts';
import type { Field } from './copy-binary.ts';
import { qualifiedName } from './identifiers.ts';
import { streamRows } from './row-stream.ts';
import { Violation } from './session/message-guard.ts';
import { isPortable } from './session/portable.ts';
import { identityExpressions, readExpression, type TableTarget } from './table-target.ts';

/** Rows sampled for each table, and again for each column of which these show little. */
const sampleSize = 400;
/** How many filled cells of a column are enough. */
const enoughCells = 100;
/** Tables with more rows than this are first sampled by page. */
const spreadFrom = 20_000;
/**
 * Cells above this size are content rather than credentials: they are left out if a column has smaller ones.
 */
const longestCell = 1 << 16;
/** If a column has only large ones, a few of them are read. */
const longestLargeCell = 1 << 23;
const largeSampleSize = 3;

/** How long one table may take to yield a sample, in milliseconds. */
export const tableTimeoutMs = 15_000;

/** Rows of a table, from all over it. */
export interface Sample {
  readonly columns: readonly CatalogColumn[];
  /** A cell for each column: null where it is NULL, empty, or too large for a sample. */
  readonly rows: readonly (readonly Field[])[];
  /** Columns that the server refused to read, with its reason. */
  readonly unread: readonly { readonly column: string; readonly reason: string }[];
}

/**
 * A sample of a table's rows, in which every column with content shows some of it. Rows are drawn from all
 * pages, except over a portable connection, which gets those that the server finds first. Bounded work: a
 * table that cannot respond within the connection's statement timeout throws.
 */
export async function sampleTable(client: Client, table: CatalogTable): Promise<Sample> {
  const columns = [...table.columns, ...table.ivColumns];
  const seen = new Set<string>();
  const rows: Field[][] = [];
  const unread: { column: string; reason: string }[] = [];
  const read = async (query: SampleQuery) => {
    for (const [place, ...cells] of await readSample(client, table, columns, query)) {
      const name = place?.toString() ?? '';
      // a row that was drawn twice counts once, but a large cell is only in its own draw
      if (seen.has(name) && !query.longest) continue;
      seen.add(name);
      rows.push(cells);
    }
  };
  try {
    await read({ sampled: pageSample(table, sampleSize) });
  } catch (error) {
    if (isLost(error)) throw error;
    return await sampleByColumn(client, table, columns, error);
  }
  const isThin = ({ shape: { kind } }: CatalogColumn, i: number) =>
    kind !== 'uuid' && kind !== 'plain' && countFilled(rows, i) < enoughCells;
  const thin = columns.flatMap((column, i) => (isThin(column, i) ? [{ column, i }] : []));
  const totals = await countCells(
    client,
    table,
    thin.map(({ column }) => column),
  );
  for (const [at, { column, i }] of thin.entries()) {
    const { small, large } = totals[at] as CellCount;
    // a column that is mostly empty shows little in a sample of rows, so its filled rows are queried
    if (countFilled(rows, i) < Math.min(small, enoughCells)) await read({ where: isSmall(column) });
    if (large > 0 && countFilled(rows, i) === 0)
      await read({ where: isLarge(column), longest: longestLargeCell, size: largeSampleSize });
  }
  return { columns, rows, unread };
}

const isSmall = (column: CatalogColumn) =>
  `octet_length(${readExpression('t', column)}) BETWEEN 1 AND ${longestCell}`;
const isLarge = (column: CatalogColumn) =>
  `octet_length(${readExpression('t', column)}) BETWEEN ${longestCell + 1} AND ${longestLargeCell}`;

/** Filled cells of a column. */
interface CellCount {
  readonly small: number;
  readonly large: number;
}

/** A query may have 1,664 results. */
const columnsCounted = 500;

/**
 * How many filled cells columns have, many columns per pass over the table: it may have 1,600, most of them
 * empty.
 */
async function countCells(
  client: Client,
  table: CatalogTable,
  columns: readonly CatalogColumn[],
): Promise<CellCount[]> {
  const counted: CellCount[] = [];
  for (let from = 0; from < columns.length; from += columnsCounted) {
    const some = columns.slice(from, from + columnsCounted);
    const counts = some.flatMap((column) =>
      [isSmall(column), isLarge(column)].map((where) => `pg_catalog.count(*) FILTER (WHERE ${where})`),
    );
    const { rows } = await client.query<string[]>({
      text: `SELECT ${counts.join(', ')} FROM ${sampledName(table)} AS t`,
      rowMode: 'array',
    });
    const [numbers = []] = rows;
    for (const i of some.keys())
      counted.push({ small: Number(numbers[2 * i]), large: Number(numbers[2 * i + 1]) });
  }
  return counted;
}

/** A table without those that inherit from it. */
function sampledName({ kind, schema, name }: CatalogTable): string {
  return `${kind === 'table' ? 'ONLY ' : ''}${qualifiedName(schema, name)}`;
}

/** One column that cannot be read (a privilege, an invalid byte) does not prevent reading the others. */
async function sampleByColumn(
  client: Client,
  table: CatalogTable,
  columns: readonly CatalogColumn[],
  cause: unknown,
): Promise<Sample> {
  const readable: CatalogColumn[] = [];
  const unread: { column: string; reason: string }[] = [];
  for (const column of columns) {
    try {
      await readSample(client, table, [column], {
        where: `octet_length(${readExpression('t', column)}) > 0`,
      });
      readable.push(column);
    } catch (error) {
      if (isLost(error)) throw error;
      if (column.shape.kind === 'plain' || column.shape.kind === 'uuid') continue;
      unread.push({ column: column.name, reason: fromDriverError(error, 'reading the column').message });
    }
  }
  if (readable.length === 0 || readable.length === columns.length) throw cause;
  const names = new Set(readable.map(({ name }) => name));
  const rest = {
    ...table,
    columns: table.columns.filter(({ name }) => names.has(name)),
    ivColumns: table.ivColumns.filter(({ name }) => names.has(name)),
  };
  return { ...(await sampleTable(client, rest)), unread };
}

function isLost(error: unknown): boolean {
  return fromDriverError(error, 'reading a sample').code === 'connection-lost';
}

function countFilled(rows: readonly (readonly Field[])[], column: number): number {
  return rows.reduce((count, row) => count + (row[column] ? 1 : 0), 0);
}

/** The clause that draws pages of a large table, enough of them for `size` rows; nothing for a table that can be sorted. */
function pageSample({ estimatedRows }: Pick<CatalogTable, 'estimatedRows'>, size: number): string {
  if (estimatedRows < Math.max(spreadFrom, size * 10)) return '';
  const percent = Math.max(0.01, Math.min(100, (100 * size * 4) / estimatedRows));
  return `TABLESAMPLE SYSTEM (${percent.toFixed(4)}) REPEATABLE (1)`;
}

/** What reads `size` rows from all over a table, `where` its alias `t` fulfils a condition. Not for a portable connection. */
export function selectSpread(
  { sql, catalog }: TableTarget,
  cells: readonly string[],
  { where, size }: { readonly where: string; readonly size: number },
): string {
  return selectByPlace(sql, cells, { sampled: pageSample(catalog, size), where, size });
}

/** Locations first: only small data is sorted, and only the cells of the chosen rows are unpacked. */
function selectByPlace(
  name: string,
  cells: readonly string[],
  { sampled, where, size }: Required<Omit<SampleQuery, 'longest'>>,
): string {
  const chosen =
    `SELECT t.tableoid AS o, t.ctid AS c FROM ${name} AS t ${sampled} WHERE ${where} ` +
    `ORDER BY pg_catalog.md5(t.ctid::pg_catalog.text) LIMIT ${size}`;
  return `SELECT ${cells.join(', ')} FROM (${chosen}) AS s JOIN ${name} AS t ON t.tableoid = s.o AND t.ctid = s.c`;
}

const placeOfRow = 's.o::pg_catalog.text || s.c::pg_catalog.text';

/** What identifies a row if its location cannot be queried: its key, or all of its cells. */
function nameOfRow({ identity }: CatalogTable, cells: readonly string[]): string {
  const parts = identity.kind === 'key' ? identityExpressions('t', identity) : cells;
  return `pg_catalog.md5(pg_catalog.concat_ws(',', ${parts.join(', ')}))`;
}

interface SampleQuery {
  readonly sampled?: string;
  readonly where?: string;
  readonly longest?: number;
  readonly size?: number;
}

async function readSample(
  client: Client,
  table: CatalogTable,
  columns: readonly CatalogColumn[],
  { sampled = '', where = 'true', longest = longestCell, size = sampleSize }: SampleQuery,
): Promise<Field[][]> {
  const cells = columns.map((column) => {
    const cell = readExpression('t', column);
    return `CASE WHEN octet_length(${cell}) BETWEEN 1 AND ${longest} THEN ${cell} END`;
  });
  const name = sampledName(table);
  const select = isPortable(client)
    ? `SELECT ${[nameOfRow(table, cells), ...cells].join(', ')} FROM ${name} AS t WHERE ${where} LIMIT ${size}`
    : selectByPlace(name, [placeOfRow, ...cells], { sampled, where, size });
  const rows: Field[][] = [];
  for await (const batch of streamRows(client, select)) {
    for (const row of batch) rows.push(row.map((field) => field && Buffer.from(field)));
    // whoever collects rows relies on the server to stop
    if (rows.length > size) throw fromDriverError(new Violation('KEEL_ENDLESS_ROWS'), 'reading a sample');
  }
  return rows;
}
