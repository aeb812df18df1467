import { randomUUID } from 'node:crypto';
import { compareSync } from 'bcrypt';
import type pg from 'pg';
import { describe, expect, test } from 'vitest';
import { createKey, replaceKey, revokeKey } from '#api-keys/change-keys';
import { findKeyTables } from '#api-keys/discovery';
import { readKeyRows } from '#api-keys/key-rows';
import { openKeyTable } from '#api-keys/key-table';
import { parseApiKey } from '#api-keys/key-text';
import { verifyKey } from '#api-keys/verify';
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
import { createTestDatabase, type TestDatabase, urlOf } from '#test/support/postgres/test-database';

const yes = () => undefined;
const now = () => new Date();

interface Setting extends TestDatabase {
  /** As Keel connects. */
  readonly keel: pg.Client;
}

async function database(schema: string): Promise<Setting> {
  const made = await createTestDatabase();
  await made.client.query(schema);
  const keel = await connect(parseDatabaseUrl(made.url), { applicationName: 'keel test' });
  return {
    ...made,
    keel,
    [Symbol.asyncDispose]: async () => {
      await keel.end();
      await made[Symbol.asyncDispose]();
    },
  };
}

async function verify(keel: pg.Client, text: string, options: { everything?: boolean } = {}) {
  using key = parseApiKey(Buffer.from(text));
  const rows = await readKeyRows(keel, await openKeyTable(keel, serverFilledMapping), now());
  return await verifyKey(rows, key, { everything: false, ...options });
}

describe('finding the table', () => {
  test('takes it by its hashes and what stands beside them, and not the passwords of people', async () => {
    await using db = await database(
      `${serverFilled};
       CREATE TABLE users (id int PRIMARY KEY, email text, password_hash text, last_used_at timestamptz, expires_at date);
       CREATE TABLE secretive (id int PRIMARY KEY, content text, digest text)`,
    );
    const { hash } = foreignKey(1);
    await insertKeys(db.client, [{ name: 'one', hash }]);
    await db.client.query(`INSERT INTO users VALUES (1, 'a@example.org', $1)`, [foreignKey(2).hash]);
    await db.client.query(`INSERT INTO secretive VALUES (1, $1, $2)`, ['x'.repeat(5000), foreignKey(3).hash]);
    const { candidates } = await findKeyTables(db.keel);
    expect(candidates.map(({ table, standing }) => [table.table, standing])).toEqual([
      ['api_keys', 'likely'],
      ['secretive', 'possible'],
      ['users', 'possible'],
    ]);
    expect(candidates[0]?.table).toEqual(serverFilledMapping);
    expect(candidates[0]?.why[0]).toBe('key_hash: 1 of 1 sampled values are bcrypt hashes');
  });

  test('tells an empty table by its names alone, and says so', async () => {
    await using db = await database(programFilled);
    const { candidates } = await findKeyTables(db.keel);
    expect(candidates).toMatchObject([
      {
        standing: 'empty',
        table: {
          table: 'api_key',
          columns: { hash: 'hashed_key', expires: 'expiration_date', active: 'is_active' },
        },
      },
    ]);
  });

  test('ends when it is called off', async () => {
    await using db = await database(serverFilled);
    const controller = new AbortController();
    const finding = findKeyTables(db.keel, { signal: controller.signal, onTable: () => controller.abort() });
    await expect(finding).rejects.toMatchObject({ name: 'AbortError' });
  });
});

