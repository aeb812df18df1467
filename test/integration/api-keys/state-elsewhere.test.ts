import { randomUUID } from 'node:crypto';
import { expect, test } from 'vitest';
import { readKeyRows } from '#api-keys/key-rows';
import { openKeyTable } from '#api-keys/key-table';
import { connect } from '#postgres/connect';
import { parseDatabaseUrl } from '#postgres/target';
import type { KeelClient } from '#postgres/session/keel-client';
import { foreignKey, insertKeys, serverFilled, serverFilledMapping } from '#test/support/databases/api-keys';
import { keyDatabase } from '#test/support/databases/key-table';
import { urlOf } from '#test/support/postgres/test-database';

// What becomes of a key may stand in another row: of its user, or of a list of revoked keys. Keel does not know what the application
// makes of that, so it calls no such key active.

const schema = `
  CREATE TABLE users (id int PRIMARY KEY, email text, disabled boolean, two_factor_enabled boolean);
  CREATE TABLE "Org anisations" (region text, number int, status text, plan_ends_at date, PRIMARY KEY (region, number));
  ${serverFilled};
  ALTER TABLE api_keys ADD user_id int REFERENCES users, ADD region text, ADD number int,
    ADD FOREIGN KEY (region, number) REFERENCES "Org anisations";
  CREATE TABLE revoked_tokens (token int REFERENCES api_keys, since timestamptz);
  CREATE TABLE uses (key int REFERENCES api_keys, at timestamptz)`;

async function setting() {
  const db = await keyDatabase(schema);
  await insertKeys(
    db.client,
    ['fine', 'of a disabled user', 'of a closed organisation', 'on the list', 'nobody’s'].map((name, n) => ({
      name,
      hash: foreignKey(n).hash,
    })),
  );
  await db.client.query(`
    INSERT INTO users VALUES (1, 'a@example.org', false, false), (2, 'b@example.org', true, true);
    INSERT INTO "Org anisations" VALUES ('eu', 1, 'trialing', '2020-01-01'), ('eu', 2, 'closed', NULL);
    UPDATE api_keys SET user_id = 1, region = 'eu', number = 1 WHERE name <> 'nobody’s';
    UPDATE api_keys SET user_id = 2 WHERE name = 'of a disabled user';
    UPDATE api_keys SET number = 2 WHERE name = 'of a closed organisation';
    INSERT INTO revoked_tokens SELECT id FROM api_keys WHERE name = 'on the list';
    INSERT INTO uses SELECT id, now() FROM api_keys`);
  return db;
}

async function told(client: KeelClient): Promise<Record<string, unknown>> {
  const rows = await readKeyRows(client, await openKeyTable(client, serverFilledMapping), new Date());
  return Object.fromEntries(
    rows.map(({ key }) => [key.name, key.active ? 'active' : (key.unclear ?? 'revoked')]),
  );
}

test('a key whose user or organisation is out of use, or that another table lists as revoked, is not called active', async () => {
  await using db = await setting();
  expect(await told(db.keel)).toEqual({
    fine: 'active',
    'nobody’s': 'active',
    'of a disabled user': ['disabled of its row in public.users is true'],
    'of a closed organisation': ['status of its row in public.Org anisations is closed'],
    'on the list': ['public.revoked_tokens has a row that refers to it'],
  });
});

test('a list of revoked keys whose rows are hidden from the role leaves the state of all keys open', async () => {
  await using db = await setting();
  const role = `reader_${randomUUID().slice(0, 8)}`;
  await db.client.query(
    `CREATE ROLE ${role} LOGIN PASSWORD 'x'; GRANT SELECT ON api_keys, "Org anisations" TO ${role};
     GRANT SELECT ON revoked_tokens TO ${role}; ALTER TABLE revoked_tokens ENABLE ROW LEVEL SECURITY`,
  );
  const keel = await connect(parseDatabaseUrl(urlOf(db.url, db.name, { user: role, password: 'x' })), {
    applicationName: 'keel test',
  });
  try {
    const states = await told(keel);
    const hidden = ['row-level security hides rows of public.revoked_tokens'];
    expect(states).toMatchObject({ fine: hidden, 'of a disabled user': hidden, 'nobody’s': hidden });
  } finally {
    await keel.end();
    await db.client.query(`DROP OWNED BY ${role}; DROP ROLE ${role}`);
  }
});

