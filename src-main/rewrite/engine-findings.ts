import type { Client } from 'pg';
import type { ServerFacts } from '#postgres/connect';
import type { RowKeeper } from '#postgres/engine/engine';
import { type KeptElsewhere, readKeptElsewhere } from '#postgres/engine/kept-elsewhere';
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
  const kept = (await readKeptElsewhere(client, engine.keepsRows)).flatMap((one) =>
    'isUnknown' in one ? [unknownKeeper(one.keeper)] : keepers[one.keeper](one, tables),
  );
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

type Kept = Exclude<KeptElsewhere, { readonly isUnknown: true }>;

const keepers: Readonly<Record<RowKeeper, (kept: Kept, tables: readonly TableTarget[]) => Finding[]>> = {
  citus: checkCitus,
  timescaledb: checkTimescale,
};

/** Where its catalog is another than was known when this was written, it is not known which tables it keeps. */
function unknownKeeper(keeper: RowKeeper): Finding {
  return stop(
    'engine',
    `the catalog of the extension ${keeper} could not be read, so that it is not known whether it keeps the rows of these tables`,
    'let the role read it, or drop the extension if nothing uses it',
  );
}

function labelsAmong(kept: Kept, tables: readonly TableTarget[]): string[] {
  const held = new Set(kept.tables.map(({ schema, name }) => JSON.stringify([schema, name])));
  return tables
    .filter(({ catalog }) => held.has(JSON.stringify([catalog.schema, catalog.name])))
    .map(({ label }) => label);
}

/** Rows of a Citus table are in shards, on nodes that each have their own ctids and transaction numbers. */
function checkCitus(kept: Kept, tables: readonly TableTarget[]): Finding[] {
  const labels = labelsAmong(kept, tables);
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
function checkTimescale(kept: Kept, tables: readonly TableTarget[]): Finding[] {
  const labels = labelsAmong(kept, tables);
  const findings: Finding[] = [];
  if (labels.length > 0)
    findings.push(
      stop(
        'engine',
        `TimescaleDB keeps the rows of ${labels.join(', ')} in chunks of a hypertable, which Keel does not rewrite`,
        'move the encrypted columns into an ordinary table, or take these tables out of the inventory',
      ),
    );
  if (kept.compressed.length > 0)
    findings.push(
      warn(
        'compressed-chunks',
        `values in compressed chunks of TimescaleDB are not seen (of ${kept.compressed.map(({ schema, name }) => `${schema}.${name}`).join(', ')}): one under the old key would stay under it`,
        'decompress them first (decompress_chunk) if they may hold credentials',
      ),
    );
  return findings;
}
