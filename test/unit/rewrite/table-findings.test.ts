import { randomBytes } from 'node:crypto';
import type pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readCatalog } from '#postgres/catalog';
import { resolveInventory } from '#postgres/table-target';
import type { Finding } from '#rewrite/finding';
import { checkTables } from '#rewrite/table-findings';
import { findUpdateTriggers } from '#rewrite/triggers';
import {
  connectPlainly,
  createTestDatabase,
  type TestDatabase,
  urlOf,
} from '#test/support/postgres/test-database';
import { base64Column } from '#test/support/databases/foreign-database';

let database: TestDatabase;
const role = `role_${randomBytes(4).toString('hex')}`;
/** A role that owns nothing, may read and update everything, and sees what policies let it see. */
let guest: pg.Client;

beforeAll(async () => {
  database = await createTestDatabase();
  await database.client.query(`
    CREATE TABLE plain (id int PRIMARY KEY, s text, t text);
    CREATE TABLE ruled (id int PRIMARY KEY, s text);
    CREATE RULE quiet AS ON UPDATE TO ruled DO INSTEAD NOTHING;
    CREATE TABLE named (s text PRIMARY KEY, t text);
    CREATE TABLE naming (id int PRIMARY KEY, s text REFERENCES named, free text);
    CREATE TABLE referring (id int PRIMARY KEY, plain int REFERENCES plain, s text);
    CREATE TABLE published (s text);
    CREATE TABLE published_key (id int PRIMARY KEY, s text);
    CREATE TABLE published_full (s text);
    ALTER TABLE published_full REPLICA IDENTITY FULL;
    CREATE PUBLICATION feed FOR TABLE published, published_key, published_full;
    CREATE TABLE published_parts (id int, s text) PARTITION BY RANGE (id);
    CREATE TABLE published_low PARTITION OF published_parts (PRIMARY KEY (id)) FOR VALUES FROM (0) TO (9);
    CREATE TABLE published_rest PARTITION OF published_parts DEFAULT;
    CREATE PUBLICATION parts FOR TABLE published_parts;
    CREATE TABLE published_inserts (s text);
    CREATE PUBLICATION inserts FOR TABLE published_inserts WITH (publish = 'insert');
    CREATE TABLE filtered (id int PRIMARY KEY, s text);
    CREATE PUBLICATION some_rows FOR TABLE filtered WHERE (s <> '');
    CREATE TABLE filtered_by_key (id int PRIMARY KEY, s text);
    CREATE PUBLICATION low_rows FOR TABLE filtered_by_key WHERE (id < 9);
    CREATE TABLE listed (id int PRIMARY KEY, s text);
    CREATE PUBLICATION some_columns FOR TABLE listed (s);
    CREATE TABLE listed_parts (id int PRIMARY KEY, s text) PARTITION BY RANGE (id);
    CREATE TABLE listed_part PARTITION OF listed_parts DEFAULT;
    CREATE PUBLICATION part_columns FOR TABLE listed_parts (s) WITH (publish_via_partition_root);
    CREATE TABLE by_secret (id int, s text, t text) PARTITION BY LIST (s);
    CREATE TABLE by_secret_rest PARTITION OF by_secret DEFAULT;
    CREATE TABLE by_head (id int, s text, t text) PARTITION BY RANGE (id);
    CREATE TABLE by_head_rest PARTITION OF by_head DEFAULT PARTITION BY LIST (left(s, 2));
    CREATE TABLE by_head_leaf PARTITION OF by_head_rest DEFAULT;
    CREATE EXTENSION postgres_fdw; CREATE SERVER elsewhere FOREIGN DATA WRAPPER postgres_fdw OPTIONS (host 'no.invalid');
    CREATE USER MAPPING FOR postgres SERVER elsewhere;
    CREATE TABLE spread (id int, s text) PARTITION BY RANGE (id);
    CREATE TABLE spread_here PARTITION OF spread FOR VALUES FROM (0) TO (9);
    CREATE FOREIGN TABLE spread_away PARTITION OF spread DEFAULT SERVER elsewhere;
    CREATE TABLE hidden (id int PRIMARY KEY, s text);
    ALTER TABLE hidden ENABLE ROW LEVEL SECURITY;
    CREATE TABLE forced (id int PRIMARY KEY, s text);
    ALTER TABLE forced ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
    CREATE TABLE open (id int PRIMARY KEY, s text);
    ALTER TABLE open ENABLE ROW LEVEL SECURITY;
    CREATE TABLE parts (id int, s text) PARTITION BY RANGE (id);
    CREATE TABLE parts_one PARTITION OF parts FOR VALUES FROM (0) TO (9);
    CREATE TABLE deep (id int, s text) PARTITION BY RANGE (id);
    CREATE TABLE deep_one PARTITION OF deep FOR VALUES FROM (0) TO (9);
    CREATE RULE quiet AS ON UPDATE TO deep_one DO INSTEAD NOTHING;
    CREATE TABLE computed (id int PRIMARY KEY, s text, head text GENERATED ALWAYS AS (left(s, 4)) STORED, o text,
      other text GENERATED ALWAYS AS (left(o, 4)) STORED);
    CREATE TABLE single (id int PRIMARY KEY, s text UNIQUE, t text);
    CREATE TABLE keyless (s text);
    CREATE FUNCTION nothing() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN new; END $$;
    CREATE TABLE watched (id int PRIMARY KEY, s text);
    CREATE TRIGGER on_update BEFORE UPDATE ON watched FOR EACH ROW EXECUTE FUNCTION nothing();
    CREATE TRIGGER on_insert BEFORE INSERT ON watched FOR EACH ROW EXECUTE FUNCTION nothing();
    CREATE TABLE barred (id int PRIMARY KEY, s text, t text);
    CREATE TABLE tied (id int PRIMARY KEY, s text, hash text, CONSTRAINT same_hash CHECK (hash = md5(s)),
      CHECK (length(s) > 3));
    CREATE TABLE unchecked (id int PRIMARY KEY, s text, n int);
    ALTER TABLE unchecked ADD CONSTRAINT above_zero CHECK (n > 0) NOT VALID;
    CREATE TABLE columns_only (id int PRIMARY KEY, s text);
    CREATE ROLE ${role} LOGIN PASSWORD 'pass';
    GRANT SELECT, UPDATE ON ALL TABLES IN SCHEMA public TO ${role};
    REVOKE ALL ON barred FROM ${role}; GRANT SELECT, UPDATE (t) ON barred TO ${role};
    CREATE TABLE update_only (id int PRIMARY KEY, s text); GRANT SELECT, UPDATE (s) ON update_only TO ${role};
    REVOKE SELECT ON columns_only FROM ${role}; GRANT SELECT (id, s) ON columns_only TO ${role};
    ALTER TABLE open OWNER TO ${role}; ALTER TABLE forced OWNER TO ${role}`);
  guest = await connectPlainly(urlOf(database.url, database.name, { user: role, password: 'pass' }));
});

