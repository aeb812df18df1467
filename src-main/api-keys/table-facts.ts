import type { ClientBase } from 'pg';
import { fromDriverError } from '#postgres/connection-errors';
import { qualifiedName } from '#postgres/identifiers';
import { readOwnership, type TableOwnership, withHeirs } from '#postgres/ownership/table-ownership';

/** What a column can say: `text` also stands for enums, `time` for dates. */
export type ColumnKind = 'text' | 'boolean' | 'time' | 'uuid' | 'number' | 'other';

export interface ColumnFacts {
  readonly name: string;
  /** As SQL writes it, like `character varying(60)`. */
  readonly type: string;
  readonly kind: ColumnKind;
  /** The type that a text is cast to on its way in; `text` where the server converts it itself, and says what does not fit. */
  readonly castType: string;
  readonly notNull: boolean;
  /** The server fills it in where an INSERT says nothing. */
  readonly hasDefault: boolean;
  /** The server alone writes it. */
  readonly computed: boolean;
  /** No two rows may have the same value in it. */
  readonly unique: boolean;
  /** Points to a row of another table. */
  readonly refers: boolean;
  readonly mayRead: boolean;
  readonly mayInsert: boolean;
  readonly mayUpdate: boolean;
}

export interface TableFacts {
  readonly schema: string;
  readonly table: string;
  /** `schema.table`, for people. */
  readonly label: string;
  /** As it is in FROM, INTO and UPDATE. */
  readonly sql: string;
  readonly columns: readonly ColumnFacts[];
  /** The columns that tell one row from another; empty where none do. */
  readonly identity: readonly ColumnFacts[];
  /** Row-level security would hide rows from this role. */
  readonly rowSecurity: boolean;
  /** Columns of each constraint and unique index, by its name. */
  readonly constraints: ReadonlyMap<string, readonly string[]>;
  readonly ownership?: TableOwnership | undefined;
}

const factsSql = `
WITH RECURSIVE base (oid, root) AS (
  SELECT oid, oid FROM pg_type WHERE typtype <> 'd'
  UNION ALL
  SELECT d.oid, base.root FROM pg_type d JOIN base ON base.oid = d.typbasetype WHERE d.typtype = 'd'
), uniques AS (
  SELECT i.indrelid, i.indexrelid, i.indkey::int2[] AS keys, i.indisprimary,
         i.indimmediate AND i.indpred IS NULL AND i.indexprs IS NULL AND i.indisvalid AS whole
  FROM pg_index i WHERE i.indisunique
)
SELECT c.oid, n.nspname AS schema, c.relname AS "table", row_security_active(c.oid) AS "rowSecurity",
  (SELECT json_agg(json_build_object(
      'name', a.attname, 'type', format_type(a.atttypid, a.atttypmod),
      'kind', CASE WHEN t.typname IN ('text', 'varchar', 'bpchar', 'citext') OR t.typcategory = 'E' THEN 'text'
                   WHEN t.typname = 'bool' THEN 'boolean'
                   WHEN t.typname IN ('timestamptz', 'timestamp', 'date') THEN 'time'
                   WHEN t.typname = 'uuid' THEN 'uuid'
                   WHEN t.typname IN ('int2', 'int4', 'int8', 'numeric') THEN 'number' ELSE 'other' END,
      'castType', CASE WHEN t.typname IN ('text', 'varchar', 'bpchar', 'citext') THEN 'text' WHEN t.typname = 'date' THEN 'date'
                       WHEN t.typname = 'timestamp' THEN 'timestamp' ELSE format_type(a.atttypid, NULL) END,
      'notNull', a.attnotnull OR (SELECT d.typnotnull FROM pg_type d WHERE d.oid = a.atttypid),
      'hasDefault', a.atthasdef OR a.attidentity <> '' OR (SELECT d.typdefault IS NOT NULL FROM pg_type d WHERE d.oid = a.atttypid),
      'computed', a.attgenerated <> '' OR a.attidentity = 'a',
      'unique', EXISTS (SELECT FROM uniques u WHERE u.indrelid = c.oid AND u.keys = ARRAY[a.attnum]::int2[]),
      'refers', EXISTS (SELECT FROM pg_constraint f WHERE f.conrelid = c.oid AND f.contype = 'f' AND a.attnum = ANY (f.conkey)),
      'mayRead', has_column_privilege(c.oid, a.attnum, 'SELECT'),
      'mayInsert', has_column_privilege(c.oid, a.attnum, 'INSERT'),
      'mayUpdate', has_column_privilege(c.oid, a.attnum, 'UPDATE')) ORDER BY a.attnum)
   FROM pg_attribute a JOIN base b ON b.oid = a.atttypid JOIN pg_type t ON t.oid = b.root
   WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped) AS columns,
  (SELECT array_agg(a.attname::text ORDER BY k.position)
   FROM (SELECT u.keys FROM uniques u
         WHERE u.indrelid = c.oid AND u.whole
           AND NOT EXISTS (SELECT FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attnum = ANY (u.keys) AND NOT a.attnotnull)
         ORDER BY u.indisprimary AND cardinality(u.keys) = 1 DESC, cardinality(u.keys), u.indisprimary DESC, u.indexrelid LIMIT 1) u,
        unnest(u.keys) WITH ORDINALITY AS k (attnum, position)
   JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = k.attnum) AS identity,
  (SELECT json_object_agg(named.name, named.columns) FROM (
     SELECT f.conname AS name, (SELECT json_agg(a.attname) FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attnum = ANY (f.conkey)) AS columns
     FROM pg_constraint f WHERE f.conrelid = c.oid AND f.conkey IS NOT NULL
     UNION ALL
     SELECT x.relname, (SELECT json_agg(a.attname) FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attnum = ANY (u.keys))
     FROM uniques u JOIN pg_class x ON x.oid = u.indexrelid WHERE u.indrelid = c.oid) AS named (name, columns)
   WHERE named.columns IS NOT NULL) AS constraints
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind IN ('r', 'p') AND NOT c.relispartition AND c.relpersistence <> 't'
  AND n.nspname NOT IN ('pg_catalog', 'information_schema', 'keel') AND n.nspname NOT LIKE 'pg\\_%'
  AND ($1::text[] IS NULL OR (n.nspname, c.relname) IN (SELECT * FROM unnest($1::text[], $2::text[])))
ORDER BY n.nspname, c.relname`;

/** What the catalog says of these tables, or of all; never reads a row. A table that is not there is not among them. */
export async function readTableFacts(
  client: ClientBase,
  wanted?: readonly { readonly schema: string; readonly table: string }[],
): Promise<TableFacts[]> {
  const names = [wanted?.map(({ schema }) => schema) ?? null, wanted?.map(({ table }) => table) ?? null];
  const { rows } = await client.query(factsSql, names).catch((error: unknown) => {
    throw fromDriverError(error, 'reading the catalog');
  });
  const oids = wanted && rows.map(({ oid }): number => oid);
  const ownership = await readOwnership(client, oids);
  return rows.map(({ oid, schema, table, rowSecurity, columns, identity, constraints }) => {
    const all: ColumnFacts[] = columns ?? [];
    const owned = ownership.get(oid);
    return {
      schema,
      table,
      label: `${schema}.${table}`,
      sql: qualifiedName(schema, table),
      columns: all,
      identity: (identity ?? []).flatMap((name: string) => all.filter((column) => column.name === name)),
      rowSecurity,
      constraints: new Map(Object.entries(constraints ?? {})),
      // as Ballast reads them: with the tables that inherit
      ownership: owned && withHeirs(owned),
    };
  });
}
