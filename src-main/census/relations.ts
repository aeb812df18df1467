import type { ClientBase } from 'pg';
import { type ColumnType, readColumnTypes } from '#postgres/column-types';
import { fromDriverError } from '#postgres/connection-errors';
import { qualifiedName } from '#postgres/identifiers';

/** A column that a census reads. */
export interface CensusColumn extends ColumnType {
  readonly name: string;
}

/** A relation whose rows a census reads: a table, a partition, a materialised view. */
export interface CensusRelation {
  readonly schema: string;
  readonly name: string;
  /** As it stands in FROM. */
  readonly sql: string;
  readonly bytes: number;
  readonly columns: readonly CensusColumn[];
  /** Names of the columns of a key, to name a row by; empty where there is none. */
  readonly key: readonly string[];
  /** The partitioned table that a partition belongs to, which an inventory names. */
  readonly root?: { readonly schema: string; readonly name: string };
}

/** A place that was not read, and why. */
export interface UnreadPlace {
  readonly schema?: string;
  readonly table?: string;
  readonly column?: string;
  readonly reason: string;
}

export interface CensusCatalog {
  readonly relations: readonly CensusRelation[];
  readonly unread: readonly UnreadPlace[];
}

interface RelationRow {
  readonly schema: string;
  readonly name: string;
  readonly kind: string;
  readonly temporary: boolean;
  readonly bytes: string;
  readonly rootSchema: string | null;
  readonly rootName: string | null;
  readonly mayUse: boolean;
  readonly hidden: boolean;
  readonly key: readonly string[] | null;
  readonly columns:
    | readonly { readonly name: string; readonly type: string; readonly mayRead: boolean }[]
    | null;
}

/*
 * Partitions are read one by one, since one of them may be on another server. Sizes are those of the heap by the statistics: asking
 * for the true ones waits for locks.
 */
const relationsSql = `
SELECT n.nspname AS schema, c.relname AS name, c.relkind AS kind, c.relpersistence = 't' AS temporary,
       (c.relpages::int8 * current_setting('block_size')::int8)::text AS bytes,
       rn.nspname AS "rootSchema", r.relname AS "rootName",
       has_schema_privilege(n.oid, 'USAGE') AS "mayUse",
       row_security_active(c.oid) AS hidden,
       (SELECT json_agg(a.attname ORDER BY k.position)
        FROM (SELECT i.indkey FROM pg_index i
              WHERE i.indrelid = c.oid AND i.indisunique AND i.indisvalid AND i.indpred IS NULL AND i.indexprs IS NULL
              ORDER BY i.indisprimary DESC, i.indnatts, i.indexrelid LIMIT 1) i,
             unnest(i.indkey) WITH ORDINALITY AS k (attnum, position)
        JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = k.attnum) AS key,
       (SELECT json_agg(json_build_object('name', a.attname, 'type', a.atttypid::text,
           'mayRead', has_column_privilege(c.oid, a.attnum, 'SELECT')) ORDER BY a.attnum)
        FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped) AS columns
FROM pg_class c
JOIN pg_namespace n ON n.oid = c.relnamespace
LEFT JOIN pg_class r ON c.relispartition AND r.oid = pg_partition_root(c.oid)
LEFT JOIN pg_namespace rn ON rn.oid = r.relnamespace
WHERE c.relkind IN ('r', 'm', 'f')
  AND n.nspname NOT IN ('pg_catalog', 'information_schema', 'pg_toast')
  AND NOT (n.nspname LIKE 'pg\\_temp\\_%' OR n.nspname LIKE 'pg\\_toast\\_temp\\_%')
ORDER BY n.nspname, c.relname`;

/** Every relation with rows, in order of name, and what of them this role may not read. Reads the catalog only. */
export async function readRelations(client: ClientBase): Promise<CensusCatalog> {
  const { rows } = await client.query<RelationRow>(relationsSql).catch((error: unknown) => {
    throw fromDriverError(error, 'reading the catalog');
  });
  const types = await readColumnTypes(client);
  const relations: CensusRelation[] = [];
  const unread: UnreadPlace[] = [];
  for (const row of rows) {
    const found = relationOf(row, types);
    unread.push(...found.unread);
    if (found.relation) relations.push(found.relation);
  }
  return { relations, unread };
}

function relationOf(
  { schema, name, kind, bytes, rootSchema, rootName, mayUse, hidden, key, columns }: RelationRow,
  types: ReadonlyMap<string, ColumnType>,
): { readonly relation?: CensusRelation; readonly unread: UnreadPlace[] } {
  const place = { schema, table: name };
  if (kind === 'f')
    return { unread: [{ ...place, reason: 'its rows are on another server (a foreign table)' }] };
  if (!mayUse) return { unread: [{ ...place, reason: `the role may not use the schema ${schema}` }] };
  if (hidden) return { unread: [{ ...place, reason: 'row-level security hides rows from this role' }] };
  const texts = (columns ?? []).flatMap(({ name, type, mayRead }) => {
    const found = types.get(type);
    return found && found.shape.kind !== 'plain' ? [{ name, mayRead, ...found }] : [];
  });
  const barred = texts.filter(({ mayRead, shape }) => !mayRead && shape.kind !== 'uuid');
  const readable = texts.filter(({ mayRead }) => mayRead);
  const reason = 'the role may not read it (no SELECT)';
  const isAllBarred = barred.length > 0 && readable.length === 0;
  const unread = isAllBarred
    ? [{ ...place, reason }]
    : barred.map(({ name }) => ({ ...place, column: name, reason }));
  if (!readable.some(({ shape }) => shape.kind !== 'uuid')) return { unread };
  return {
    unread,
    relation: {
      schema,
      name,
      sql: `ONLY ${qualifiedName(schema, name)}`,
      bytes: Number(bytes),
      columns: readable.map(({ name, type, shape, input }) => ({ name, type, shape, input })),
      key: key ?? [],
      ...(rootSchema !== null && rootName !== null && { root: { schema: rootSchema, name: rootName } }),
    },
  };
}
