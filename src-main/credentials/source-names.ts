import type { Client } from 'pg';
import type { CatalogTable } from '#postgres/catalog';
import { qualifiedName, quoteName } from '#postgres/identifiers';

/** SQL that tells which source a row of `t` belongs to: its short name (`slack`) and what people call it. */
export interface SourceNames {
  /** What has to follow `FROM … AS t`; empty where the names are in the row itself. */
  readonly join: string;
  /** Expressions of type text, NULL where nothing is known. */
  readonly shortName: string;
  readonly name: string;
}

const shortNames = ['short_name', 'shortname', 'source_type', 'source_name', 'provider', 'service', 'kind'];
const names = ['name', 'display_name', 'label', 'title', 'host'];
const unknown = 'NULL::pg_catalog.text';

/** A foreign key of one column, and the table that it leads to. */
interface Reference {
  readonly column: string;
  readonly target: number;
  readonly targetColumn: string;
}

/**
 * Finds where a table names the source of its rows: in columns beside the ciphertexts, or in the row that a foreign key leads
 * to. Only columns that the role may read, and no encrypted one.
 */
export async function findSourceNames(
  client: Client,
  table: CatalogTable,
  catalog: readonly CatalogTable[],
  encrypted: ReadonlySet<string>,
): Promise<SourceNames> {
  const own = await readableColumns(client, table, encrypted);
  const ownShortName = firstOf(shortNames, own);
  if (ownShortName === undefined) {
    for (const { column, target, targetColumn } of await references(client, table)) {
      const parent = catalog.find(({ oid }) => oid === target);
      if (!parent || parent.kind === 'materialized-view') continue;
      const there = await readableColumns(client, parent, new Set());
      const shortName = firstOf(shortNames, there);
      if (shortName === undefined) continue;
      const on = `p.${quoteName(targetColumn)} = t.${quoteName(column)}`;
      return {
        join: `LEFT JOIN ${qualifiedName(parent.schema, parent.name)} AS p ON ${on}`,
        shortName: expression('p', shortName),
        name: expression('p', firstOf(names, there)),
      };
    }
  }
  return { join: '', shortName: expression('t', ownShortName), name: expression('t', firstOf(names, own)) };
}

function expression(alias: string, column: string | undefined): string {
  return column === undefined ? unknown : `${alias}.${quoteName(column)}::pg_catalog.text`;
}

function firstOf(wanted: readonly string[], there: readonly string[]): string | undefined {
  return wanted.find((name) => there.includes(name));
}

/** Text columns of a table that this role sees every row of. */
async function readableColumns(
  client: Client,
  { oid, columns }: CatalogTable,
  encrypted: ReadonlySet<string>,
): Promise<string[]> {
  const candidates = columns
    .filter(({ name, type }) => type === 'text' && !encrypted.has(name))
    .map(({ name }) => name);
  const { rows } = await client.query(
    `SELECT name FROM unnest($2::text[]) AS name
     WHERE has_column_privilege($1::oid, name, 'SELECT') AND NOT row_security_active($1::oid)`,
    [oid, candidates],
  );
  return rows.map(({ name }) => name as string);
}

async function references(client: Client, { oid }: CatalogTable): Promise<Reference[]> {
  const { rows } = await client.query(
    `SELECT a.attname AS column, c.confrelid AS target, b.attname AS "targetColumn"
     FROM pg_constraint c
     JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = c.conkey[1]
     JOIN pg_attribute b ON b.attrelid = c.confrelid AND b.attnum = c.confkey[1]
     WHERE c.contype = 'f' AND c.conrelid = $1 AND array_length(c.conkey, 1) = 1
       AND has_column_privilege(c.conrelid, c.conkey[1], 'SELECT')
       AND has_column_privilege(c.confrelid, c.confkey[1], 'SELECT')
     ORDER BY c.conkey[1]`,
    [oid],
  );
  return rows;
}
