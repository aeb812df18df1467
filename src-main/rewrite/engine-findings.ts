import type { Client } from 'pg';
import { text } from '#errors/text';
import type { Engine, PortableTraits, RowKeeper } from '#postgres/engine/engine';
import { type KeptElsewhere, readKeptElsewhere } from '#postgres/engine/kept-elsewhere';
import { refusedRemedy } from '#postgres/engine/refused-engine';
import type { TableTarget } from '#postgres/table-target';
import { mayProbe, probeEngine } from './engine-probe.ts';
import { type Finding, stop, warn } from './finding.ts';
import type { RewriteSession } from './session.ts';

/**
 * Reasons against rewriting these tables because of the engine that holds them, and which way it takes where that is not the usual one. Nothing
 * is asked of PostgreSQL itself. One that Keel refuses has no session, so that it does not come here. `writer`: the application that uses
 * the key, for people.
 */
export async function checkEngine(
  client: Client,
  { facts, portable }: Pick<RewriteSession, 'facts' | 'portable'>,
  tables: readonly TableTarget[],
  writer = 'Ballast',
): Promise<Finding[]> {
  const { engine, inRecovery, readOnly } = facts;
  const way = portable ? [portableFinding(engine, portable, writer)] : [];
  if (engine.way !== 'untested') return way;
  const kept = (await readKeptElsewhere(client, engine.keepsRows)).flatMap((one) =>
    'isUnknown' in one ? [unknownKeeper(one.keeper)] : keepers[one.keeper](one, tables),
  );
  if (kept.some(({ level }) => level === 'stop')) return kept;
  // a server that takes no writes is a stop by itself
  if (inRecovery || readOnly) return [...kept, ...way];
  return [...kept, ...(portable ? way : [await checkBasics(client, engine.name)])];
}

/** Which way is taken, why, and what the admin has to see to there. */
function portableFinding(
  { name, way, lacks }: Engine,
  { advisoryLocks }: PortableTraits,
  writer: string,
): Finding {
  const found =
    way === 'usual'
      ? 'rows are rewritten in the portable way, as requested'
      : `the server is ${name}, which Keel has never been run on (untested); rows are rewritten in the portable way${way === 'portable' ? `: ${lacks}` : ', as requested'}`;
  const second = advisoryLocks
    ? ''
    : ' This server has no lock that prevents a second rotation: run one at a time.';
  return warn(
    'portable',
    `${found}. It does not lock tables: rows that ${writer} writes during the rotation may stay encrypted with the old key, without an error.${second}`,
    text`stop ${writer} before the rotation${way === 'usual' ? '' : '; rotate a restored copy of the database on the same engine first'}`,
  );
}

async function checkBasics(client: Client, name: string): Promise<Finding> {
  const untested = `the server is ${name}, which Keel has never been run on (untested)`;
  const remedy = 'rehearse, and rotate a restored copy of the database on the same engine first';
  if (!(await mayProbe(client))) {
    return warn(
      'engine',
      `${untested}; the features that a rotation relies on were not tried, because the role may not create temporary tables`,
      remedy,
    );
  }
  const { works, fails } = await probeEngine(client);
  if (fails === undefined) {
    return warn('engine', `${untested}; tried there and rolled back: ${works.join(', ')}`, remedy);
  }
  return stop(
    'engine',
    `the server is ${name}, where a feature that a rotation relies on does not work as in PostgreSQL: ${fails}`,
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
    `the catalog of the extension ${keeper} could not be read, so it is unknown whether it stores the rows of these tables`,
    'give the role access to it, or drop the extension if nothing uses it',
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
      `Citus stores the rows of ${labels.join(', ')} in shards; a rotation identifies rows by ctid and transaction ID, which are local to each node`,
      'convert them to local tables for the rotation (undistribute_table), and distribute them again afterwards',
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
        `TimescaleDB stores the rows of ${labels.join(', ')} in the chunks of a hypertable, which Keel does not rewrite`,
        'move the encrypted columns to an ordinary table, or remove these tables from the inventory',
      ),
    );
  if (kept.compressed.length > 0)
    findings.push(
      warn(
        'compressed-chunks',
        `values in compressed chunks of TimescaleDB are not read (of ${kept.compressed.map(({ schema, name }) => `${schema}.${name}`).join(', ')}): one encrypted with the old key would stay that way`,
        'decompress the chunks first (decompress_chunk) if they may contain credentials',
      ),
    );
  return findings;
}
