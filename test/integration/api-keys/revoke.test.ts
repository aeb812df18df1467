import { describe, expect, test } from 'vitest';
import { revokeKey } from '#api-keys/change-keys';
import { findKeyTables } from '#api-keys/discovery';
import { openKeyTable } from '#api-keys/key-table';
import type { ApiKeyTable } from '#contract/api-keys';
import { foreignKey, insertKeys, serverFilled, serverFilledMapping } from '#test/support/databases/api-keys';
import { keyDatabase } from '#test/support/databases/key-table';

const yes = () => undefined;

describe('revoking a key', () => {
  test.each([
    ['a flag for active ones', 'is_active boolean DEFAULT true', 'is_active = false'],
    ['a flag for revoked ones', 'revoked boolean NOT NULL DEFAULT false', 'revoked'],
    ['the time of its revocation', 'revoked_at timestamptz', 'revoked_at <= now()'],
    ['an end, and nothing else', 'expires_at timestamp', `expires_at <= now() AT TIME ZONE 'UTC'`],
  ])('works with %s', async (_what, column, condition) => {
    await using db = await keyDatabase(
      `CREATE TABLE api_key (org int, id text, key_hash text NOT NULL, ${column}, PRIMARY KEY (org, id))`,
    );
    await db.client.query(`INSERT INTO api_key (org, id, key_hash) VALUES (1, 'a', $1), (2, 'a', $1)`, [
      foreignKey(1).hash,
    ]);
    const mapping = (await findKeyTables(db.keel)).candidates[0]?.table as ApiKeyTable;
    const table = await openKeyTable(db.keel, mapping);
    const id = '["2", "a"]';
    await revokeKey(db.keel, table, id, yes);
    const { rows } = await db.client.query(`SELECT org FROM api_key WHERE ${condition}`);
    expect(rows).toEqual([{ org: 2 }]);
    await expect(revokeKey(db.keel, table, id, yes)).rejects.toMatchObject({
      code: 'already-revoked',
      message: expect.stringContaining('already revoked'),
    });
  });

  test('of a key that is gone, or never was, changes nothing', async () => {
    await using db = await keyDatabase(serverFilled);
    const table = await openKeyTable(db.keel, serverFilledMapping);
    for (const id of ['1', 'x', '', "'; DROP TABLE api_keys"]) {
      await expect(revokeKey(db.keel, table, id, yes)).rejects.toMatchObject({ code: 'api-key-missing' });
    }
  });

  test('is rolled back where a trigger keeps the key active, or the confirmation is refused', async () => {
    await using db = await keyDatabase(serverFilled);
    const [id = ''] = await insertKeys(db.client, [{ name: 'one', hash: foreignKey(1).hash }]);
    const table = await openKeyTable(db.keel, serverFilledMapping);
    await expect(
      revokeKey(db.keel, table, id, ({ key }) => {
        throw new Error(`not ${key.label}`);
      }),
    ).rejects.toThrow('not one');
    await db.client.query(
      `CREATE FUNCTION meddle() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN NEW.is_active := true; RETURN NEW; END $$;
       CREATE TRIGGER meddle BEFORE UPDATE ON api_keys FOR EACH ROW EXECUTE FUNCTION meddle()`,
    );
    await expect(revokeKey(db.keel, table, id, yes)).rejects.toMatchObject({ code: 'verification-failed' });
    expect((await db.client.query('SELECT is_active FROM api_keys')).rows).toEqual([{ is_active: true }]);
  });

  test('is refused where no column could say so, or no row can be told from another', async () => {
    await using db = await keyDatabase(
      `CREATE TABLE api_key (key_hash text NOT NULL, is_active boolean); CREATE TABLE old_api_key (id int PRIMARY KEY, key_hash text)`,
    );
    const keyless = await openKeyTable(db.keel, {
      schema: 'public',
      table: 'api_key',
      columns: { hash: 'key_hash', active: 'is_active' },
    });
    await expect(revokeKey(db.keel, keyless, '1', yes)).rejects.toMatchObject({
      message: expect.stringContaining('no primary key'),
    });
    const mute = await openKeyTable(db.keel, {
      schema: 'public',
      table: 'old_api_key',
      columns: { hash: 'key_hash' },
    });
    await expect(revokeKey(db.keel, mute, '1', yes)).rejects.toMatchObject({ code: 'api-key-table-missing' });
  });
});
