import type { Client } from 'pg';
import { qualifiedName, quoteName } from '#postgres/identifiers';
import type { ApiKeyColumn } from '#posture/facts';
import { shownText } from './shown-text.ts';

/** Columns looked into, and rows of each. */
const mostColumns = 40;
const maxRows = 500;

/**
 * Looks for columns of short text with bcrypt hashes, or with Ballast's API keys in clear (`bk_…`), among those whose names speak of keys.
 * Values stay in this function.
 */
export async function readApiKeyColumns(client: Client): Promise<ApiKeyColumn[]> {
  const { rows: columns } = await client.query(
    `SELECT n.nspname AS schema, c.relname AS table, a.attname AS column
     FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace
       JOIN pg_type t ON t.oid = a.atttypid
     WHERE c.relkind IN ('r', 'p') AND NOT c.relispartition AND a.attnum > 0 AND NOT a.attisdropped
       AND t.typname IN ('text', 'varchar', 'bpchar')
       AND n.nspname NOT IN ('pg_catalog', 'information_schema', 'keel') AND n.nspname NOT LIKE 'pg\\_%'
       AND (a.attname ~* '(key|hash|token|secret)' OR c.relname ~* 'api_?key')
       AND has_schema_privilege(n.oid, 'USAGE') AND has_column_privilege(c.oid, a.attnum, 'SELECT')
       AND NOT row_security_active(c.oid)
     ORDER BY (c.relname ~* 'api_?key') DESC, 1, 2, 3 LIMIT ${mostColumns}`,
  );
  const found: ApiKeyColumn[] = [];
  for (const { schema, table, column } of columns) {
    const name = quoteName(column);
    const { rows } = await client.query(
      `SELECT left(${name}, 61) AS text FROM ${qualifiedName(schema, table)}
       WHERE length(${name}) BETWEEN 20 AND 200 LIMIT ${maxRows}`,
    );
    const label = shownText(`${schema}.${table}.${column}`);
    const judged = judge(
      label,
      rows.map(({ text }) => String(text)),
    );
    if (judged) found.push(judged);
  }
  return found;
}

function judge(label: string, texts: readonly string[]): ApiKeyColumn | undefined {
  const hashes = texts.filter((text) => /^\$2[abxy]\$\d\d\$/.test(text));
  const clear = texts.filter((text) => /^bk_[A-Za-z0-9]{20,}/.test(text)).length;
  if (hashes.length === 0 && clear === 0) return undefined;
  const costs = hashes.map((hash) => Number(hash.slice(4, 6)));
  return {
    label,
    bcrypt: hashes.length,
    ...(costs.length > 0 && { lowestCost: Math.min(...costs) }),
    clear,
    repeated: hashes.length - new Set(hashes).size,
  };
}
