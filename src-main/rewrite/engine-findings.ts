import type { Client } from 'pg';
import type { ServerFacts } from '#postgres/connect';
import type { RowKeeper } from '#postgres/engine/engine';
import { refusedRemedy } from '#postgres/engine/refused-engine';
import type { TableTarget } from '#postgres/table-target';
import { mayProbe, probeEngine } from './engine-probe.ts';
import { type Finding, stop, warn } from './finding.ts';

/**
 * What speaks against rewriting these tables because of the engine that holds them. Nothing is asked of PostgreSQL itself. One that Keel
 * refuses has no session, so that it does not come here.
 */
export async function checkEngine(
  client: Client,
  { engine, inRecovery, readOnly }: ServerFacts,
  tables: readonly TableTarget[],
): Promise<Finding[]> {
  if (engine.way !== 'untested') return [];
  const kept: Finding[] = [];
  for (const keeper of engine.keepsRows) {
    kept.push(
      ...(await keepers[keeper](client, tables).catch((error: unknown) => unknownKeeper(error, keeper))),
    );
  }
  if (kept.some(({ level }) => level === 'stop')) return kept;
  // a server that takes no writes is a stop by itself
  if (inRecovery || readOnly) return kept;
  return [...kept, await checkBasics(client, engine.name)];
}

async function checkBasics(client: Client, name: string): Promise<Finding> {
  const untested = `the server is ${name}, on which Keel was never run (untested)`;
  const remedy = 'rehearse, and rotate a restored copy of the database on the same engine before this one';
  if (!(await mayProbe(client))) {
    return warn(
      'engine',
      `${untested}; what a rotation rests on was not tried, since the role may not create temporary tables`,
      remedy,
    );
  }
  const { works, fails } = await probeEngine(client);
  if (fails === undefined) {
    return warn('engine', `${untested}; tried there and rolled back: ${works.join(', ')}`, remedy);
  }
  return stop(
    'engine',
    `the server is ${name}, and what a rotation rests on does not work there as in PostgreSQL: ${fails}`,
    refusedRemedy,
  );
}

const keepers: Readonly<
  Record<RowKeeper, (client: Client, tables: readonly TableTarget[]) => Promise<Finding[]>>
> = { citus: checkCitus, timescaledb: checkTimescale };

/** Where its catalog is another than was known when this was written, it is not known which tables it keeps. */
function unknownKeeper(error: unknown, keeper: RowKeeper): Finding[] {
  if ((error as { severity?: unknown } | null)?.severity !== 'ERROR') throw error;
  return [
    stop(
      'engine',
      `the catalog of the extension ${keeper} could not be read, so that it is not known whether it keeps the rows of these tables`,
      'let the role read it, or drop the extension if nothing uses it',
    ),
  ];
}

/** Rows of a Citus table are in shards, on nodes that each have their own ctids and transaction numbers. */
async function checkCitus(client: Client, tables: readonly TableTarget[]): Promise<Finding[]> {
  const { rows } = await client.query(
    'SELECT logicalrelid::oid AS oid FROM pg_catalog.pg_dist_partition WHERE logicalrelid::oid = ANY ($1::oid[])',
    [tables.map(({ catalog }) => catalog.oid)],
  );
  const held = new Set(rows.map(({ oid }) => Number(oid)));
  const labels = tables.filter(({ catalog }) => held.has(catalog.oid)).map(({ label }) => label);
  if (labels.length === 0) return [];
  return [
    stop(
      'engine',
      `Citus keeps the rows of ${labels.join(', ')} in shards, where ctid and transaction numbers, by which a rotation tells rows, are each node’s own`,
      'make them local tables for the rotation (undistribute_table), and distribute them again afterwards',
    ),
  ];
}

/** Rows of a hypertable are in its chunks, and those of a compressed chunk in another table, as columns of compressed batches. */
async function checkTimescale(client: Client, tables: readonly TableTarget[]): Promise<Finding[]> {
  const { rows } = await client.query(
    `SELECT (SELECT count(*)::int FROM _timescaledb_catalog.chunk WHERE compressed_chunk_id IS NOT NULL) AS compressed,
       ARRAY(SELECT named.oid::int8::text FROM unnest($1::oid[], $2::text[], $3::text[]) AS named (oid, schema, name)
         WHERE EXISTS (SELECT FROM _timescaledb_catalog.hypertable h
                       WHERE h.schema_name::text = named.schema AND h.table_name::text = named.name)
           OR EXISTS (SELECT FROM _timescaledb_catalog.chunk c
                      WHERE c.schema_name::text = named.schema AND c.table_name::text = named.name)) AS held`,
    [
      tables.map(({ catalog }) => catalog.oid),
      tables.map(({ catalog }) => catalog.schema),
      tables.map(({ catalog }) => catalog.name),
    ],
  );
  const held = new Set((rows[0].held as string[]).map(Number));
  const labels = tables.filter(({ catalog }) => held.has(catalog.oid)).map(({ label }) => label);
  const compressed = rows[0].compressed as number;
  return [
    ...(labels.length === 0
      ? []
      : [
          stop(
            'engine',
            `TimescaleDB keeps the rows of ${labels.join(', ')} in chunks of a hypertable, which Keel does not rewrite`,
            'move the encrypted columns into an ordinary table, or take these tables out of the inventory',
          ),
        ]),
    ...(compressed === 0
      ? []
      : [
          warn(
            'compressed-chunks',
            `values in compressed chunks of TimescaleDB (${compressed} of them) are not seen: one under the old key would stay under it`,
            'decompress them first (decompress_chunk) if they may hold credentials',
          ),
        ]),
  ];
}
