import { createCipheriv, createHash, randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { takeCensus } from '#census/census';
import { type Census, isComplete } from '#census/census-result';
import { EncryptionKey } from '#crypto/encryption-key';
import { connect } from '#postgres/connect';
import { parseDatabaseUrl } from '#postgres/target';
import { createTestDatabase, type TestDatabase, urlOf } from '#test/support/postgres/test-database';
import { base64Column } from '#test/support/databases/foreign-database';

/** Places beside text and bytea columns where a value may be: types of numbers, bits and ranges, and the catalogs of the server. */

const key = randomBytes(32);
const secret = JSON.stringify({ host: 'db.example.org', user: 'reader', password: 'correct horse battery' });

function sealed(): Buffer {
  const iv = randomBytes(16);
  const cipher = createCipheriv('aes-256-cfb', key, iv);
  return Buffer.concat([iv, cipher.update(secret), cipher.final()]);
}

const base64 = () => sealed().toString('base64');
const bits = () => [...sealed()].map((byte) => byte.toString(2).padStart(8, '0')).join('');
const numbers = (bytes: Buffer, width: number) =>
  Array.from({ length: Math.floor(bytes.length / width) }, (_, i) => bytes.readIntBE(i * width, width));

const typed: readonly (readonly [type: string, cell: () => string])[] = [
  ['smallint[]', () => `{${[...sealed()].join(',')}}`],
  ['int[]', () => `{${numbers(sealed(), 4).join(',')}}`],
  ['bigint[]', () => `{${[...sealed()].join(',')}}`],
  ['numeric', () => BigInt(`0x${sealed().toString('hex')}`).toString()],
  ['numeric[]', () => `{${[...sealed()].join(',')}}`],
  ['float8[]', () => `{${[...sealed()].join(',')}}`],
  ['varbit', bits],
  ['bit(2000)', () => bits().padEnd(2000, '0')],
  ['textrange', () => `["${base64()}","~")`],
  ['textmultirange', () => `{["${base64()}","~")}`],
  ['numrange', () => `[0,${BigInt(`0x${sealed().toString('hex')}`)})`],
  ['tsvector', () => `'${base64()}':1`],
  [
    'polygon',
    () =>
      `(${[...sealed()]
        .slice(0, 90)
        .map((byte, i, all) => (i % 2 === 0 ? `(${byte},` : `${byte})${i < all.length - 1 ? ',' : ''}`))
        .join('')})`,
  ],
  ['numberpair', () => `(1,"{${[...sealed()].join(',')}}")`],
  ['numberdomain', () => `{${[...sealed()].join(',')}}`],
  ['json', () => JSON.stringify({ secret: sealed() })],
  ['xml', () => `<a>${base64().replace(/[+/=]/g, (sign) => `&#${sign.charCodeAt(0)};`)}</a>`],
];

/** Statements that put a value into a catalog, and the catalog. */
const catalogs: readonly (readonly [catalog: string, sql: (value: string) => string])[] = [
  ['pg_description', (value) => `COMMENT ON TABLE plain IS 'the key is ${value}'`],
  ['pg_attrdef', (value) => `ALTER TABLE plain ADD COLUMN later text DEFAULT '${value}'`],
  ['pg_proc', (value) => `CREATE FUNCTION f1() RETURNS text LANGUAGE sql AS $$ SELECT '${value}' $$`],
  ['pg_rewrite', (value) => `CREATE VIEW v1 AS SELECT '${value}'::text AS secret`],
  ['pg_constraint', (value) => `ALTER TABLE plain ADD CHECK (name <> '${value}')`],
  ['pg_policy', (value) => `CREATE POLICY p1 ON guarded USING (name = '${value}')`],
  ['pg_index', (value) => `CREATE INDEX i1 ON plain (name) WHERE name <> '${value}'`],
  [
    'pg_trigger',
    (value) =>
      `CREATE TRIGGER t1 BEFORE UPDATE ON plain FOR EACH ROW EXECUTE FUNCTION suppress_redundant_updates_trigger('${value}')`,
  ],
  ['pg_foreign_server', (value) => `CREATE SERVER s1 FOREIGN DATA WRAPPER w1 OPTIONS (secret '${value}')`],
  ['pg_foreign_data_wrapper', (value) => `CREATE FOREIGN DATA WRAPPER w2 OPTIONS (secret '${value}')`],
  [
    'pg_user_mappings',
    (value) => `CREATE USER MAPPING FOR CURRENT_USER SERVER s0 OPTIONS (secret '${value}')`,
  ],
  [
    'pg_db_role_setting',
    (value) =>
      `DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET app.secret = %L', current_database(), '${value}'); END $$`,
  ],
  [
    'pg_ts_dict',
    (value) =>
      `CREATE TEXT SEARCH DICTIONARY d1 (TEMPLATE = snowball, Language = english); COMMENT ON TEXT SEARCH DICTIONARY d1 IS '${value}'`,
  ],
  ['pg_attribute', (value) => `CREATE FOREIGN TABLE ft (a text OPTIONS (secret '${value}')) SERVER s0`],
  [
    'sql_features',
    (value) => `UPDATE information_schema.sql_features SET comments = '${value}' WHERE feature_id = 'B011'`,
  ],
];

let database: TestDatabase;
let census: Census;

async function censusOf(url: string, tried = key): Promise<Census> {
  const client = await connect(parseDatabaseUrl(url), { applicationName: 'keel census test' });
  using one = new EncryptionKey(Buffer.from(tried));
  return await takeCensus(client, { keys: [one] }).finally(() => client.end());
}

beforeAll(async () => {
  database = await createTestDatabase();
  const { client } = database;
  await client.query(`
    CREATE TYPE textrange AS RANGE (subtype = text, collation = "C");
    CREATE TYPE numberpair AS (a int, b int[]);
    CREATE DOMAIN numberdomain AS int[];
    CREATE TABLE plain (id int PRIMARY KEY, name text);
    CREATE TABLE guarded (id int PRIMARY KEY, name text);
    CREATE FOREIGN DATA WRAPPER w1;
    CREATE SERVER s0 FOREIGN DATA WRAPPER w1`);
  await client.query(
    `CREATE TABLE typed (id int PRIMARY KEY, ${typed.map(([type], i) => `c${i} ${type}`).join(', ')})`,
  );
  for (const [i, [type, cell]] of typed.entries())
    await client.query(`INSERT INTO typed (id, c${i}) VALUES ($1, $2::text::${type})`, [i, cell()]);
  for (const [, sql] of catalogs) await client.query(sql(base64()));
  census = await censusOf(database.url);
}, 60_000);
afterAll(() => database?.[Symbol.asyncDispose]());

describe('a census', () => {
  test.for(typed.map(([type], i) => [type, `c${i}`, i] as const))(
    'finds a value in a column of type %s',
    ([, column, i]) => {
      const found = census.places.filter((place) => place.table === 'typed' && place.column === column);
      expect(found).toMatchObject([{ certain: true, values: 1, rows: [`id=${i}`], inInventory: false }]);
    },
  );

  test.for(catalogs.map(([catalog]) => catalog))('finds a value in %s', (catalog) => {
    const name = catalog === 'pg_ts_dict' ? 'pg_description' : catalog;
    expect(census.places.map(({ table }) => table)).toContain(name);
  });

  test('of the catalogs proposes no entry, since Keel cannot write them', () => {
    for (const place of census.places)
      if (place.schema !== 'public') expect(place).not.toHaveProperty('proposal');
  });

  test('counts no statistics of a partition that is partitioned itself, where its table is in the inventory', async () => {
    await using other = await createTestDatabase();
    await other.client.query(`
      CREATE TABLE vault (k int, secret text) PARTITION BY LIST (k);
      CREATE TABLE vault_rest PARTITION OF vault DEFAULT PARTITION BY RANGE (k);
      CREATE TABLE vault_few PARTITION OF vault_rest FOR VALUES FROM (0) TO (100)`);
    for (let k = 0; k < 20; k++) await other.client.query('INSERT INTO vault VALUES ($1, $2)', [k, base64()]);
    await other.client.query('ANALYZE vault');
    const entry = base64Column('vault', 'secret');
    const session = await connect(parseDatabaseUrl(other.url), { applicationName: 'keel census test' });
    using one = new EncryptionKey(Buffer.from(key));
    const inventory = { version: 2 as const, columns: [entry] };
    const { places } = await takeCensus(session, { keys: [one], inventory }).finally(() => session.end());
    // a setting of another test's database is in a catalog that all share
    const own = places.filter(({ schema }) => schema === 'public');
    expect(own.map(({ table, inInventory, values }) => [table, inInventory, values])).toEqual([
      ['vault', true, 20],
    ]);
  });

  test('finds values that only statistics still hold, and names their column', async () => {
    await using other = await createTestDatabase();
    await other.client.query('CREATE TABLE gone (id int PRIMARY KEY, secret text)');
    const row = 'INSERT INTO gone VALUES ($1, $2)';
    for (let i = 0; i < 20; i++) await other.client.query(row, [i, base64()]);
    await other.client.query('ANALYZE gone');
    await other.client.query("UPDATE gone SET secret = 'none'");
    // a setting of the other test's database is in a catalog that all share
    const { places } = await censusOf(other.url);
    expect(places.filter(({ table }) => table !== 'pg_db_role_setting')).toMatchObject([
      { schema: 'public', table: 'gone', column: 'secret', rows: ['statistics'], inInventory: false },
    ]);
  });

  test('names temporary tables of other sessions as not read', async () => {
    await using other = await createTestDatabase();
    await other.client.query('CREATE TEMPORARY TABLE mine AS SELECT 1 AS id');
    const { unread } = await censusOf(other.url);
    expect(unread).toMatchObject([{ table: 'mine', reason: expect.stringMatching(/temporary/) }]);
  });

  test('of a role that is no superuser is complete where nothing is kept from it, and names what is', async () => {
    await using other = await createTestDatabase();
    const role = `reader_${other.name}`;
    await other.client.query(
      `CREATE ROLE ${role} LOGIN PASSWORD 'pw'; CREATE TABLE t (id int PRIMARY KEY, name text); GRANT SELECT ON t TO ${role}`,
    );
    try {
      const url = urlOf(other.url, other.name, { user: role, password: 'pw' });
      expect((await censusOf(url, randomBytes(32))).unread).toEqual([]);
      await other.client.query(
        `CREATE FOREIGN DATA WRAPPER w; CREATE SERVER s FOREIGN DATA WRAPPER w; CREATE USER MAPPING FOR postgres SERVER s OPTIONS (secret '${base64()}')`,
      );
      expect((await censusOf(url)).unread).toMatchObject([
        { table: 'pg_user_mappings', column: 'umoptions' },
      ]);
    } finally {
      await other.client.query(`DROP OWNED BY ${role}; DROP ROLE ${role}`);
    }
  });

  test('says what it cannot see', () => {
    expect(census.scope).toMatch(/cannot see/);
  });
});

test('a database of hashes, tokens, UUIDs and pictures has nothing under a key that encrypted none of it', async () => {
  await using noisy = await createTestDatabase();
  await noisy.client.query(
    'CREATE TABLE noise (id int PRIMARY KEY, sha text, token text, who uuid, colons text, numbers int[], picture text, big numeric, doc jsonb, raw bytea)',
  );
  const hash = (text: string) => createHash('sha512').update(text).digest();
  for (let i = 0; i < 500; i++) {
    const bytes = hash(`${i}`);
    const picture = Buffer.concat(Array.from({ length: 20 }, (_, k) => hash(`${i} ${k}`)));
    await noisy.client.query(
      'INSERT INTO noise VALUES ($1, $2, $3, gen_random_uuid(), $4, $5, $6, $7, $8, $9)',
      [
        i,
        bytes.toString('hex'),
        bytes.toString('base64url'),
        (bytes.toString('hex').match(/../g) ?? []).join(':'),
        [...bytes],
        `data:image/png;base64,${picture.toString('base64')}`,
        BigInt(`0x${bytes.toString('hex')}`).toString(),
        JSON.stringify({
          salt: bytes,
          latin: bytes.toString('latin1').replaceAll('\0', ''),
          words: numbers(bytes, 4),
        }),
        picture,
      ],
    );
  }
  await noisy.client.query('ANALYZE noise');
  const found = await censusOf(noisy.url, randomBytes(32));
  expect(found.places).toEqual([]);
  expect(isComplete(found)).toBe(true);
});
