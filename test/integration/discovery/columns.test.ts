import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { inventory as inventorySchema } from '#contract/inventory';
import { EncryptionKey, generateEncryptionKey } from '#crypto/encryption-key';
import { readCatalog } from '#postgres/catalog';
import { connect } from '#postgres/connect';
import { type DiscoveryOptions, discoverColumns, type Discovery } from '#discovery/discovery';
import type { Finding } from '#discovery/finding';
import { resolveInventory } from '#postgres/table-target';
import { parseDatabaseUrl } from '#postgres/target';
import { createDiscoveryDatabase, type DiscoveryDatabase } from '#test/support/databases/discovery-database';
import { createTestDatabase } from '#test/support/postgres/test-database';

let database: DiscoveryDatabase;
beforeAll(async () => {
  database = await createDiscoveryDatabase();
});
afterAll(() => database?.[Symbol.asyncDispose]());

/** In a session of Keel's own, after some statements of the test. */
async function discover(options: DiscoveryOptions = {}, ...before: readonly string[]): Promise<Discovery> {
  const client = await connect(parseDatabaseUrl(database.url), { applicationName: 'keel discovery test' });
  try {
    for (const statement of before) await client.query(statement);
    return await discoverColumns(client, options);
  } finally {
    await client.end();
  }
}

const withKey = () => new EncryptionKey(Buffer.from(database.key));
const place = ({ entry: { schema, table, column, path } }: Finding) =>
  [schema, table, column, ...(path ? [path] : [])].join(' / ');
const lines = (findings: readonly Finding[]) =>
  findings.map((finding) => `${place(finding)}: ${formOf(finding)}, ${finding.entry.kind}`).sort();
const formOf = ({ entry: { layout, iv } }: Finding) =>
  iv ? `${layout} with ${iv.path} ${iv.layout}` : layout;

const encrypted = [
  `Odd Schema / User's "Secrets" / the API key: 'ENC:' base64, api-credential`,
  'public / account / access_token: base64, oauth-access-token',
  'public / account / refresh_token: base64url, oauth-refresh-token',
  'public / blobs / eight: raw cfb8, unknown',
  'public / blobs / sealed: raw, unknown',
  'public / connection / dsn: hex, connection-string',
  'public / connection / password: hex:base64, database-password',
  'public / connection / settings: hex, credentials',
  'public / document / as_text / $.*.token: base64, api-credential',
  'public / document / original / $["odd key"]: base64, api-credential',
  'public / document / sealed_object / $.data: "{body base64}" with $.iv "{iv base64}", unknown',
  'public / document / settings / $.list[*].secret: base64, api-credential',
  'public / document / settings / $.smtp.password: base64, database-password',
  'public / event / token: base64, api-credential',
  'public / rare / secret: base64, api-credential',
];

describe('discovery with the key', () => {
  test('proposes every column that the key opens, with layout, path and kind, and no other', async () => {
    using key = withKey();
    const { inventory, proposed, skipped } = await discover({ key });
    expect(lines(proposed)).toEqual(encrypted);
    expect(inventory.columns).toEqual(proposed.map(({ entry }) => entry));
    expect(skipped).toEqual([]);
  });

  test('says how many values were opened, and how sure that is', async () => {
    using key = withKey();
    const { proposed } = await discover({ key });
    for (const { why } of proposed) expect(why).toMatch(/^decrypts \d+ of \d+ sampled values, [\d,]+ bits$/);
    const why = Object.fromEntries(proposed.map((finding) => [place(finding), finding.why]));
    expect(why['public / account / access_token']).toMatch(/^decrypts 40 of 40 /);
    expect(why['public / rare / secret']).toMatch(/^decrypts 2 of 2 /);
    expect(why['public / document / settings / $.list[*].secret']).toMatch(/^decrypts 80 of 80 /);
  });

  test('tells of columns that look encrypted but are not under it, and of copies that cannot be written', async () => {
    using key = withKey();
    const { unopened } = await discover({ key });
    const why = Object.fromEntries(unopened.map((finding) => [place(finding), finding.why]));
    expect(why).toEqual({
      'public / account / copied': expect.stringContaining('a copy made by the server'),
      'public / account_copy / access_token': expect.stringContaining('a copy made by the server'),
      'public / foreign_secret / value': expect.stringContaining('this key decrypts none of them'),
    });
  });

  test('makes an inventory that is valid and fits the database', async () => {
    using key = withKey();
    const { inventory } = await discover({ key });
    expect(inventorySchema.parse(JSON.parse(JSON.stringify(inventory)))).toEqual(inventory);
    const tables = resolveInventory(inventory, await readCatalog(database.client));
    expect(tables.map(({ label }) => label)).toEqual([
      `Odd Schema.User's "Secrets"`,
      'public.account',
      'public.blobs',
      'public.connection',
      'public.document',
      'public.event',
      'public.rare',
    ]);
  });

  test('that is another proposes nothing, and tells of all that looks encrypted', async () => {
    using key = generateEncryptionKey();
    const { proposed, unopened } = await discover({ key });
    expect(proposed).toEqual([]);
    expect(unopened.map(place)).toEqual(
      expect.arrayContaining(['public / account / access_token', 'public / foreign_secret / value']),
    );
  });
});

