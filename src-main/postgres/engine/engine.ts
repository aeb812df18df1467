import { shownText } from '#shared/visible-text';

/**
 * How Keel treats a database that speaks PostgreSQL's protocol. `usual`: PostgreSQL itself. `untested`: based
 * on PostgreSQL, and Keel has never been run on it. `portable`: it lacks what the usual way of a rotation
 * relies on, and is untested too; rows are rewritten without that. `refused`: it lacks what any rotation
 * relies on, or is not based on PostgreSQL. `docs/engines.md` has the sources.
 */
export type EngineWay = 'usual' | 'untested' | 'portable' | 'refused';

/** What the portable way can rely on. */
export interface PortableTraits {
  /** The isolation level at which a transaction notices concurrent writes. */
  readonly isolation: 'READ COMMITTED' | 'SERIALIZABLE';
  /** Whether advisory locks keep a second session out. */
  readonly advisoryLocks: boolean;
}

/** Each statement sees what was committed before it: late rows are found by looking again. */
export const traitsOfPostgres: PortableTraits = { isolation: 'READ COMMITTED', advisoryLocks: true };

export interface Engine {
  /** As its makers write it; for an unknown engine, what it calls itself. */
  readonly name: string;
  readonly way: EngineWay;
  /** What it lacks, if it is refused or uses the portable way. */
  readonly lacks?: string;
  /** Present if it uses the portable way. */
  readonly traits?: PortableTraits;
  /** Stores rows of some tables where PostgreSQL would not. */
  readonly keepsRows: readonly RowKeeper[];
}

/** Extensions that store the rows of a table outside of it. */
export type RowKeeper = 'citus' | 'timescaledb';

/** What a server reports about itself: enough to identify its engine. */
export interface EngineSigns {
  /** Of `version()`. */
  readonly banner: string;
  /** Of `server_version_num`. */
  readonly version: number;
  /** Extensions of the database, by name. */
  readonly extensions: readonly string[];
  /** The settings that `signs` queries, by name. */
  readonly settings: readonly string[];
}

/**
 * Columns of a SELECT that make up `EngineSigns`, except the version. Only Aurora lists `aurora_stat_utils`
 * among the extensions that can be installed, by which Amazon's own driver recognises it.
 */
export const signs = `pg_catalog.version() AS banner,
  ARRAY(SELECT extname::text FROM pg_extension) AS extensions,
  ARRAY(SELECT name FROM pg_settings WHERE name LIKE 'neon.%' OR name LIKE 'alloydb.%'
    OR name LIKE 'google\\_columnar\\_engine.%'
    OR (name = 'rds.extensions' AND setting LIKE '%aurora\\_stat\\_utils%')) AS settings`;

const unenforcedKeys =
  'it does not enforce primary keys, and has neither ctid nor xmin, so rows cannot be identified reliably';
const ctidOfSegment = 'its ctid, by which the usual way finds rows, is unique only within a segment';
const notBuiltOnIt =
  'it is a different database that speaks PostgreSQL’s protocol, and may lack what a rotation relies on: Keel has not been tested on it';

type KnownBanner = readonly [mark: RegExp, name: string, lacks: string];

