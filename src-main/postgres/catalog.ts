import type { ClientBase } from 'pg';
import { type ColumnType, readColumnTypes } from './column-types.ts';
import { readTableSizes } from './table-sizes.ts';
import { fromDriverError } from './connection-errors.ts';
import { readOwnership, type TableOwnership } from './ownership/table-ownership.ts';
import { pipelined } from './pipelined.ts';

export interface CatalogColumn extends ColumnType {
  readonly name: string;
  /** Computed by the server, so it cannot be written. */
  readonly generated: boolean;
}

export type TableKind = 'table' | 'partitioned' | 'partition' | 'materialized-view' | 'foreign';

export interface CatalogTable {
  readonly oid: number;
  readonly schema: string;
  readonly name: string;
  readonly kind: TableKind;
  /** The planner's estimate; 0 where the table was never analysed. */
  readonly estimatedRows: number;
  /** Bytes on disk with indexes and TOAST, partitions included; of a table that somebody has locked, as it was last analysed. */
  readonly bytes: number;
  /** Columns of the types that can hold a ciphertext. */
  readonly columns: readonly CatalogColumn[];
  /** Columns that hold no ciphertext, but may serve as an IV, or be what one is made from: a uuid, a number, a date. */
  readonly ivColumns: readonly CatalogColumn[];
  readonly identity: RowIdentity;
  /** Its columns by name, type and number, and its partitions: another text is another definition. */
  readonly definition: string;
  /** Absent where it is not known, as of a foreign table. */
  readonly ownership?: TableOwnership | undefined;
}

/**
 * What tells one row from another: a key that is unique and never NULL, of types that can be compared under Keel's `search_path` and
 * sent in binary with all that they are made of, or the row's place on disk.
 */
export interface RowIdentity {
  readonly kind: 'key' | 'place';
  readonly columns: readonly { readonly name: string; readonly type: string }[];
  /** The last of the columns of a key is the row's place as it was read: where to look first, and no part of what tells the row. */
  readonly placed?: true;
}

const ctid = { name: 'ctid', type: 'pg_catalog.tid' };

const place: RowIdentity = {
  kind: 'place',
  columns: [{ name: 'tableoid', type: 'pg_catalog.oid' }, ctid],
};

/** The same identity with the place of each row beside its key. */
export function withPlace(identity: RowIdentity): RowIdentity {
  if (identity.kind === 'place' || identity.placed) return identity;
  return { kind: 'key', columns: [...identity.columns, ctid], placed: true };
}

/** The columns that tell one row from another. */
export function tellingColumns({ columns, placed }: RowIdentity): RowIdentity['columns'] {
  return placed ? columns.slice(0, -1) : columns;
}

/** SQL of the definition of the table `c` of pg_class, see `CatalogTable`. */
export const definitionSql = `concat_ws(' ',
  (SELECT string_agg(concat_ws(' ', d.attnum, d.atttypid, d.attname), ',' ORDER BY d.attnum)
   FROM pg_catalog.pg_attribute d WHERE d.attrelid = c.oid AND d.attnum > 0 AND NOT d.attisdropped),
  (WITH RECURSIVE part (oid) AS (
     SELECT i.inhrelid FROM pg_catalog.pg_inherits i WHERE i.inhparent = c.oid AND c.relkind = 'p'
     UNION ALL SELECT i.inhrelid FROM pg_catalog.pg_inherits i JOIN part ON i.inhparent = part.oid)
   SELECT string_agg(part.oid::text, ',' ORDER BY part.oid) FROM part))`;

