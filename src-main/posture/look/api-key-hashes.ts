import type { Client } from 'pg';
import { qualifiedName, quoteName } from '#postgres/identifiers';
import { barsReading, readOwnership, withHeirs } from '#postgres/ownership/table-ownership';
import type { ApiKeyColumn } from '#posture/facts';
import { shownText } from '#shared/visible-text';

/** Columns looked into; a column that takes longer than this is sampled. */
const maxColumns = 200;
const msForColumn = 20_000;
const sampleRows = 10_000;

/** Columns with keys or hashes, and how many were looked into of those whose names suggest keys, which the catalog shows to every role; how many of these in a sample. */
export interface ReadKeyColumns {
  readonly columns: readonly ApiKeyColumn[];
  readonly found: number;
  readonly looked: number;
  readonly sampled: number;
}

/**
 * Looks for columns of short text with bcrypt hashes, or with Ballast's API keys in clear (`bk_…`), among those whose names speak of keys.
 * They are counted in the server, all rows of each where that does not take too long; not those of a table whose reading would run code
 * of others.
 */
export async function readApiKeyColumns(client: Client): Promise<ReadKeyColumns> {
  const { rows: columns } = await client.query(
    `SELECT c.oid, n.nspname AS schema, c.relname AS table, a.attname AS column,
            has_schema_privilege(n.oid, 'USAGE') AND has_column_privilege(c.oid, a.attnum, 'SELECT')
              AND NOT row_security_active(c.oid) AS may
     FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace
       JOIN pg_type t ON t.oid = a.atttypid
     WHERE c.relkind IN ('r', 'p') AND NOT c.relispartition AND a.attnum > 0 AND NOT a.attisdropped
       AND t.typname IN ('text', 'varchar', 'bpchar')
       AND n.nspname NOT IN ('pg_catalog', 'information_schema', 'keel') AND n.nspname NOT LIKE 'pg\\_%'
       AND (a.attname ~* '(key|hash|token|secret)' OR c.relname ~* 'api_?key')
     ORDER BY (c.relname ~* 'api_?key') DESC, 1, 2, 3`,
  );
  const ownership = await readOwnership(client);
  const runsCode = (oid: number) => {
    const owned = ownership.get(oid);
    return owned !== undefined && barsReading(withHeirs(owned)) !== undefined;
  };
  const found: ApiKeyColumn[] = [];
  const allowed = columns.filter(({ oid, may }) => may && !runsCode(oid));
  const readable = allowed.slice(0, maxColumns);
  let looked = 0;
  let sampled = 0;
  for (const { schema, table, column } of readable) {
    const place = { table: qualifiedName(schema, table), column: quoteName(column) };
    const label = shownText(`${schema}.${table}.${column}`);
    const whole = await count(client, place.table, place.column);
    const counted =
      whole ?? (await count(client, `(SELECT * FROM ${place.table} LIMIT ${sampleRows}) s`, place.column));
    if (counted) looked++;
    if (!whole) sampled++;
    if (counted && (counted.bcrypt > 0 || counted.clear > 0))
      found.push({ label, ...counted, ...(!whole && { sampled: sampleRows }) });
  }
  return { columns: found, found: columns.length, looked, sampled };
}

/** Counts in the server, so that no value leaves it; undefined where that takes too long. Leaves no setting behind. */
async function count(
  client: Client,
  table: string,
  column: string,
): Promise<Omit<ApiKeyColumn, 'label' | 'sampled'> | undefined> {
  const isHash = `${column}::text ~ '^[$]2[abxy][$][0-9]{2}[$]'`;
  // wherever it stands: with a label, in quotes, after “Bearer”
  const clearKey = `'(^|[^A-Za-z0-9])bk_[A-Za-z0-9_-]{20,}'`;
  await client.query(`BEGIN READ ONLY; SET LOCAL statement_timeout = ${msForColumn}`);
  try {
    const { rows } = await client.query(
      `SELECT count(*) FILTER (WHERE ${isHash}) AS bcrypt,
              count(DISTINCT ${column}::text) FILTER (WHERE ${isHash}) AS distinct,
              min(substr(${column}::text, 5, 2)) FILTER (WHERE ${isHash}) AS cost,
              count(*) FILTER (WHERE ${column}::text ~ ${clearKey}) AS clear,
              count(*) FILTER (WHERE NOT ${isHash} AND ${column}::text <> '' AND ${column}::text !~ ${clearKey}) AS other
       FROM ${table}`,
    );
    const [{ bcrypt, distinct, cost, clear, other }] = rows;
    return {
      bcrypt: Number(bcrypt),
      ...(cost !== null && { lowestCost: Number(cost) }),
      clear: Number(clear),
      other: Number(other),
      repeated: Number(bcrypt) - Number(distinct),
    };
  } catch (error) {
    if ((error as { code?: string }).code === '57014') return undefined;
    throw error;
  } finally {
    await client.query('ROLLBACK');
  }
}