/** Engines that use the portable way, by what `version()` says. */
const portable: readonly (readonly [...KnownBanner, PortableTraits])[] = [
  [
    /^CockroachDB\b/,
    'CockroachDB',
    'it has no xmin and no binary COPY of a query, and its LOCK TABLE does not block writers',
    // its advisory locks do not lock
    { isolation: 'SERIALIZABLE', advisoryLocks: false },
  ],
  [
    /-YB-\d/,
    'YugabyteDB',
    'its LOCK TABLE is documented for ACCESS SHARE mode only, which does not block writers',
    // without a setting, READ COMMITTED is a snapshot there, which does not show late rows
    { isolation: 'SERIALIZABLE', advisoryLocks: false },
  ],
  [/\(Greenplum Database\b/, 'Greenplum', ctidOfSegment, traitsOfPostgres],
  [/\((?:Apache )?Cloudberry\b/, 'Apache Cloudberry', ctidOfSegment, traitsOfPostgres],
];

/** Engines that Keel refuses. */
const refused: readonly KnownBanner[] = [
  [/\bRedshift \d/, 'Amazon Redshift', unenforcedKeys],
  [/^CrateDB\b/, 'CrateDB', 'it has no transactions, and a rotation needs one'],
  [/\(Materialize\b/, 'Materialize', notBuiltOnIt],
  [/-RisingWave-/, 'RisingWave', notBuiltOnIt],
  [/\bQuestDB\b/, 'QuestDB', notBuiltOnIt],
];

/** Engines based on PostgreSQL on which Keel has never been run. */
const untestedBanners: readonly (readonly [mark: RegExp, name: string])[] = [
  [/\((?:EnterpriseDB|EDB)\b/, 'EDB Postgres'],
];
const untestedSettings: readonly (readonly [mark: RegExp, name: string])[] = [
  [/^rds\.extensions$/, 'Amazon Aurora'],
  [/^(?:alloydb|google_columnar_engine)\./, 'Google AlloyDB'],
  [/^neon\./, 'Neon'],
];
const untestedExtensions: readonly (readonly [mark: RegExp, name: string, keeper?: RowKeeper])[] = [
  [/^babelfishpg_/, 'Babelfish'],
  [/^citus$/, 'Citus', 'citus'],
  [/^timescaledb$/, 'TimescaleDB', 'timescaledb'],
];

/**
 * The oldest PostgreSQL whose rows can be rewritten: 13 introduced `pg_current_xact_id`, which the portable
 * way does not need, and Greenplum 7 is based on 12.
 */
export function oldestVersionOf({ way }: Engine): number {
  return way === 'portable' ? 120_000 : 130_000;
}

/**
 * Identifies a server's engine by what it reports. A server that reports what PostgreSQL does is taken for
 * PostgreSQL.
 */
export function engineOf({ banner, version, extensions, settings }: EngineSigns): Engine {
  const byBanner = engineByBanner(banner);
  if (byBanner) return byBanner;
  const installed = untestedExtensions.filter(([mark]) => extensions.some((name) => mark.test(name)));
  const names = [
    ...untestedBanners.filter(([mark]) => mark.test(banner)),
    ...untestedSettings.filter(([mark]) => settings.some((name) => mark.test(name))),
    ...installed,
  ].map(([, name]) => name);
  if (names.length === 0 && majorOf(banner) !== Math.floor(version / 10_000)) names.push(shown(banner));
  if (names.length === 0) return { name: 'PostgreSQL', way: 'usual', keepsRows: [] };
  return {
    name: names.join(' with '),
    way: 'untested',
    keepsRows: installed.flatMap(([, , keeper]) => keeper ?? []),
  };
}

/** The engine of that `version()`, if Keel refuses it or uses the portable way. */
export function engineByBanner(banner: string): Engine | undefined {
  const other = portable.find(([mark]) => mark.test(banner));
  if (other) return { name: other[1], way: 'portable', lacks: other[2], traits: other[3], keepsRows: [] };
  const known = refused.find(([mark]) => mark.test(banner));
  if (known) return { name: known[1], way: 'refused', lacks: known[2], keepsRows: [] };
  if (majorOf(banner) !== undefined) return undefined;
  return { name: shown(banner), way: 'refused', lacks: notBuiltOnIt, keepsRows: [] };
}

/** The version of the PostgreSQL that it is, or is based on. */
function majorOf(banner: string): number | undefined {
  const [, major] = /^PostgreSQL (\d+)/.exec(banner) ?? [];
  return major === undefined ? undefined : Number(major);
}

/** The server chooses what it calls itself. */
function shown(banner: string): string {
  const line = shownText(banner, 40);
  return line === '' ? 'an unnamed engine' : `“${line}”`;
}