afterAll(async () => {
  await guest.end();
  await database.client.query(`DROP OWNED BY ${role} CASCADE; DROP ROLE ${role}`);
  await database[Symbol.asyncDispose]();
});

/** What preflight says of these columns, by code. */
async function look(
  columns: readonly string[],
  client = database.client,
  mayAlter = true,
): Promise<Record<string, Pick<Finding, 'level' | 'message'>>> {
  const entries = columns.map((name) => {
    const [table = '', column = ''] = name.split('.');
    return base64Column(table, column);
  });
  const tables = resolveInventory({ version: 1, columns: entries }, await readCatalog(client));
  const triggers = await findUpdateTriggers(client, tables, { mayAlter });
  const findings = await checkTables(client, tables, triggers);
  for (const { level, remedy } of findings) expect(remedy !== undefined).toBe(level !== 'pass');
  return Object.fromEntries(findings.map(({ code, level, message }) => [code, { level, message }]));
}

describe('before a rotation of', () => {
  test('an ordinary table nothing stands in the way', async () => {
    const findings = await look(['plain.s', 'plain.t', 'referring.s']);
    expect(Object.values(findings).map(({ level }) => level)).not.toContain('stop');
    expect(Object.values(findings).map(({ level }) => level)).not.toContain('warn');
  });

  test.for([
    ['a table whose updates a rule rewrites', ['plain.s', 'ruled.s'], 'rules', 'public.ruled'],
    ['a partitioned table with a rule on a partition', ['deep.s'], 'rules', 'public.deep'],
    ['a column that a foreign key refers to', ['named.s'], 'foreign-keys', 'public.named'],
    ['a column that is a foreign key', ['naming.s'], 'foreign-keys', 'public.naming'],
    ['a published table without a replica identity', ['published.s'], 'replica-identity', 'public.published'],
    ['a published partition without one', ['published_parts.s'], 'replica-identity', 'public.published_rest'],
    ['a table that is published with a filter on its rows', ['filtered.s'], 'publications', 'some_rows'],
    ['a table of which other columns are published', ['listed.s'], 'publications', 'some_columns'],
    ['a partitioned one', ['listed_parts.s'], 'publications', 'part_columns'],
    ['a column that is the partition key', ['by_secret.s'], 'partition-key', 'public.by_secret.s'],
    ['a column that a subpartition’s key is computed from', ['by_head.s'], 'partition-key', 'by_head.s'],
    ['a partition by such a column', ['by_secret_rest.s'], 'partition-key', 'public.by_secret_rest.s'],
    ['a partition on another server', ['spread.s'], 'foreign-partitions', 'public.spread_away'],
    [
      'a partitioned table and one of its partitions',
      ['parts.s', 'parts_one.s'],
      'partitions',
      'public.parts_one',
    ],
  ] as const)('%s it stops', async ([, columns, code, table]) => {
    const { [code]: finding } = await look(columns);
    expect(finding).toMatchObject({ level: 'stop', message: expect.stringContaining(table) });
  });

  test.for([
    ['another column of such a table', ['named.t', 'naming.free'], 'foreign-keys'],
    [
      'a published table with a key, or a full replica identity',
      ['published_key.s', 'published_full.s'],
      'replica-identity',
    ],
    ['a table that publishes inserts only', ['published_inserts.s'], 'replica-identity'],
    ['a table published with a filter on its key', ['filtered_by_key.s'], 'publications'],
    [
      'the other columns of tables partitioned by a ciphertext',
      ['by_secret.t', 'by_head.t'],
      'partition-key',
    ],
    ['a partition beside a foreign one', ['spread_here.s'], 'foreign-partitions'],
    ['columns that constraints look at by themselves', ['plain.s', 'published_key.s'], 'checks'],
    ['a partitioned table alone', ['parts.s'], 'partitions'],
    ['a partition alone', ['parts_one.s'], 'partitions'],
    ['columns beside a unique one', ['single.t', 'plain.s'], 'derived'],
  ] as const)('%s it goes on', async ([, columns, code]) => {
    const { [code]: finding } = await look(columns);
    expect(finding).toMatchObject({ level: 'pass' });
  });

  test.for([
    [
      'a column that another is computed from',
      ['computed.s'],
      'derived',
      /generated columns of public\.computed/,
    ],
    ['a column with a unique index', ['single.s'], 'derived', /unique indexes of public\.single/],
    ['a column that a constraint compares with another', ['tied.s'], 'checks', /same_hash on public\.tied/],
    [
      'a table with a check that old rows may break',
      ['unchecked.s'],
      'checks',
      /above_zero on public\.unchecked/,
    ],
    ['a table without a primary key', ['keyless.s'], 'primary-keys', /public\.keyless/],
    ['a column that is the primary key', ['named.s'], 'primary-keys', /public\.named/],
    ['an own table with a trigger', ['watched.s'], 'triggers', /disabled.*on_update on public\.watched$/],
  ] as const)('%s it warns', async ([, columns, code, message]) => {
    const { [code]: finding } = await look(columns);
    expect(finding).toMatchObject({ level: 'warn', message: expect.stringMatching(message) });
  });
});

