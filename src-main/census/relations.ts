import type { ClientBase } from 'pg';
import { type CellType, type ColumnType, readColumnTypes } from '#postgres/column-types';
import { fromDriverError } from '#postgres/connection-errors';
import { qualifiedName } from '#postgres/identifiers';
import { barsReading, readOwnership } from '#postgres/ownership/table-ownership';
import { pipelined } from '#postgres/pipelined';
import { isPortable } from '#postgres/session/portable';
import { isOrphaned } from './orphaned-tables.ts';

/** A column that a census reads. */
export interface CensusColumn extends ColumnType {
  readonly name: string;
  /** The server computes it from its row. */
  readonly isComputed?: true;
}

/** A relation whose rows a census reads: a table, a partition, a materialised view. */
export interface CensusRelation {
  readonly schema: string;
  readonly name: string;
  /** As written in FROM. */
  readonly sql: string;
  readonly bytes: number;
  readonly columns: readonly CensusColumn[];
  /**
   * Whether the location of a row can be queried (`ctid`): not by a role with SELECT on some columns only,
   * and not over a portable connection.
   */
  readonly hasPlaces: boolean;
  /** Names of the columns of a key, to identify a row; empty if there is none. */
  readonly key: readonly string[];
  /** Which of its rows are read, if not all; the relation is `t`. */
  readonly condition?: string;
  /** It belongs to the server: it contains values, and Keel cannot write them. */
  readonly isCatalog?: boolean;
  /** The partitioned table that a partition belongs to, which is the one in an inventory. */
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
  readonly oid: number;
  readonly schema: string;
  readonly name: string;
  readonly kind: string;
  readonly isShared: boolean;
  readonly isOthers: boolean;
  readonly isOrphaned: boolean;
  readonly isEmpty: boolean;
  readonly bytes: string;
  readonly rootSchema: string | null;
  readonly rootName: string | null;
  readonly mayUse: boolean;
  readonly hidden: boolean;
  readonly hasPlaces: boolean;
  readonly key: readonly string[] | null;
  readonly columns:
    | readonly {
        readonly name: string;
        readonly type: string;
        readonly mayRead: boolean;
        readonly isComputed: boolean;
      }[]
    | null;
}

/*
 * Partitions are read one by one, since one of them may be on another server. Sizes are those of the heap by the statistics: asking
 * for the true ones waits for locks, which nobody takes on the catalogs.
 */
const relationsSql = (which: string): string => `
SELECT c.oid, n.nspname AS schema, c.relname AS name, c.relkind AS kind, c.relisshared AS "isShared", pg_is_other_temp_schema(n.oid) AS "isOthers",
       ${isOrphaned} AS "isOrphaned",
       (CASE WHEN n.nspname = 'pg_catalog' AND c.relkind = 'r' THEN pg_relation_size(c.oid) = 0 ELSE false END) AS "isEmpty",
       (c.relpages::int8 * current_setting('block_size')::int8)::text AS bytes,
       rn.nspname AS "rootSchema", r.relname AS "rootName",
       has_schema_privilege(n.oid, 'USAGE') AS "mayUse",
       row_security_active(c.oid) AS hidden,
       has_table_privilege(c.oid, 'SELECT') AS "hasPlaces",
       (SELECT json_agg(a.attname ORDER BY k.position)
        FROM (SELECT i.indkey FROM pg_index i
              WHERE i.indrelid = c.oid AND i.indisunique AND i.indisvalid AND i.indpred IS NULL AND i.indexprs IS NULL
              ORDER BY i.indisprimary DESC, i.indnatts, i.indexrelid LIMIT 1) i,
             unnest(i.indkey) WITH ORDINALITY AS k (attnum, position)
        JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = k.attnum) AS key,
       (SELECT json_agg(json_build_object('name', a.attname, 'type', a.atttypid::text,
           'isComputed', a.attgenerated <> '', 'mayRead', has_column_privilege(c.oid, a.attnum, 'SELECT')) ORDER BY a.attnum)
        FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped) AS columns
FROM pg_class c
JOIN pg_namespace n ON n.oid = c.relnamespace
LEFT JOIN pg_class r ON c.relispartition AND r.oid = pg_partition_root(c.oid)
LEFT JOIN pg_namespace rn ON rn.oid = r.relnamespace
WHERE ${which}
ORDER BY n.nspname, c.relname`;

