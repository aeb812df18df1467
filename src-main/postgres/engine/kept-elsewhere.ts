import type { ClientBase } from 'pg';
import type { RowKeeper } from './engine.ts';

/** A table, by the names that it has in the catalog. */
export interface NamedTable {
  readonly schema: string;
  readonly name: string;
}

/** The rows that an extension keeps elsewhere than in the table that they belong to. */
export type KeptElsewhere =
  | {
      readonly keeper: RowKeeper;
      /** Their tables: distributed ones of Citus; hypertables of TimescaleDB, and the chunks of these. */
      readonly tables: readonly NamedTable[];
      /** Hypertables of TimescaleDB with chunks whose rows are columns of compressed batches, which nobody reads by the chunk. */
      readonly compressed: readonly (NamedTable & { readonly chunks: number })[];
    }
  /** Its catalog cannot be read, or is another than the one that its documentation shows. */
  | { readonly keeper: RowKeeper; readonly isUnknown: true };

const keepers: Readonly<Record<RowKeeper, string>> = {
  citus: `SELECT json_agg(json_build_object('schema', n.nspname, 'name', c.relname)) AS tables, NULL::json AS compressed
    FROM pg_catalog.pg_dist_partition d
    JOIN pg_catalog.pg_class c ON c.oid = d.logicalrelid::oid JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace`,
  timescaledb: `SELECT
      (SELECT json_agg(json_build_object('schema', held.schema_name, 'name', held.table_name))
       FROM (SELECT schema_name, table_name FROM _timescaledb_catalog.hypertable
             UNION ALL SELECT schema_name, table_name FROM _timescaledb_catalog.chunk) AS held) AS tables,
      (SELECT json_agg(json_build_object('schema', packed.schema_name, 'name', packed.table_name, 'chunks', packed.chunks))
       FROM (SELECT h.schema_name, h.table_name, count(*)::int AS chunks FROM _timescaledb_catalog.chunk c
             JOIN _timescaledb_catalog.hypertable h ON h.id = c.hypertable_id
             WHERE c.compressed_chunk_id IS NOT NULL GROUP BY 1, 2) AS packed) AS compressed`,
};

/** Asks each of these extensions which rows it keeps. Reads catalogs only; throws what keeps the server from answering at all. */
export async function readKeptElsewhere(
  client: ClientBase,
  which: readonly RowKeeper[],
): Promise<KeptElsewhere[]> {
  const kept: KeptElsewhere[] = [];
  for (const keeper of which) kept.push(await readKept(client, keeper));
  return kept;
}

async function readKept(client: ClientBase, keeper: RowKeeper): Promise<KeptElsewhere> {
  try {
    const { rows } = await client.query(keepers[keeper]);
    return { keeper, tables: rows[0].tables ?? [], compressed: rows[0].compressed ?? [] };
  } catch (error) {
    if ((error as { severity?: unknown } | null)?.severity !== 'ERROR') throw error;
    return { keeper, isUnknown: true };
  }
}

/** Which such extensions a database has. */
export async function rowKeepers(client: ClientBase): Promise<RowKeeper[]> {
  const { rows } = await client.query(
    'SELECT extname::text AS name FROM pg_catalog.pg_extension WHERE extname = ANY ($1)',
    [Object.keys(keepers)],
  );
  return rows.map(({ name }) => name);
}
