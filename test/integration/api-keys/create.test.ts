import { randomUUID } from 'node:crypto';
import { compareSync } from 'bcrypt';
import { describe, expect, test } from 'vitest';
import { createKey } from '#api-keys/change-keys';
import { findKeyTables } from '#api-keys/discovery';
import { openKeyTable } from '#api-keys/key-table';
import type { ApiKeyTable } from '#contract/api-keys';
import {
  foreignKey,
  programFilled,
  serverFilled,
  serverFilledMapping,
} from '#test/support/databases/api-keys';
import { keyDatabase } from '#test/support/databases/key-table';

describe('making a key', () => {
  test('leaves its hash, its beginning and all that was said, and gives the key once', async () => {
    await using db = await keyDatabase(serverFilled);
    const expiresAt = '2099-01-02T03:04:05.000Z';
    const table = await openKeyTable(db.keel, serverFilledMapping);
    const made = await createKey(db.keel, table, {
      name: 'CI',
      scope: 'organization',
      expiresAt,
      cost: 4,
      values: {},
    });
    using key = made.key;
    const text = key.bytes.toString('ascii');
    const { rows } = await db.client.query('SELECT * FROM api_keys');
    expect(rows).toMatchObject([
      {
        name: 'CI',
        scope: 'organization',
        is_active: true,
        key_prefix: text.slice(0, 8),
        last_used_at: null,
      },
    ]);
    expect(rows[0].expires_at.toISOString()).toBe(expiresAt);
    expect(compareSync(text, rows[0].key_hash)).toBe(true);
    expect(made.row.key).toMatchObject({ label: 'CI', active: true, cost: 4, expiresAt });
  });

  test('says which columns need a value, with what others have in them, and fills in ids and times itself', async () => {
    await using db = await keyDatabase(programFilled);
    const organization = randomUUID();
    await db.client.query(`INSERT INTO organization VALUES ($1, 'Acme')`, [organization]);
    await db.client.query(
      `INSERT INTO api_key VALUES ($1, $2, 'first', $3, 'organization', true, now(), now(), NULL, NULL, 'admin@example.org')`,
      [randomUUID(), organization, foreignKey(1).hash],
    );
    const mapping = (await findKeyTables(db.keel)).candidates[0]?.table as ApiKeyTable;
    const table = await openKeyTable(db.keel, mapping);
    const asked = { name: 'CI', scope: 'collection:col_1', expiresAt: '2099-01-02T03:04:05.000Z', cost: 4 };
    await expect(createKey(db.keel, table, { ...asked, values: {} })).rejects.toMatchObject({
      code: 'values-missing',
      message: expect.stringMatching(
        new RegExp(
          `organization_id \\(uuid; other rows have ${organization}\\), created_by_email \\(text\\)`,
        ),
      ),
    });
    const values = { organization_id: organization, created_by_email: 'me@example.org' };
    const made = await createKey(db.keel, table, { ...asked, values });
    made.key[Symbol.dispose]();
    const { rows } = await db.client.query(
      `SELECT *, expiration_date::text AS until FROM api_key WHERE name = 'CI'`,
    );
    expect(rows).toMatchObject([
      {
        organization_id: organization,
        scope: 'collection:col_1',
        until: '2099-01-02 03:04:05',
        is_active: true,
      },
    ]);
    expect(Math.abs(Date.now() - Date.parse(made.row.key.createdAt ?? ''))).toBeLessThan(60_000);
  });

  test.each([
    [
      'a value that points nowhere',
      { organization_id: randomUUID() },
      {},
      /organization_id is not in the table/,
    ],
    ['a value of another type', { organization_id: 'Acme' }, {}, /does not match its column/],
    ['a name that is longer than its column', {}, { name: 'n'.repeat(61) }, /too long for its column/],
    ['a scope that the enum lacks', {}, { scope: 'user:usr_1' }, /does not match its column/],
  ])('%s is told in words, and nothing is there', async (_what, values, asked, message) => {
    await using db = await keyDatabase(programFilled);
    const organization = randomUUID();
    await db.client.query(`INSERT INTO organization VALUES ($1, 'Acme')`, [organization]);
    const table = await openKeyTable(
      db.keel,
      (await findKeyTables(db.keel)).candidates[0]?.table as ApiKeyTable,
    );
    const given = { organization_id: organization, created_by_email: 'me@example.org', ...values };
    await expect(
      createKey(db.keel, table, { name: 'CI', cost: 4, values: given, ...asked }),
    ).rejects.toMatchObject({
      code: 'values-missing',
      message: expect.stringMatching(message),
    });
    // what was asked about under its own name is not set by its column's
    for (const column of ['name', 'scope'])
      await expect(
        createKey(db.keel, table, { name: 'CI', cost: 4, values: { ...given, [column]: 'organization' } }),
      ).rejects.toMatchObject({ code: 'usage' });
    expect((await db.client.query('SELECT FROM api_key')).rowCount).toBe(0);
  });

  test('is rolled back where a trigger makes something else of the row', async () => {
    await using db = await keyDatabase(serverFilled);
    const table = await openKeyTable(db.keel, serverFilledMapping);
    for (const change of [
      `NEW.key_hash := 'x'`,
      `NEW.is_active := false`,
      `NEW.expires_at := now() - interval '1 day'`,
      'NEW := NULL',
    ]) {
      await db.client.query(
        `CREATE OR REPLACE FUNCTION meddle() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN ${change}; RETURN NEW; END $$;
         CREATE OR REPLACE TRIGGER meddle BEFORE INSERT ON api_keys FOR EACH ROW EXECUTE FUNCTION meddle()`,
      );
      await expect(createKey(db.keel, table, { name: 'n', cost: 4, values: {} })).rejects.toMatchObject({
        code: 'verification-failed',
      });
    }
    expect((await db.client.query('SELECT FROM api_keys')).rowCount).toBe(0);
  });
});