const tablesSql = `
WITH RECURSIVE base (oid, root) AS (
  SELECT oid, oid FROM pg_catalog.pg_type WHERE typtype <> 'd'
  UNION ALL
  SELECT d.oid, base.root FROM pg_catalog.pg_type d JOIN base ON base.oid = d.typbasetype WHERE d.typtype = 'd'
), equality (type) AS (
  SELECT oprleft FROM pg_catalog.pg_operator
  WHERE oprname = '=' AND oprleft = oprright AND oprnamespace = 'pg_catalog'::regnamespace
), key_part (oid, part) AS (
  SELECT DISTINCT a.atttypid, a.atttypid FROM pg_catalog.pg_index i
  JOIN pg_catalog.pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = ANY (i.indkey) WHERE i.indisunique
  UNION
  SELECT key_part.oid, inner_type.oid FROM key_part JOIN pg_catalog.pg_type t ON t.oid = key_part.part
  CROSS JOIN LATERAL (
    SELECT t.typbasetype WHERE t.typtype = 'd'
    UNION ALL SELECT t.typelem WHERE t.typelem <> 0 AND t.typlen = -1
    UNION ALL SELECT r.rngsubtype FROM pg_catalog.pg_range r
      WHERE r.rngtypid = t.oid OR (to_jsonb(r) ->> 'rngmultitypid')::oid = t.oid
    UNION ALL SELECT a.atttypid FROM pg_catalog.pg_attribute a
      WHERE a.attrelid = t.typrelid AND t.typtype = 'c' AND a.attnum > 0 AND NOT a.attisdropped
  ) AS inner_type (oid)
), unsendable (oid) AS (
  SELECT key_part.oid FROM key_part JOIN pg_catalog.pg_type t ON t.oid = key_part.part
  WHERE t.typsend = 0 OR t.typreceive = 0
    OR (t.typtype = 'd' AND t.oid <> key_part.oid AND EXISTS (SELECT FROM pg_catalog.pg_constraint k WHERE k.contypid = t.oid))
), comparable (oid) AS (
  SELECT base.oid FROM base JOIN pg_catalog.pg_type t ON t.oid = base.root
  WHERE base.oid NOT IN (SELECT oid FROM unsendable) AND (t.typtype IN ('c', 'e', 'm', 'r')
    OR EXISTS (SELECT FROM pg_catalog.pg_type element WHERE element.typarray = t.oid)
    OR t.oid IN (SELECT type FROM equality)
    OR EXISTS (SELECT FROM pg_catalog.pg_cast WHERE castsource = t.oid AND castcontext = 'i' AND castmethod = 'b'
      AND casttarget IN (SELECT type FROM equality)))
)
SELECT c.oid, n.nspname AS schema, c.relname AS name, c.relkind AS kind, c.relispartition AS partition,
       greatest(c.reltuples, 0) AS rows, ${definitionSql} AS definition,
       (SELECT json_agg(json_build_object(
           'name', a.attname,
           'generated', a.attgenerated <> '',
           'type', a.atttypid::text) ORDER BY a.attnum)
        FROM pg_catalog.pg_attribute a
        WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped) AS columns,
       (SELECT json_agg(json_build_object(
           'name', a.attname, 'type', CASE base.root WHEN a.atttypid THEN pg_catalog.format_type(a.atttypid, a.atttypmod)
             ELSE pg_catalog.format_type(base.root, -1) END) ORDER BY k.position)
        FROM (SELECT i.indkey FROM pg_catalog.pg_index i
              WHERE i.indrelid = c.oid AND i.indisunique AND i.indisvalid AND i.indimmediate
                AND i.indpred IS NULL AND i.indexprs IS NULL
                AND NOT EXISTS (SELECT FROM pg_catalog.pg_attribute a
                                WHERE a.attrelid = c.oid AND a.attnum = ANY (i.indkey)
                                  AND (NOT a.attnotnull OR a.atttypid NOT IN (SELECT oid FROM comparable)))
              ORDER BY i.indisprimary DESC, i.indnatts, i.indexrelid LIMIT 1) i,
             unnest(i.indkey) WITH ORDINALITY AS k (attnum, position)
        JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid AND a.attnum = k.attnum
        JOIN base ON base.oid = a.atttypid) AS key
FROM pg_catalog.pg_class c
JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind IN ('r', 'p', 'm', 'f') AND c.relpersistence <> 't'
  AND n.nspname NOT IN ('pg_catalog', 'information_schema') AND n.nspname NOT LIKE 'pg\\_%'
  AND NOT (n.nspname = 'keel' AND c.relname ~ '^(rotation|(staged|delta|changed)_[0-9a-f]{8}_[0-9]+)$')
ORDER BY n.nspname, c.relname`;

/** All tables that could hold ciphertexts, in order of name. Reads the catalog only, never a row, and waits for nobody’s lock. */
export async function readCatalog(client: ClientBase): Promise<CatalogTable[]> {
  const [{ rows }, types, ownership] = await pipelined(client, [
    () => client.query(tablesSql),
    () => readColumnTypes(client),
    () => readOwnership(client),
  ]).catch((error: unknown) => {
    throw fromDriverError(error, 'reading the catalog');
  });
  const sizes = await readTableSizes(client);
  return rows.map((row) => ({
    oid: row.oid,
    schema: row.schema,
    name: row.name,
    kind: tableKind(row.kind, row.partition),
    estimatedRows: Number(row.rows),
    bytes: sizes.get(row.oid) ?? 0,
    ...columnsOf(row.columns ?? [], types),
    identity: row.key ? { kind: 'key', columns: row.key } : place,
    definition: row.definition,
    ownership: ownership.get(row.oid),
  }));
}

function columnsOf(
  columns: readonly { readonly name: string; readonly generated: boolean; readonly type: string }[],
  types: ReadonlyMap<string, ColumnType>,
): Pick<CatalogTable, 'columns' | 'ivColumns'> {
  const known = columns.flatMap(({ name, generated, type }): CatalogColumn[] => {
    const found = types.get(type);
    return found ? [{ name, generated, ...found }] : [];
  });
  return {
    columns: known.filter(({ shape }) => shape.kind !== 'uuid' && shape.kind !== 'plain'),
    ivColumns: known.filter(({ shape }) => shape.kind === 'uuid' || shape.kind === 'plain'),
  };
}

/** Identity of a table when the given columns are about to change: a key made of one of them identifies nothing. */
export function identityWithout(table: CatalogTable, changing: ReadonlySet<string>): RowIdentity {
  return table.identity.columns.some((column) => changing.has(column.name)) ? place : table.identity;
}

function tableKind(relkind: string, isPartition: boolean): TableKind {
  if (relkind === 'f') return 'foreign';
  if (isPartition) return 'partition';
  if (relkind === 'm') return 'materialized-view';
  return relkind === 'p' ? 'partitioned' : 'table';
}