describe('the list', () => {
  test('shows what there is, with NULL in any column but the hash', async () => {
    await using db = await database(serverFilled);
    await insertKeys(db.client, [{ name: null, hash: foreignKey(1).hash, active: null }]);
    await db.client.query('UPDATE api_keys SET created_at = NULL');
    const rows = await readKeyRows(db.keel, await openKeyTable(db.keel, serverFilledMapping), now());
    expect(rows[0]?.key).toMatchObject({ id: '1', label: '1', active: false, expired: false, cost: 4 });
    expect(rows[0]?.key).not.toHaveProperty('name');
  });

  test('bears times beyond any calendar, and names made to confuse', async () => {
    await using db = await database(serverFilled);
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
    await using db = await database(serverFilled);
    const role = `reader_${randomUUID().slice(0, 8)}`;
    await db.client.query(`CREATE ROLE ${role} LOGIN PASSWORD 'x'`);
    const keel = await connect(parseDatabaseUrl(urlOf(db.url, db.name, { user: role, password: 'x' })), {
      applicationName: 'keel test',
    });
    try {
      await expect(openKeyTable(keel, serverFilledMapping)).rejects.toMatchObject({
        code: 'privilege-missing',
        message: expect.stringContaining('may not SELECT'),
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
        remedy: expect.stringContaining('GRANT INSERT'),
      });
      await expect(revokeKey(keel, table, '1', yes)).rejects.toMatchObject({
        code: 'privilege-missing',
        remedy: expect.stringContaining('GRANT UPDATE'),
      });
    } finally {
      await keel.end();
      await db.client.query(`DROP OWNED BY ${role}; DROP ROLE ${role}`);
    }
  });

  test('names every column of a mapping that does not fit', async () => {
    await using db = await database(serverFilled);
    const columns = { hash: 'key_hash', name: 'gone', active: 'key_prefix' };
    await expect(openKeyTable(db.keel, { ...serverFilledMapping, columns })).rejects.toMatchObject({
      code: 'api-key-table-missing',
      message: expect.stringMatching(/no column gone.*key_prefix is text/),
    });
  });
});

