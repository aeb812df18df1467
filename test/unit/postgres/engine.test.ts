import { describe, expect, test } from 'vitest';
import type { ServerFacts } from '#postgres/connect';
import { type Engine, engineOf, type EngineSigns } from '#postgres/engine/engine';
import { refusalOf } from '#postgres/engine/refused-engine';
import { judgeSchema } from '#postgres/session-stages';
import { banners } from '#test/support/postgres/played-engine';

const signsOf = (more: Partial<EngineSigns>): EngineSigns => ({
  banner: banners.postgresql,
  version: 160_002,
  extensions: ['plpgsql'],
  settings: [],
  ...more,
});

describe('the engine of a server', () => {
  test.for<[banner: keyof typeof banners, version: number, name: string]>([
    ['redshift', 80_002, 'Amazon Redshift'],
    ['materialize', 90_500, 'Materialize'],
    ['risingWave', 130_014, 'RisingWave'],
    ['questdb', 110_003, 'QuestDB'],
    ['cratedb', 140_000, 'CrateDB'],
    ['redpanda', 160_000, '“Redpanda SQL 1.2.0 (abc1234)”'],
  ])('%s is refused by its banner, whichever version it reports', ([banner, version, name]) => {
    const engine = engineOf(signsOf({ banner: banners[banner], version }));
    expect(engine).toMatchObject({ name, way: 'refused', lacks: expect.stringMatching(/\w{3,}/) });
    expect(refusalOf(engine)).toMatchObject({
      code: 'preflight-stopped',
      message: expect.stringMatching(/not PostgreSQL.*; nothing was changed$/),
      remedy: expect.stringContaining('PostgreSQL 13 or later'),
    });
  });

  test.for<[banner: keyof typeof banners, version: number, name: string]>([
    // it reports PostgreSQL 18 in `server_version_num`
    ['cockroach', 180_000, 'CockroachDB'],
    ['yugabyte', 110_002, 'YugabyteDB'],
    ['yugabyteOn15', 150_012, 'YugabyteDB'],
    ['greenplum', 90_424, 'Greenplum'],
    ['cloudberry', 140_004, 'Apache Cloudberry'],
  ])(
    '%s takes the portable way by its banner, and is refused for what has none',
    ([banner, version, name]) => {
      const engine = engineOf(signsOf({ banner: banners[banner], version }));
      expect(engine).toMatchObject({ name, way: 'portable', lacks: expect.stringMatching(/^its? /) });
      expect(engine.traits).toBeDefined();
      expect(refusalOf(engine)).toBeUndefined();
      expect(refusalOf(engine, true)).toMatchObject({ code: 'preflight-stopped' });
    },
  );

  test.for<[what: string, more: Partial<EngineSigns>, name: string]>([
    ['a banner of EDB', { banner: banners.edb, version: 170_004 }, 'EDB Postgres'],
    ['Aurora’s extensions', { settings: ['rds.extensions'] }, 'Amazon Aurora'],
    ['a setting of AlloyDB', { settings: ['alloydb.enable_pgaudit'] }, 'Google AlloyDB'],
    ['the columnar engine', { settings: ['google_columnar_engine.enabled'] }, 'Google AlloyDB'],
    ['a setting of Neon', { settings: ['neon.tenant_id', 'neon.timeline_id'] }, 'Neon'],
    ['Citus', { extensions: ['citus', 'citus_columnar', 'plpgsql'] }, 'Citus'],
    ['TimescaleDB', { extensions: ['plpgsql', 'timescaledb'] }, 'TimescaleDB'],
    ['Babelfish', { extensions: ['babelfishpg_common', 'babelfishpg_tsql'] }, 'Babelfish'],
    ['two of them', { settings: ['neon.tenant_id'], extensions: ['timescaledb'] }, 'Neon with TimescaleDB'],
  ])('is untested by %s', ([, more, name]) => {
    expect(engineOf(signsOf(more))).toMatchObject({ name, way: 'untested' });
  });

  test('is untested where its banner and its number tell of different versions', () => {
    const engine = engineOf(signsOf({ version: 130_002 }));
    expect(engine).toMatchObject({ name: expect.stringContaining('PostgreSQL 16.2'), way: 'untested' });
  });

  test.for<[what: string, banner: string, version: number]>([
    ['of a distribution', banners.postgresql, 160_002],
    ['compiled by somebody', 'PostgreSQL 18.1 on x86_64-pc-linux-gnu, compiled by gcc, 64-bit', 180_001],
    ['before its release', 'PostgreSQL 19devel on aarch64-apple-darwin', 190_000],
    ['of Percona', 'PostgreSQL 15.4 - Percona Distribution on x86_64-pc-linux-gnu', 150_004],
  ])('is PostgreSQL: one %s', ([, banner, version]) => {
    const settings: string[] = [];
    const engine = engineOf({ banner, version, extensions: ['plpgsql', 'pg_stat_statements'], settings });
    expect(engine).toEqual({ name: 'PostgreSQL', way: 'usual', keepsRows: [] });
    expect(refusalOf(engine)).toBeUndefined();
  });

  test('that is not known is named by what it calls itself, in one line without control characters', () => {
    const banner = `Other\u001b[31m\nDB ${'x'.repeat(1000)}`;
    const { name, way } = engineOf(signsOf({ banner }));
    expect(way).toBe('refused');
    expect(name).toMatch(/^“Other \[31m DB x+…”$/);
    expect(name.length).toBeLessThan(50);
    expect(engineOf(signsOf({ banner: '\u202e' })).name).toBe('an unnamed engine');
  });
});

describe('the test of a connection', () => {
  const judge = (engine: Engine) =>
    judgeSchema({ version: 160_002, versionText: '16.2', engine } as ServerFacts, {
      user: 'ann',
      database: 'acme',
      tables: 2,
      readable: 2,
      updatable: 2,
      filtered: 0,
      mayMakeSchema: true,
    });

  test('names an engine that is refused', () => {
    expect(judge(engineOf(signsOf({ banner: banners.redshift })))).toMatchObject({
      outcome: 'failed',
      message: expect.stringContaining('Amazon Redshift'),
    });
  });

  test('names an engine that takes the portable way, and says why', () => {
    expect(judge(engineOf(signsOf({ banner: banners.cockroach })))).toMatchObject({
      outcome: 'warning',
      message: expect.stringMatching(/CockroachDB.*\(untested\); .*portable way: it has no xmin/),
    });
  });

  test('names an engine that is untested', () => {
    expect(judge(engineOf(signsOf({ settings: ['neon.tenant_id'] })))).toMatchObject({
      outcome: 'warning',
      message: expect.stringMatching(/^Neon, .*untested.*PostgreSQL 16\.2, 2 tables in acme$/),
    });
  });

  test('passes PostgreSQL', () => {
    expect(judge(engineOf(signsOf({})))).toMatchObject({ message: 'PostgreSQL 16.2, 2 tables in acme' });
  });
});