test('a list of revoked keys counts without a foreign key, by ids, hashes and prefixes, and a list of something else does not', async () => {
  await using db = await keyDatabase(`${serverFilled};
    CREATE TABLE revoked_api_keys (api_key_id text);
    CREATE TABLE "apiKeyBlacklist" ("keyHash" text);
    CREATE TABLE deleted_keys (id serial, key_prefix text);
    CREATE TABLE revoked_sessions (id int);
    CREATE TABLE archived_users (id int)`);
  const [, byId] = await insertKeys(
    db.client,
    ['fine', 'by ID', 'by hash', 'by prefix'].map((name, n) => ({
      name,
      hash: foreignKey(n).hash,
      prefix: foreignKey(n).text.slice(0, 8),
    })),
  );
  await db.client.query('INSERT INTO revoked_api_keys VALUES ($1)', [byId]);
  await db.client.query(`
    INSERT INTO "apiKeyBlacklist" SELECT key_hash FROM api_keys WHERE name = 'by hash';
    INSERT INTO deleted_keys (key_prefix) SELECT key_prefix FROM api_keys WHERE name = 'by prefix';
    INSERT INTO revoked_sessions SELECT id FROM api_keys;
    INSERT INTO archived_users SELECT id FROM api_keys`);
  const row = 'has a row with its ID, its hash or its prefix';
  expect(await told(db.keel)).toEqual({
    fine: 'active',
    'by ID': [`public.revoked_api_keys ${row}`],
    'by hash': [`public.apiKeyBlacklist ${row}`],
    'by prefix': [`public.deleted_keys ${row}`],
  });
});

test('a list of revoked keys that does not show which leaves the state of all keys open, once it has rows', async () => {
  await using db = await keyDatabase(
    `${serverFilled}; CREATE TABLE revoked_api_keys (at timestamptz, what bytea)`,
  );
  await insertKeys(db.client, [{ name: 'one', hash: foreignKey(1).hash }]);
  expect(await told(db.keel)).toEqual({ one: 'active' });
  await db.client.query('INSERT INTO revoked_api_keys VALUES (now(), NULL)');
  expect(await told(db.keel)).toEqual({
    one: ['public.revoked_api_keys has rows, and none of its columns shows of which keys'],
  });
});

test('a user out of use by a name that PostgreSQL folded, and columns of any type, keep a key from being called active', async () => {
  await using db = await keyDatabase(`
    CREATE EXTENSION IF NOT EXISTS hstore;
    CREATE TYPE disposition AS ENUM ('live', 'revoked');
    CREATE TABLE users (id int PRIMARY KEY, isDisabled boolean);
    INSERT INTO users VALUES (1, true);
    ${serverFilled};
    ALTER TABLE api_keys ADD user_id int REFERENCES users, ADD isRevoked boolean, ADD deleteAt bigint, ADD not_active boolean,
      ADD disposition disposition, ADD during tstzrange, ADD attributes hstore, ADD tags text[], ADD history jsonb`);
  const set: Readonly<Record<string, string>> = {
    user_id: '1',
    isrevoked: 'true',
    deleteat: '1600000000000',
    not_active: 'true',
    disposition: `'revoked'`,
    during: `'[2020-01-01,2021-01-01)'`,
    attributes: `'revoked=>true'`,
    tags: `'{revoked}'`,
    history: `'[{"event":"revoked"}]'`,
  };
  await insertKeys(db.client, [{ name: 'fine', hash: foreignKey(1).hash }]);
  await insertKeys(
    db.client,
    Object.keys(set).map((name) => ({ name, hash: foreignKey(2).hash })),
  );
  // an enum of states has one in every row
  await db.client.query(`UPDATE api_keys SET disposition = 'live'`);
  for (const [name, value] of Object.entries(set))
    await db.client.query(`UPDATE api_keys SET ${name} = ${value} WHERE name = '${name}'`);
  const rows = await readKeyRows(db.keel, await openKeyTable(db.keel, serverFilledMapping), new Date());
  const accepted = rows.filter(({ key }) => key.active && !key.expired).map(({ key }) => key.name);
  expect(accepted).toEqual(['fine']);
});
