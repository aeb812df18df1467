import { describe, expect, test } from 'vitest';
import { testConnection } from '#postgres/connection-stages';
import { parseDatabaseUrl } from '#postgres/target';
import { inSession, refusal } from '#test/support/peers/connect-session';
import { KeelFolder } from '#test/support/processes/keel-process';
import { createTestDatabase } from '#test/support/postgres/test-database';

/** A port of this machine at which nothing listens. */
const closed = '127.0.0.1:1';

/** The address of a test's database with other hosts and parameters. */
function addressWith(url: string, hosts: (own: string) => string, parameters = ''): string {
  const own = new URL(url);
  const login = `${own.username}${own.password === '' ? '' : `:${own.password}`}`;
  return `postgres://${login}@${hosts(own.host)}${own.pathname}?${parameters}`;
}

describe('of several hosts', () => {
  test('the first that answers is used, and the test of a connection looks at that one', async () => {
    await using database = await createTestDatabase();
    const url = addressWith(database.url, (own) => `${closed},${own}`);
    const { rows } = await inSession(url, (client) => client.query('SELECT current_database() AS name'));
    expect(rows).toEqual([{ name: database.name }]);
    const target = parseDatabaseUrl(url, {});
    using _ = target.password;
    const report = await testConnection(target, { signal: AbortSignal.timeout(30_000) });
    expect(report).toMatchObject({ ok: true, address: { host: '127.0.0.1', port: 1 } });
    expect(report.notes).toEqual(['2 hosts are listed: the first that accepts writes is used']);
    expect(report.stages.map(({ message }) => message).join()).not.toContain('port 1 answers');
  });

  test('none that takes no writes is used', async () => {
    await using database = await createTestDatabase();
    await database.client.query(`ALTER DATABASE ${database.name} SET default_transaction_read_only = on`);
    const error = await refusal(addressWith(database.url, (own) => `${closed},${own}`));
    expect(error).toMatchObject({ code: 'server-read-only', remedy: expect.stringContaining('primary') });
    expect(error.message).toContain(`${closed} cannot be reached`);
    expect(error.message).toContain('does not accept writes');
  });

  test('none answers: each is named; and a refused login is not tried elsewhere', async () => {
    await using database = await createTestDatabase();
    const none = await refusal(addressWith(database.url, () => `${closed},127.0.0.1:2`));
    expect(none).toMatchObject({ code: 'server-unreachable' });
    for (const host of [closed, '127.0.0.1:2']) expect(none.message).toContain(host);
    const missing = await refusal(
      addressWith(database.url, (own) => `${own},${closed}`).replace('?', '_gone?'),
    );
    expect(missing).toMatchObject({ code: 'database-missing' });
  });
});

test('a host with an address given is not looked up', async () => {
  await using database = await createTestDatabase();
  const { port } = new URL(database.url);
  const url = addressWith(database.url, () => `no-such-host.invalid:${port}`, 'hostaddr=127.0.0.1');
  expect((await inSession(url, (client) => client.query('SELECT 1 AS one'))).rows).toEqual([{ one: 1 }]);
});

test('a parameter of libpq, a driver and several hosts are taken by the command line, said, and kept with the environment', {
  timeout: 60_000,
}, async () => {
  await using database = await createTestDatabase();
  await using folder = await KeelFolder.create();
  const libpq = addressWith(
    database.url,
    (own) => `${closed},${own}`,
    'keepalives_count=60&ssl=false&sslcrl=/crl',
  );
  const url = libpq.replace('postgres://', 'postgresql+asyncpg://');
  const env = { KEEL_PASSPHRASE: 'five random words for a test', PGPASSWORD: new URL(database.url).password };
  const added = await folder.run(['env', 'add', 'two', '--database', url, '--keep-keys-in', 'sealed-file'], {
    env,
  });
  expect(added.status, added.stderr).toBe(0);
  for (const said of ['`+asyncpg`', 'ssl=false is read as', 'sslcrl is ignored', '2 hosts are listed'])
    expect(added.stderr).toContain(said);
  const key = await folder.file('a.key', Buffer.alloc(32, 7).toString('base64'));
  const found = await folder.run(['discover', '--env', 'two', '--key-file', key, '--json'], { env });
  expect(found.json.error?.code, found.stderr).not.toBe('server-unreachable');
  expect(found.json.error?.code, found.stderr).not.toBe('url-malformed');
});
