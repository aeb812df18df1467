import { randomUUID } from 'node:crypto';
import { compareSync } from 'bcrypt';
import { describe, expect, test } from 'vitest';
import { replaceKey } from '#api-keys/change-keys';
import { findKeyTables } from '#api-keys/discovery';
import { openKeyTable } from '#api-keys/key-table';
import type { ApiKeyTable } from '#contract/api-keys';
import { connect } from '#postgres/connect';
import { parseDatabaseUrl } from '#postgres/target';
import {
  foreignKey,
  insertKeys,
  programFilled,
  serverFilled,
  serverFilledMapping,
} from '#test/support/databases/api-keys';
import { keyDatabase } from '#test/support/databases/key-table';

const yes = () => undefined;

describe('replacing a key', () => {
  test('makes one like it, column by column, and revokes the old one', async () => {
    await using db = await keyDatabase(programFilled);
    const [organization, old] = [randomUUID(), randomUUID()];
    await db.client.query(`INSERT INTO organization VALUES ($1, 'Acme')`, [organization]);
    await db.client.query(
      `INSERT INTO api_key VALUES ($1, $2, 'CI', $3, 'collection:col_1', true, '2020-01-01', '2020-01-01', '2021-01-01', NULL, 'a@example.org')`,
      [old, organization, foreignKey(1).hash],
    );
    const table = await openKeyTable(
      db.keel,
      (await findKeyTables(db.keel)).candidates[0]?.table as ApiKeyTable,
    );
    const replaced = await replaceKey(
      db.keel,
      table,
      old,
      { expiresAt: '2099-01-01T00:00:00.000Z', cost: 4, values: {} },
      yes,
    );
    const text = replaced.key.bytes.toString('ascii');
    replaced.key[Symbol.dispose]();
    const { rows } = await db.client.query(
      "SELECT *, created_at > modified_at - interval '1 s' AS fresh FROM api_key ORDER BY is_active",
    );
    expect(rows).toMatchObject([
      { id: old, is_active: false, name: 'CI' },
      {
        organization_id: organization,
        is_active: true,
        name: 'CI',
        scope: 'collection:col_1',
        created_by_email: 'a@example.org',
        last_used_date: null,
        fresh: true,
      },
    ]);
    expect(rows[1].created_at.getFullYear()).toBeGreaterThan(2020);
    expect(compareSync(text, rows[1].hashed_key)).toBe(true);
    expect(replaced.old.key.label).toBe('CI');
  });

  test('does neither where one of the two fails', async () => {
    await using db = await keyDatabase(
      `${serverFilled}; CREATE UNIQUE INDEX ON api_keys (lower(name), scope) NULLS NOT DISTINCT`,
    );
    const [id = ''] = await insertKeys(db.client, [{ name: 'one', hash: foreignKey(1).hash }]);
    const table = await openKeyTable(db.keel, serverFilledMapping);
    const asked = { cost: 4, values: {} };
    await expect(replaceKey(db.keel, table, id, asked, yes)).rejects.toMatchObject({
      code: 'values-missing',
      message: expect.stringContaining('another row has the same'),
    });
    await db.client.query(
      `CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE 'no'; END $$;
       CREATE TRIGGER refuse BEFORE UPDATE ON api_keys FOR EACH ROW EXECUTE FUNCTION refuse()`,
    );
    await expect(replaceKey(db.keel, table, id, { ...asked, name: 'two' }, yes)).rejects.toMatchObject({
      code: 'query-failed',
    });
    expect((await db.client.query('SELECT name, is_active FROM api_keys')).rows).toEqual([
      { name: 'one', is_active: true },
    ]);
  });

  test('by two admins at once leaves one new key, and tells the other', async () => {
    await using db = await keyDatabase(serverFilled);
    const [id = ''] = await insertKeys(db.client, [{ name: 'one', hash: foreignKey(1).hash }]);
    const other = await connect(parseDatabaseUrl(db.url), { applicationName: 'keel test' });
    try {
      const ends = await Promise.allSettled(
        [db.keel, other].map(async (client) =>
          replaceKey(
            client,
            await openKeyTable(client, serverFilledMapping),
            id,
            { cost: 4, values: {} },
            yes,
          ),
        ),
      );
      expect(ends.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
      const [lost] = ends.filter((end) => end.status === 'rejected');
      expect(lost?.reason).toMatchObject({
        code: 'api-key-missing',
        message: expect.stringContaining('already revoked'),
      });
      expect((await db.client.query('SELECT is_active FROM api_keys ORDER BY id')).rows).toEqual([
        { is_active: false },
        { is_active: true },
      ]);
    } finally {
      await other.end();
    }
  });
});