describe('discovery without a key', () => {
  test('proposes what looks encrypted, says that it is unproven, and leaves out hashes, ids and images', async () => {
    const { proposed } = await discover();
    for (const { why } of proposed) expect(why).toContain('unproven without a key');
    // two values are too few to look like anything
    const seen = encrypted.map((line) => line.replace(/: .*$/, '')).filter((line) => !line.includes('rare'));
    expect(proposed.map(place).sort()).toEqual([...seen, 'public / foreign_secret / value'].sort());
  });

  test('makes an inventory that fits the database', async () => {
    const { inventory } = await discover();
    expect(() => resolveInventory(inventory, [])).toThrow('does not match');
    const tables = resolveInventory(inventory, await readCatalog(database.client));
    expect(tables.length).toBeGreaterThan(0);
  });
});

describe('discovery', () => {
  test('only reads', async () => {
    using key = withKey();
    const relations = async () => {
      const { rows } = await database.client.query(
        'SELECT oid, relname, relfilenode FROM pg_class ORDER BY oid',
      );
      return rows;
    };
    const before = await relations();
    const { proposed, skipped } = await discover({ key }, 'SET default_transaction_read_only = on');
    expect(lines(proposed)).toEqual(encrypted);
    expect(skipped).toEqual([]);
    expect(await relations()).toEqual(before);
  });

  test('skips tables that the role may not read, with the reason, and looks at the rest', async () => {
    using key = withKey();
    await database.client.query('GRANT SELECT ON account TO pg_monitor');
    const { proposed, skipped } = await discover({ key }, 'SET ROLE pg_monitor');
    expect(proposed.map(place)).toEqual([
      'public / account / access_token',
      'public / account / refresh_token',
    ]);
    expect(skipped).toContain(
      'public.blobs: reading rows: the role lacks a privilege: permission denied for table blobs',
    );
    expect(skipped).toHaveLength(9);
  });

  test('tells how far it is, table by table', async () => {
    const steps: [number, number][] = [];
    await discover({ onTable: (done, total) => steps.push([done, total]) });
    // partitions are read with their parent
    expect(steps).toEqual(Array.from({ length: 11 }, (_, i) => [i, 10]));
  });

  test('stops between tables when told to', async () => {
    const controller = new AbortController();
    const done: number[] = [];
    const stopped = discover({
      signal: controller.signal,
      onTable: (count) => {
        done.push(count);
        if (count === 2) controller.abort();
      },
    });
    await expect(stopped).rejects.toThrow('aborted');
    expect(done).toEqual([0, 1, 2]);
  });

  test('stops when told to while it reads the last table, instead of calling it skipped', async () => {
    await using one = await createTestDatabase();
    await one.client.query('CREATE TABLE held (secret text)');
    await one.client.query('BEGIN; LOCK TABLE held');
    const controller = new AbortController();
    const { signal } = controller;
    const client = await connect(parseDatabaseUrl(one.url), {
      applicationName: 'keel discovery test',
      signal,
    });
    const stopped = discoverColumns(client, {
      signal,
      onTable: () => setTimeout(() => controller.abort(), 50),
    });
    await expect(stopped).rejects.toMatchObject({ name: 'KeelError', code: 'cancelled' });
    await one.client.query('ROLLBACK');
    await client.end();
  });

  test.for([0, 1])('tells of a connection lost at table %i, and does not call it skipped', async (at) => {
    const client = await connect(parseDatabaseUrl(database.url), { applicationName: 'keel discovery test' });
    const lost = discoverColumns(client, {
      onTable: (done) => {
        if (done === at) client.connection.stream.destroy();
      },
    });
    await expect(lost).rejects.toMatchObject({ name: 'KeelError', code: 'connection-lost' });
  });

  test('tells of a connection lost before the catalog was read', async () => {
    const client = await connect(parseDatabaseUrl(database.url), { applicationName: 'keel discovery test' });
    client.connection.stream.destroy();
    await expect(discoverColumns(client)).rejects.toMatchObject({
      name: 'KeelError',
      code: 'connection-lost',
    });
  });
});

test('plain values that begin alike or are all the same are not proposed, whatever the key', async () => {
  await using plain = await createTestDatabase();
  await plain.client.query(
    `CREATE TABLE meeting AS SELECT 'Minutes of meeting ' || i AS content FROM generate_series(1, 40) AS i;
     CREATE TABLE hook AS SELECT jsonb_build_object('url', 'https://hooks.example.com/' || i) AS settings
       FROM generate_series(1, 40) AS i;
     CREATE TABLE host AS SELECT 'db.example.com:5432'::bytea AS address, 'warehouse.example.com' AS name
       FROM generate_series(1, 40) AS i`,
  );
  const client = await connect(parseDatabaseUrl(plain.url), { applicationName: 'keel discovery test' });
  try {
    for (let i = 0; i < 30; i++) {
      using key = generateEncryptionKey();
      const { proposed, unopened } = await discoverColumns(client, { key });
      expect([...proposed, ...unopened].map(place)).toEqual([]);
    }
  } finally {
    await client.end();
  }
});
