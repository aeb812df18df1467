import type { ClientBase } from 'pg';
import type { CellShape } from '#forms/container';
import { qualifiedName } from './identifiers.ts';

/**
 * How a column's value travels: as bytes, as text, as the text of a JSON document, or as the text form of another type, which
 * goes back through that type's input.
 */
export type CellType = 'text' | 'bytea' | 'json' | 'jsonb' | 'other';

/** How values of a type travel, and what they are made of. */
export interface ColumnType {
  readonly type: CellType;
  readonly shape: CellShape;
  /** The type's quoted name, to read its text form back; without a length, so that a value which does not fit is refused, not cut. */
  readonly input: string;
  /** Whether no value of the type takes more than 32 bytes: an IV and a block of ciphertext at most. */
  readonly isSmall?: boolean;
}

interface TypeRow {
  readonly oid: string;
  readonly schema: string;
  readonly name: string;
  readonly kind: string;
  readonly category: string;
  readonly length: number;
  readonly base: string;
  readonly element: string;
  readonly delimiter: string;
  readonly fields: readonly { readonly name: string; readonly type: string }[] | null;
}

/** The types of all columns of tables and what these are made of: domains, elements, fields. */
const typesSql = `
WITH RECURSIVE used (oid) AS (
  SELECT DISTINCT a.atttypid FROM pg_catalog.pg_attribute a JOIN pg_catalog.pg_class c ON c.oid = a.attrelid
  WHERE c.relkind IN ('r', 'p', 'm', 'f', 'v') AND a.attnum > 0 AND NOT a.attisdropped
  UNION
  SELECT part.oid FROM used JOIN pg_catalog.pg_type t ON t.oid = used.oid
  CROSS JOIN LATERAL (
    SELECT t.typbasetype WHERE t.typtype = 'd'
    UNION ALL SELECT t.typelem WHERE t.typelem <> 0 AND t.typlen = -1
    UNION ALL SELECT a.atttypid FROM pg_catalog.pg_attribute a
      WHERE a.attrelid = t.typrelid AND t.typtype = 'c' AND a.attnum > 0 AND NOT a.attisdropped) AS part (oid)
)
SELECT t.oid::text, n.nspname AS schema, t.typname AS name, t.typtype AS kind, t.typcategory AS category,
       t.typlen::int AS length, t.typbasetype::text AS base,
       CASE WHEN t.typlen = -1 THEN t.typelem ELSE 0 END::text AS element,
       coalesce((SELECT e.typdelim FROM pg_catalog.pg_type e WHERE e.oid = t.typelem), ',') AS delimiter,
       (SELECT json_agg(json_build_object('name', a.attname, 'type', a.atttypid::text) ORDER BY a.attnum)
        FROM pg_catalog.pg_attribute a
        WHERE a.attrelid = t.typrelid AND t.typtype = 'c' AND a.attnum > 0 AND NOT a.attisdropped) AS fields
FROM used JOIN pg_catalog.pg_type t ON t.oid = used.oid JOIN pg_catalog.pg_namespace n ON n.oid = t.typnamespace`;

/** Every type that a column of the database has, by its oid. Reads the catalog only. */
export async function readColumnTypes(client: ClientBase): Promise<ReadonlyMap<string, ColumnType>> {
  const { rows } = await client.query<TypeRow>(typesSql);
  const byOid = new Map(rows.map((row) => [row.oid, row]));
  return new Map(rows.map((row) => [row.oid, columnType(row, byOid)]));
}

function columnType(row: TypeRow, byOid: ReadonlyMap<string, TypeRow>): ColumnType {
  const base = baseOf(row, byOid);
  return {
    type: cellTypeOf(base),
    shape: shapeOf(base, byOid),
    input: qualifiedName(row.schema, row.name),
    isSmall: isSmall(base),
  };
}

const maxSmallBytes = 32;
/** Of variable length, and an address and its mask at most. */
const addressNames: ReadonlySet<string> = new Set(['inet', 'cidr']);

function isSmall({ schema, name, length }: TypeRow): boolean {
  if (length > 0) return length <= maxSmallBytes;
  return schema === 'pg_catalog' && addressNames.has(name);
}

function baseOf(row: TypeRow, byOid: ReadonlyMap<string, TypeRow>): TypeRow {
  const base = row.kind === 'd' ? byOid.get(row.base) : undefined;
  return base ? baseOf(base, byOid) : row;
}

const textNames: ReadonlySet<string> = new Set(['text', 'varchar', 'bpchar', 'citext']);

function cellTypeOf({ schema, name }: TypeRow): CellType {
  if (textNames.has(name)) return 'text';
  if (schema === 'pg_catalog' && (name === 'bytea' || name === 'json' || name === 'jsonb')) return name;
  return 'other';
}

/** Categories of `pg_type` whose values are no text of anybody's: numbers, dates, intervals, booleans, enums, geometry, networks. */
const plainCategories = 'NDTBEGI';

function shapeOf(row: TypeRow, byOid: ReadonlyMap<string, TypeRow>): CellShape {
  const { name, schema, kind, category, element, fields, length } = baseOf(row, byOid);
  if (schema === 'pg_catalog') {
    if (name === 'bytea') return { kind: 'bytes' };
    if (name === 'json' || name === 'jsonb') return { kind: 'json' };
    if (name === 'uuid') return { kind: 'uuid' };
  }
  if (name === 'hstore') return { kind: 'hstore' };
  if (kind === 'c') return recordShape(fields ?? [], byOid);
  const item = byOid.get(element);
  if (category === 'A' && item) return arrayShape(item, baseOf(row, byOid).delimiter, byOid);
  const isPlain =
    plainCategories.includes(category) || (length > 0 && name !== 'name') || kind === 'r' || kind === 'm';
  return { kind: isPlain ? 'plain' : 'text' };
}

/** Text in a nested bytea is its hex form, so it counts as text there. */
function partShape(row: TypeRow | undefined, byOid: ReadonlyMap<string, TypeRow>): CellShape {
  const shape = row ? shapeOf(row, byOid) : ({ kind: 'text' } as const);
  return shape.kind === 'bytes' ? { kind: 'text' } : shape;
}

function arrayShape(item: TypeRow, delimiter: string, byOid: ReadonlyMap<string, TypeRow>): CellShape {
  const element = partShape(item, byOid);
  return isPlain(element) ? { kind: 'plain' } : { kind: 'array', element, delimiter };
}

function recordShape(fields: NonNullable<TypeRow['fields']>, byOid: ReadonlyMap<string, TypeRow>): CellShape {
  const shapes = fields.map(({ name, type }) => ({ name, shape: partShape(byOid.get(type), byOid) }));
  return shapes.every(({ shape }) => isPlain(shape)) ? { kind: 'plain' } : { kind: 'record', fields: shapes };
}

function isPlain({ kind }: CellShape): boolean {
  return kind === 'plain' || kind === 'uuid';
}