const systemSchemas = "n.nspname IN ('pg_catalog', 'information_schema')";
const toastSchemas = "(n.nspname = 'pg_toast' OR n.nspname LIKE 'pg\\_toast\\_temp\\_%')";
const userRelations = `c.relkind IN ('r', 'm', 'f') AND NOT ${systemSchemas} AND NOT ${toastSchemas}`;

/**
 * Every relation with rows, ordered by name, and what of them this role may not read. Reads only the catalog.
 */
export function readRelations(client: ClientBase): Promise<CensusCatalog> {
  return readWhich(client, userRelations);
}

/**
 * Catalogs of the server that contain more than numbers, and the views through which a role sees what it may
 * of those that only a superuser reads. The server allows only verifiers as passwords of roles (`pg_authid`),
 * and `sql_parts` lists the parts of the standard, which most roles may not read. Statistics and large
 * objects are read elsewhere.
 */
const readOtherwise = [
  'pg_authid',
  'sql_parts',
  'pg_user_mapping',
  'pg_statistic',
  'pg_statistic_ext_data',
  'pg_largeobject',
];
const views = [
  'pg_roles',
  'pg_user_mappings',
  'pg_settings',
  'pg_prepared_xacts',
  'pg_stats_ext',
  'pg_stats_ext_exprs',
];
const named = (names: readonly string[]) => `c.relname IN (${names.map((name) => `'${name}'`).join(', ')})`;
const systemRelations = `${systemSchemas} AND ((c.relkind = 'r' AND NOT (${named(readOtherwise)})) OR (c.relkind = 'v' AND ${named(views)}))`;

/**
 * The server's catalogs, which contain users' texts too: comments, defaults, functions, options of foreign
 * servers.
 */
export async function readCatalogs(client: ClientBase): Promise<CensusCatalog> {
  const { relations, unread } = await readWhich(client, systemRelations);
  const hidden = await countHiddenMappings(client);
  const reason = `the role may not see the options of ${hidden} user mappings`;
  const mappings = { schema: 'pg_catalog', table: 'pg_user_mappings', column: 'umoptions', reason };
  return { relations, unread: hidden > 0 ? [...unread, mappings] : unread };
}

/** For a mapping whose options a role may not see, it is unknown whether it has any. */
async function countHiddenMappings(client: ClientBase): Promise<number> {
  const { rows } = await client.query<{ count: number }>(
    `SELECT count(*)::int AS count FROM pg_catalog.pg_user_mappings
     WHERE umoptions IS NULL AND NOT (SELECT rolsuper FROM pg_catalog.pg_roles WHERE rolname = current_user)`,
  );
  return rows[0]?.count ?? 0;
}

async function readWhich(client: ClientBase, which: string): Promise<CensusCatalog> {
  const { rows } = await client.query<RelationRow>(relationsSql(which)).catch((error: unknown) => {
    throw fromDriverError(error, 'reading the catalog');
  });
  const [types, ownership] = await pipelined(client, [
    () => readColumnTypes(client),
    () => readOwnership(client),
  ]);
  const relations: CensusRelation[] = [];
  const unread: UnreadPlace[] = [];
  for (const row of rows) {
    const owned = ownership.get(row.oid);
    const hasPlaces = row.hasPlaces && !isPortable(client);
    const found = relationOf({ ...row, hasPlaces }, types, owned && barsReading(owned));
    unread.push(...found.unread);
    if (found.relation) relations.push(found.relation);
  }
  return { relations, unread };
}