describe('making a key', () => {
  test('leaves its hash, its beginning and all that was said, and gives the key once', async () => {
    await using db = await database(serverFilled);
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
    await using db = await database(programFilled);
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
        new RegExp(`organization_id \\(uuid; others have ${organization}\\), created_by_email \\(text\\)`),
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
    ['a value that points nowhere', { organization_id: randomUUID() }, /organization_id is not in the table/],
    ['a value of another type', { organization_id: 'Acme' }, /not of its column/],
    ['a name that is longer than its column', { name: 'n'.repeat(61) }, /longer than its column/],
    ['a scope that the enum lacks', { scope: 'user:usr_1' }, /not of its column/],
  ])('%s is told in words, and nothing is there', async (_what, values, message) => {
    await using db = await database(programFilled);
    const organization = randomUUID();
    await db.client.query(`INSERT INTO organization VALUES ($1, 'Acme')`, [organization]);
    const table = await openKeyTable(
      db.keel,
      (await findKeyTables(db.keel)).candidates[0]?.table as ApiKeyTable,
    );
    const given = { organization_id: organization, created_by_email: 'me@example.org', ...values };
    await expect(createKey(db.keel, table, { name: 'CI', cost: 4, values: given })).rejects.toMatchObject({
      code: 'values-missing',
      message: expect.stringMatching(message),
    });
    expect((await db.client.query('SELECT FROM api_key')).rowCount).toBe(0);
  });

  test('is rolled back where a trigger makes something else of the row', async () => {
    await using db = await database(serverFilled);
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

describe('verifying a key', () => {
  test('tells which one it is, by hashes of other programs, and whether it is taken', async () => {
    await using db = await database(serverFilled);
    const [good, revoked, expired, php] = [1, 2, 3, 4].map((n) => foreignKey(n)) as [any, any, any, any];
    await insertKeys(db.client, [
      { name: 'good', hash: good.hash },
      { name: 'revoked', hash: revoked.hash, active: false },
      { name: 'expired', hash: expired.hash },
      { name: 'php', hash: php.hash.replace('$2b$', '$2y$') },
      { name: 'odd', hash: 'sha256:0123' },
    ]);
    await db.client.query(
      `UPDATE api_keys SET expires_at = now() - interval '1 hour' WHERE name = 'expired'`,
    );
    expect(await verify(db.keel, ` ${good.text}\n`)).toMatchObject({
      unverifiable: 1,
      match: { label: 'good', active: true, expired: false },
    });
    expect(await verify(db.keel, php.text)).toMatchObject({ match: { label: 'php', active: true } });
    expect(await verify(db.keel, revoked.text)).toMatchObject({ match: { label: 'revoked', active: false } });
    expect(await verify(db.keel, expired.text)).toMatchObject({
      match: { label: 'expired', active: true, expired: true },
    });
    const none = await verify(db.keel, foreignKey(9).text);
    expect(none).toEqual({ tried: 4, ruledOut: 0, unverifiable: 1 });
  });

  test('a revoked row does not hide another that still lets the key in', async () => {
    await using db = await database(serverFilled);
    const { text, hash } = foreignKey(1);
    await insertKeys(db.client, [
      { name: 'revoked', hash, active: false, prefix: text.slice(0, 8) },
      { name: 'still there', hash: foreignKey(1).hash },
    ]);
    expect(await verify(db.keel, text)).toMatchObject({ match: { label: 'still there', active: true } });
  });

  test('the beginning that stands beside a hash saves comparing, unless everything is asked for', async () => {
    await using db = await database(serverFilled);
    const keys = Array.from({ length: 20 }, (_, n) => foreignKey(n));
    await insertKeys(
      db.client,
      keys.map(({ text, hash }, n) => ({
        name: `${n}`,
        hash,
        prefix: n === 7 ? 'masked…' : text.slice(0, 8),
      })),
    );
    const [third, wrong] = [keys[3]?.text ?? '', `${keys[3]?.text}x`];
    expect(await verify(db.keel, third)).toMatchObject({ ruledOut: 18, match: { label: '3' } });
    expect(await verify(db.keel, wrong)).toEqual({ tried: 2, ruledOut: 18, unverifiable: 0 });
    expect(await verify(db.keel, wrong, { everything: true })).toEqual({
      tried: 20,
      ruledOut: 0,
      unverifiable: 0,
    });
  });

  test('never sends the key to the server', async () => {
    await using db = await database(serverFilled);
    const { text, hash } = foreignKey(1);
    await insertKeys(db.client, [{ name: 'one', hash }]);
    const sent: string[] = [];
    const query = db.keel.query.bind(db.keel) as (...args: unknown[]) => unknown;
    db.keel.query = ((...args: unknown[]) => {
      sent.push(JSON.stringify(args));
      return query(...args);
    }) as never;
    await verify(db.keel, text);
    expect(sent.length).toBeGreaterThan(2);
    expect(sent.join('\n')).not.toContain(text.slice(0, 6));
  });

  test('is called off among 2,000 hashes within a few of them, and leaves the main thread free meanwhile', async () => {
    await using db = await database(serverFilled);
    const { hash } = foreignKey(1, 8);
    await insertKeys(
      db.client,
      Array.from({ length: 2000 }, (_, n) => ({ name: `${n}`, hash })),
    );
    const rows = await readKeyRows(db.keel, await openKeyTable(db.keel, serverFilledMapping), now());
    using key = parseApiKey(Buffer.from(foreignKey(2).text));
    const controller = new AbortController();
    const seen: number[] = [];
    let turns = 0;
    const clock = setInterval(() => turns++, 1);
    const onTried = (done: number, total: number) => {
      expect(total).toBe(2000);
      if (seen.push(done) === 12) controller.abort();
    };
    const verifying = verifyKey(rows, key, { everything: true, signal: controller.signal, onTried });
    await expect(verifying).rejects.toMatchObject({ name: 'AbortError' });
    clearInterval(clock);
    expect(seen.length).toBeLessThan(20);
    expect(turns).toBeGreaterThan(0);
  });
});

describe('revoking a key', () => {
  test.each([
    ['a flag for active ones', 'is_active boolean DEFAULT true', 'is_active = false'],
    ['a flag for revoked ones', 'revoked boolean NOT NULL DEFAULT false', 'revoked'],
    ['the time of its revocation', 'revoked_at timestamptz', 'revoked_at <= now()'],
    ['an end, and nothing else', 'expires_at timestamp', `expires_at <= now() AT TIME ZONE 'UTC'`],
  ])('works with %s', async (_what, column, condition) => {
    await using db = await database(
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
      code: 'api-key-missing',
      message: expect.stringContaining('revoked already'),
    });
  });

  test('of a key that is gone, or never was, changes nothing', async () => {
    await using db = await database(serverFilled);
    const table = await openKeyTable(db.keel, serverFilledMapping);
    for (const id of ['1', 'x', '', "'; DROP TABLE api_keys"]) {
      await expect(revokeKey(db.keel, table, id, yes)).rejects.toMatchObject({ code: 'api-key-missing' });
    }
  });

  test('is rolled back where a trigger keeps the key active, or the confirmation is refused', async () => {
    await using db = await database(serverFilled);
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
    await using db = await database(
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

describe('replacing a key', () => {
  test('makes one like it, column by column, and revokes the old one', async () => {
    await using db = await database(programFilled);
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
    await using db = await database(
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
    await using db = await database(serverFilled);
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
        message: expect.stringContaining('revoked already'),
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
