import { randomUUID } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { createKey, revokeKey } from '#api-keys/change-keys';
import { findKeyTables } from '#api-keys/discovery';
import { readKeyRows } from '#api-keys/key-rows';
import { openKeyTable } from '#api-keys/key-table';
import { connect } from '#postgres/connect';
import { parseDatabaseUrl } from '#postgres/target';
import {
  foreignKey,
  insertKeys,
  programFilled,
  serverFilled,
  serverFilledMapping,
} from '#test/support/databases/api-keys';
import { urlOf } from '#test/support/postgres/test-database';
import { keyDatabase } from '#test/support/databases/key-table';

const yes = () => undefined;
const now = () => new Date();

describe('finding the table', () => {
  test('takes it by its hashes and what stands beside them, and not the passwords of people', async () => {
    await using db = await keyDatabase(
      `${serverFilled};
       CREATE TABLE users (id int PRIMARY KEY, email text, password_hash text, last_used_at timestamptz, expires_at date);
       CREATE TABLE secretive (id int PRIMARY KEY, content text, digest text)`,
    );
    const { hash } = foreignKey(1);
    await insertKeys(db.client, [{ name: 'one', hash }]);
    await db.client.query(`INSERT INTO users VALUES (1, 'a@example.org', $1)`, [foreignKey(2).hash]);
    await db.client.query(`INSERT INTO secretive VALUES (1, $1, $2)`, ['x'.repeat(5000), foreignKey(3).hash]);
    const { candidates } = await findKeyTables(db.keel);
    expect(candidates.map(({ table, status }) => [table.table, status])).toEqual([
      ['api_keys', 'likely'],
      ['secretive', 'possible'],
      ['users', 'possible'],
    ]);
    expect(candidates[0]?.table).toEqual(serverFilledMapping);
    expect(candidates[0]?.why[0]).toBe('key_hash: 1 of 1 sampled values are bcrypt hashes');
  });

  test('tells an empty table by its names alone, and says so', async () => {
    await using db = await keyDatabase(programFilled);
    const { candidates } = await findKeyTables(db.keel);
    expect(candidates).toMatchObject([
      {
        status: 'empty',
        table: {
          table: 'api_key',
          columns: { hash: 'hashed_key', expires: 'expiration_date', active: 'is_active' },
        },
      },
    ]);
  });

  test('ends when it is called off', async () => {
    await using db = await keyDatabase(serverFilled);
    const controller = new AbortController();
    const finding = findKeyTables(db.keel, { signal: controller.signal, onTable: () => controller.abort() });
    await expect(finding).rejects.toMatchObject({ name: 'AbortError' });
  });
});

describe('the list', () => {
  test('shows what there is, with NULL in any column but the hash', async () => {
    await using db = await keyDatabase(serverFilled);
    await insertKeys(db.client, [{ name: null, hash: foreignKey(1).hash, active: null }]);
    await db.client.query('UPDATE api_keys SET created_at = NULL');
    const rows = await readKeyRows(db.keel, await openKeyTable(db.keel, serverFilledMapping), now());
    expect(rows[0]?.key).toMatchObject({ id: '1', label: '1', active: false, expired: false, cost: 4 });
    expect(rows[0]?.key).not.toHaveProperty('name');
  });

  test('bears times beyond any calendar, and names made to confuse', async () => {
    await using db = await keyDatabase(serverFilled);
    await db.client.query(
      `INSERT INTO api_keys (name, key_hash, created_at, expires_at) VALUES
       (E'a\\nb\\u202Ec', 'not a hash', '-infinity', 'infinity'), ('b', '', '0044-03-15 BC', '20000-01-01'), ('c', 'x', NULL, '-infinity')`,
    );
    const rows = await readKeyRows(db.keel, await openKeyTable(db.keel, serverFilledMapping), now());
    const byLabel = new Map(rows.map(({ key }) => [key.label, key]));
    expect(byLabel.get('a\u{fffd}b\u{fffd}c')).not.toHaveProperty('expiresAt');
    expect(byLabel.get('b')).toMatchObject({ createdAt: '0001-01-01T00:00:00.000Z', expired: false });
    expect(byLabel.get('c')).toMatchObject({ expired: true });
  });

  test('is refused in words where the role may not read, or would not see every row', async () => {
    await using db = await keyDatabase(serverFilled);
    const role = `reader_${randomUUID().slice(0, 8)}`;
    await db.client.query(`CREATE ROLE ${role} LOGIN PASSWORD 'x'`);
    const keel = await connect(parseDatabaseUrl(urlOf(db.url, db.name, { user: role, password: 'x' })), {
      applicationName: 'keel test',
    });
    try {
      await expect(openKeyTable(keel, serverFilledMapping)).rejects.toMatchObject({
        code: 'privilege-missing',
        message: expect.stringContaining('lacks the SELECT privilege'),
      });
      await db.client.query(
        `GRANT SELECT ON api_keys TO ${role}; ALTER TABLE api_keys ENABLE ROW LEVEL SECURITY`,
      );
      await expect(openKeyTable(keel, serverFilledMapping)).rejects.toMatchObject({
        code: 'privilege-missing',
        message: expect.stringContaining('row-level security'),
      });
      await db.client.query('ALTER TABLE api_keys DISABLE ROW LEVEL SECURITY');
      const table = await openKeyTable(keel, serverFilledMapping);
      await expect(createKey(keel, table, { name: 'n', cost: 4, values: {} })).rejects.toMatchObject({
        code: 'privilege-missing',
        remedy: expect.stringContaining('grant INSERT'),
      });
      await expect(revokeKey(keel, table, '1', yes)).rejects.toMatchObject({
        code: 'privilege-missing',
        remedy: expect.stringContaining('grant UPDATE'),
      });
    } finally {
      await keel.end();
      await db.client.query(`DROP OWNED BY ${role}; DROP ROLE ${role}`);
    }
  });

  test('names every column of a mapping that does not fit', async () => {
    await using db = await keyDatabase(serverFilled);
    const columns = { hash: 'key_hash', name: 'gone', active: 'key_prefix' };
    await expect(openKeyTable(db.keel, { ...serverFilledMapping, columns })).rejects.toMatchObject({
      code: 'api-key-table-missing',
      message: expect.stringMatching(/no column gone.*key_prefix is text/),
    });
  });
});