/**
 * Objects that come with a server have ids below this one (FirstNormalObjectId, access/transam.h). They have
 * tens of thousands of rows, the same on every server; comments on them are read all the same.
 */
const firstOfUsers = 16384;

/** Columns that name the object which a catalog row describes, in catalogs without an id of their own. */
const objectColumns: Readonly<Record<string, string>> = {
  pg_attribute: 'attrelid',
  pg_aggregate: 'aggfnoid',
};

/** Excludes rows of objects that come with the server. Shared catalogs are small. */
function withoutBuiltIns({ name, kind, isShared, columns }: RelationRow): string | undefined {
  if (kind !== 'r' || isShared) return undefined;
  const has = (columns ?? []).some((column) => column.name === 'oid');
  const object = objectColumns[name] ?? (has ? 'oid' : undefined);
  return object && `t.${object} >= ${firstOfUsers}`;
}

const systemNames: ReadonlySet<string> = new Set(['pg_catalog', 'information_schema']);

function relationOf(
  row: RelationRow,
  types: ReadonlyMap<string, ColumnType>,
  runsCode: string | undefined,
): { readonly relation?: CensusRelation; readonly unread: UnreadPlace[] } {
  const { schema, name, kind, bytes, rootSchema, rootName, mayUse, hidden, key, columns } = row;
  const place = { schema, table: name };
  if (row.isOrphaned) return { unread: [] };
  if (row.isOthers)
    return {
      unread: [{ ...place, reason: 'a temporary table of another session, until that session ends' }],
    };
  if (kind === 'f')
    return { unread: [{ ...place, reason: 'its rows are on another server (a foreign table)' }] };
  if (!mayUse) return { unread: [{ ...place, reason: `the role may not use the schema ${schema}` }] };
  if (hidden) return { unread: [{ ...place, reason: 'row-level security hides rows from this role' }] };
  if (runsCode !== undefined) return { unread: [{ ...place, reason: runsCode }] };
  const wide = (columns ?? []).flatMap((column) => {
    const type = types.get(column.type);
    // a UUID may be an IV
    return type?.isSmall === true && type.shape.kind !== 'uuid' ? [] : [{ ...column, ...type }];
  });
  const isSystem = systemNames.has(schema);
  const reason = 'the role may not read it (no SELECT)';
  const barred = wide.filter(({ mayRead, shape }) => !mayRead && shape?.kind !== 'uuid');
  const readable = wide.flatMap(({ name: column, mayRead, type, shape, input, isComputed }) =>
    mayRead && shape && input !== undefined
      ? [
          {
            name: column,
            type: type as CellType,
            shape,
            input,
            ...(isComputed && { isComputed: true as const }),
          },
        ]
      : [],
  );
  const unknown = wide.filter(({ mayRead, shape }) => mayRead && !shape);
  const isAllBarred = barred.length > 0 && readable.length === 0;
  const isNothing = isSystem && row.isEmpty && kind === 'r';
  const unread: UnreadPlace[] = isNothing
    ? []
    : isAllBarred
      ? [{ ...place, reason }]
      : [
          ...barred.map(({ name: column }) => ({ ...place, column, reason })),
          ...unknown.map(({ name: column }) => ({ ...place, column, reason: 'its type is unknown' })),
        ];
  const condition = schema === 'pg_catalog' ? withoutBuiltIns(row) : undefined;
  if (!readable.some(({ shape }) => shape.kind !== 'uuid')) return { unread };
  return {
    unread,
    relation: {
      schema,
      name,
      sql: kind === 'v' ? qualifiedName(schema, name) : `ONLY ${qualifiedName(schema, name)}`,
      bytes: Number(bytes),
      columns: readable,
      hasPlaces: row.hasPlaces && kind !== 'v',
      key: key ?? [],
      ...(condition !== undefined && { condition }),
      ...(isSystem && { isCatalog: true }),
      ...(rootSchema !== null && rootName !== null && { root: { schema: rootSchema, name: rootName } }),
    },
  };
}
