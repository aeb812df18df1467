import { randomUUID } from 'node:crypto';
import type pg from 'pg';
import { describe, expect, test } from 'vitest';
import { readKeyRows } from '#api-keys/key-rows';
import { openKeyTable } from '#api-keys/key-table';
import { parseApiKey } from '#api-keys/key-text';
import { verifyKey } from '#api-keys/verify';
import type { ApiKey } from '#contract/api-keys';
import { connect } from '#postgres/connect';
import { parseDatabaseUrl } from '#postgres/target';
import { urlOf } from '#test/support/postgres/test-database';
import { foreignKey, insertKeys, serverFilled, serverFilledMapping } from '#test/support/databases/api-keys';
import { keyDatabase } from '#test/support/databases/key-table';

const now = () => new Date();

async function verify(keel: pg.Client, text: string, options: { everything?: boolean } = {}) {
  using key = parseApiKey(Buffer.from(text));
  const rows = await readKeyRows(keel, await openKeyTable(keel, serverFilledMapping), now());
  return await verifyKey(rows, key, { everything: false, ...options });
}

describe('verifying a key', () => {
  test('tells which one it is, by hashes of other programs, and whether it is taken', async () => {
    await using db = await keyDatabase(serverFilled);
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

  test('is called active only if whatever its row says of its state speaks for it, as applications have it', async () => {
    const columns = [
      "status key_state DEFAULT 'active'",
      'deleted_at bigint',
      'expires_at numeric',
      'revoked_by uuid',
      'is_locked smallint DEFAULT 0',
      `metadata jsonb DEFAULT '{"owner": "ada"}'`,
      'ttl interval',
    ];
    await using db = await keyDatabase(
      `CREATE TYPE key_state AS ENUM ('active', 'revoked', 'on hold');
       CREATE TABLE api_keys (id int PRIMARY KEY, name text, key_hash text NOT NULL, ${columns.join(', ')})`,
    );
    const hour = Math.round(Date.now() / 1000) - 3600;
    const rows: readonly (readonly [string, string, string])[] = [
      ['good', `expires_at = ${hour + 7200}`, 'active'],
      ['enum', "status = 'revoked'", 'revoked'],
      ['hold', "status = 'on hold'", 'status is on hold'],
      ['deleted', `deleted_at = ${hour}000`, 'revoked'],
      ['micro', `expires_at = ${hour}000000`, 'expired'],
      ['never?', 'expires_at = -1', 'expires_at is -1'],
      ['by', "revoked_by = '00000000-0000-0000-0000-000000000001'", 'revoked'],
      ['locked', 'is_locked = 1', 'revoked'],
      ['json', `metadata = '{"disabled": true}'`, 'revoked'],
      ['ttl', "ttl = '1 hour'", 'ttl is 01:00:00'],
      ['both', "ttl = '1 hour', status = 'revoked'", 'revoked'],
    ];
    for (const [n, [name, change]] of rows.entries()) {
      const { hash } = foreignKey(n);
      await db.client.query('INSERT INTO api_keys (id, name, key_hash) VALUES ($1, $2, $3)', [n, name, hash]);
      await db.client.query(`UPDATE api_keys SET ${change} WHERE id = ${n}`);
    }
    const mapping = { schema: 'public', table: 'api_keys', columns: { hash: 'key_hash', name: 'name' } };
    const keys = await readKeyRows(db.keel, await openKeyTable(db.keel, mapping), now());
    const told = ({ active, expired, unclear }: ApiKey) =>
      expired ? 'expired' : (unclear?.join() ?? (active ? 'active' : 'revoked'));
    expect(Object.fromEntries(keys.map(({ key }) => [key.name, told(key)]))).toEqual(
      Object.fromEntries(rows.map(([name, , state]) => [name, state])),
    );
    expect(keys.filter(({ key }) => key.active && !key.expired).map(({ key }) => key.name)).toEqual(['good']);
    using hold = parseApiKey(Buffer.from(foreignKey(2).text));
    expect(await verifyKey(keys, hold, { everything: false })).toMatchObject({
      match: { name: 'hold', active: false, unclear: ['status is on hold'] },
    });

    const role = `reader_${randomUUID().slice(0, 8)}`;
    await db.client.query(
      `CREATE ROLE ${role} LOGIN PASSWORD 'x'; GRANT SELECT (id, name, key_hash, expires_at) ON api_keys TO ${role}`,
    );
    const reader = await connect(parseDatabaseUrl(urlOf(db.url, db.name, { user: role, password: 'x' })), {
      applicationName: 'keel test',
    });
    try {
      const seen = await readKeyRows(reader, await openKeyTable(reader, mapping), now());
      expect(seen.filter(({ key }) => key.active)).toEqual([]);
      expect(seen.find(({ key }) => key.name === 'good')?.key.unclear).toContain(
        'the role may not read status',
      );
    } finally {
      await reader.end();
      await db.client.query(`DROP OWNED BY ${role}; DROP ROLE ${role}`);
    }
  });

  test('a revoked row does not hide another that still lets the key in', async () => {
    await using db = await keyDatabase(serverFilled);
    const { text, hash } = foreignKey(1);
    await insertKeys(db.client, [
      { name: 'revoked', hash, active: false, prefix: text.slice(0, 8) },
      { name: 'still there', hash: foreignKey(1).hash },
    ]);
    expect(await verify(db.keel, text)).toMatchObject({ match: { label: 'still there', active: true } });
  });

  test('the beginning that stands beside a hash saves comparing, unless everything is asked for', async () => {
    await using db = await keyDatabase(serverFilled);
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
    await using db = await keyDatabase(serverFilled);
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
    await using db = await keyDatabase(serverFilled);
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