describe('for a role that owns nothing', () => {
  test('row-level security stops, on the own table only where it is forced', async () => {
    expect((await look(['hidden.s'], guest))['row-level-security']).toMatchObject({ level: 'stop' });
    expect((await look(['forced.s'], guest))['row-level-security']).toMatchObject({ level: 'stop' });
    expect((await look(['open.s'], guest))['row-level-security']).toMatchObject({ level: 'pass' });
    expect((await look(['hidden.s', 'forced.s']))['row-level-security']).toMatchObject({ level: 'pass' });
  });

  test('triggers stop, since they would fire', async () => {
    const { triggers } = await look(['watched.s'], guest);
    expect(triggers).toMatchObject({
      level: 'stop',
      message: expect.stringMatching(/would fire .* only the owner of the tables may disable them/),
    });
    const { triggers: refused } = await look(['watched.s'], database.client, false);
    expect(refused).toMatchObject({
      level: 'stop',
      message: expect.stringMatching(/would fire .* an event trigger blocks the ALTER TABLE/),
    });
  });

  test('a missing privilege stops, by column', async () => {
    expect((await look(['plain.s'], guest))['privileges']).toMatchObject({ level: 'pass' });
    const { privileges } = await look(['plain.s', 'barred.s'], guest);
    expect(privileges).toMatchObject({ level: 'stop', message: expect.stringContaining('public.barred') });
    expect(privileges?.message).not.toContain('public.plain');
  });

  test('UPDATE on the columns alone stops, since the table is locked too', async () => {
    const { privileges } = await look(['plain.s', 'update_only.s'], guest);
    expect(privileges).toMatchObject({
      level: 'stop',
      message: expect.stringContaining('public.update_only'),
    });
  });

  test('SELECT on the columns alone stops, since who wrote a row is read too', async () => {
    const { privileges } = await look(['plain.s', 'columns_only.s'], guest);
    expect(privileges).toMatchObject({
      level: 'stop',
      message: expect.stringContaining('public.columns_only'),
    });
  });
});
