import { createCipheriv, randomBytes } from 'node:crypto';
import { chmod, copyFile, mkdtemp, rm, writeFile, readFile } from 'node:fs/promises';
import { setTimeout } from 'node:timers/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import bcrypt from 'bcrypt';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { EncryptedColumn } from '#contract/inventory';
import type { JudgedFinding } from '#posture/finding';
import { connect } from '#postgres/connect';
import { type DatabaseTarget, parseDatabaseUrl } from '#postgres/target';
import { checkPosture } from '#posture/look/check-posture';
import { judgePosture } from '#posture/judge/judge-posture';
import { askPlainly } from '#posture/look/plain-postgres';
import { type EmbeddedServer, startEmbeddedServer } from '#practice/embedded-server';
import { quickSettings, tlsFixtures, withCertificate } from '#test/support/postgres/postgres-server';
import { connectPlainly, createTestDatabase, urlOf } from '#test/support/postgres/test-database';

const password = 'hunter2-secret';
const folder = await mkdtemp(join(tmpdir(), 'keel-posture-'));
afterAll(() => rm(folder, { recursive: true }));

/** What a check finds of a database, by id, as `status: what was seen`. */
async function findings(
  target: DatabaseTarget,
  inventory: EncryptedColumn[] = [],
): Promise<Record<string, string>> {
  const open = (applicationName: string) => connect(target, { applicationName });
  const facts = await checkPosture(
    { places: { oauth: [], keyFiles: [] }, database: { target, open }, inventory, answers: [] },
    { signal: new AbortController().signal },
  );
  const reported = ({ id, status, seen }: JudgedFinding) => [id, `${status}: ${seen}`];
  const all = judgePosture(facts);
  expect(JSON.stringify([facts, all])).not.toContain(password);
  return Object.fromEntries(all.map(reported));
}

const targetOf = (url: string) => parseDatabaseUrl(url, {});

/** A server whose only hbaRules for other than its superuser are these. */
async function startServer(hbaRules: string, certificate?: string): Promise<EmbeddedServer> {
  const server = await startEmbeddedServer({
    settings: [
      ...quickSettings,
      'max_connections=40',
      ...(certificate ? ['ssl=on', 'ssl_ca_file=root.crt'] : []),
    ],
    ...(certificate && { prepare: withCertificate(certificate) }),
  });
  const admin = await connectPlainly(server.url());
  await admin.query(`CREATE ROLE ann LOGIN PASSWORD '${password}'; CREATE ROLE keel_client LOGIN`);
  await writeFile(join(server.directory, 'pg_hba.conf'), hbaRules.replaceAll(/^ +/gm, ''));
  // files tell whole seconds: one that is loaded in the second of its change may have changed again
  await setTimeout(1_100);
  await admin.query('SELECT pg_reload_conf()');
  await admin.end();
  return server;
}

let strict: EmbeddedServer;
let lax: EmbeddedServer;
beforeAll(async () => {
  [strict, lax] = await Promise.all([
    startServer(
      `hostssl all keel_client 127.0.0.1/32 cert
       hostssl all all 127.0.0.1/32 scram-sha-256
       hostssl all all 10.0.0.0/8 scram-sha-256`,
      'server',
    ),
    startServer(
      `host all all 127.0.0.1/32 scram-sha-256
       host all all 10.0.0.0/8 trust
       hostssl all all 192.168.0.0/16 scram-sha-256`,
    ),
  ]);
});
afterAll(() => Promise.all([strict, lax].map((server) => server?.stop())));

const strictUrl = (user: string, more = '') =>
  `postgres://${user}:${password}@127.0.0.1:${strict.port}/postgres?sslmode=verify-full&sslrootcert=${encodeURIComponent(join(tlsFixtures, 'ca.crt'))}${more}`;

describe('a server that wants TLS from everyone', () => {
  test('passes on the whole way, as its superuser sees it', async () => {
    const url = new URL(strict.url());
    url.search = new URL(strictUrl('ann')).search;
    expect(await findings(targetOf(url.href))).toMatchObject({
      'postgres.tls': expect.stringMatching(
        /^pass: the server offers TLS 1\.3; Keel’s own session: TLSv1\.3/,
      ),
      'postgres.tls-version': 'pass: TLS 1.1, TLS 1.0, SSL 3.0 and SSL 2.0 are refused',
      'postgres.certificate': expect.stringMatching(/^pass: .*Keel test authority/),
      'postgres.host-name': 'pass: the certificate matches 127.0.0.1',
      'postgres.plain': 'pass: a session without TLS is refused',
      'postgres.hba': 'pass: 1 rule for other machines, each requires TLS',
      'postgres.sessions': 'unknown: nobody else is connected from another machine at the moment',
      'postgres.version': expect.stringMatching(/^pass: PostgreSQL 18\.\d+, supported until 2030-11-14/),
      'postgres.passwords': 'pass: new passwords are hashed with scram-sha-256, and no role has an md5 hash',
      'postgres.checksums': expect.stringMatching(/^pass/),
      'postgres.extensions': 'pass: neither pg_tde nor pgcrypto is installed',
    });
  });

  test('does not show its rules to every role, which is not known then and no failure', async () => {
    const found = await findings(targetOf(strictUrl('ann')));
    expect(found['postgres.hba']).toBe('unknown: this role cannot see the rules');
    expect(found['postgres.passwords']).toBe(
      'unknown: new passwords are hashed with scram-sha-256; this role cannot see the hashes of existing ones',
    );
    expect(Object.values(found).filter((text) => text.startsWith('fail'))).toEqual([]);
  });

  test('is looked into with a client certificate too', async () => {
    const key = join(folder, 'client.key');
    await copyFile(join(tlsFixtures, 'client.key'), key);
    await chmod(key, 0o600);
    const pair = `&sslcert=${encodeURIComponent(join(tlsFixtures, 'client.crt'))}&sslkey=${encodeURIComponent(key)}`;
    const found = await findings(targetOf(strictUrl('keel_client', pair)));
    expect(found['postgres.tls']).toMatch(/^pass: .*own session: TLSv1\.3/);
  });

  test('whose login fails is still judged from outside', async () => {
    const found = await findings(targetOf(strictUrl('nobody')));
    expect(found['postgres.plain']).toBe('pass: a session without TLS is refused');
    expect(found['postgres.certificate']).toMatch(/^pass/);
    expect(found['postgres.server']).toMatch(/^unknown: it could not be queried: .*password/);
  });
});

describe('pg_hba.conf', () => {
  const path = () => join(strict.directory, 'pg_hba.conf');
  const superuser = () => {
    const url = new URL(strict.url());
    url.search = new URL(strictUrl('ann')).search;
    return targetOf(url.href);
  };
  const asSuperuser = async () => (await findings(superuser()))['postgres.hba'];
  const reload = async () => {
    const admin = await connect(superuser(), { applicationName: 'keel test' });
    await setTimeout(1_100);
    await admin.query('SELECT pg_reload_conf()');
    await admin.end();
  };

  test('that was changed and not loaded is not passed, and one that is long is judged to its last rule', async () => {
    const rules = await readFile(path(), 'utf8');
    try {
      await writeFile(path(), rules);
      expect(await asSuperuser()).toMatch(/^unknown: the file was changed .*other rules may be in effect/);
      await reload();
      expect(await asSuperuser()).toMatch(/^pass/);
      const many = 'hostssl all all 10.0.0.0/8 scram-sha-256\n'.repeat(600);
      await writeFile(path(), `${rules}\n${many}host all all 0.0.0.0/0 trust\n`);
      expect(await asSuperuser()).toMatch(
        /^fail: anyone can connect without a password: line 60\d \(host all/,
      );
      await writeFile(join(strict.directory, 'more.conf'), 'hostssl all all 10.1.0.0/16 scram-sha-256\n');
      await writeFile(path(), `${rules}\ninclude more.conf\n`);
      await reload();
      expect(await asSuperuser()).toMatch(/^pass: 2 rules/);
      await writeFile(join(strict.directory, 'more.conf'), 'hostssl all all 10.2.0.0/16 scram-sha-256\n');
      expect(await asSuperuser()).toMatch(/^unknown: the file was changed/);
    } finally {
      await writeFile(path(), rules);
      await reload();
    }
  });
});

describe('a server without TLS', () => {
  test('is told of, with every rule that lets others in', async () => {
    const found = await findings(targetOf(lax.url()));
    expect(found['postgres.tls']).toMatch(/^warn: the server does not offer TLS/);
    expect(found['postgres.plain']).toMatch(/^warn: a session without TLS is still accepted/);
    expect(found['postgres.hba']).toBe(
      'fail: anyone can connect without a password: line 2 (host all 10.0.0.0 mask 255.0.0.0 trust)',
    );
  });
});

describe('asking for a session without TLS', () => {
  const signal = new AbortController().signal;

  test.for([
    ['host all all 127.0.0.1/32 trust', 'let-in'],
    ['host all all 127.0.0.1/32 md5', 'asks-password'],
    ['host all all 127.0.0.1/32 password', 'asks-clear-password'],
    ['host all all 127.0.0.1/32 reject', 'refused'],
    ['hostssl all all 127.0.0.1/32 scram-sha-256', 'refused'],
  ] as const)('of a server with the rule `%s` is %s', async ([rule, expected]) => {
    const admin = await connectPlainly(lax.url());
    const rules = `host all postgres 127.0.0.1/32 scram-sha-256\n${rule}\n`;
    await writeFile(join(lax.directory, 'pg_hba.conf'), rules);
    await admin.query('SELECT pg_reload_conf()');
    await expect.poll(async () => askPlainly({ ...targetOf(lax.url()), user: 'ann' }, signal)).toBe(expected);
    await admin.end();
  });
});

test('the columns of credentials and API keys are judged by their values, of which none is told', async () => {
  await using database = await createTestDatabase();
  const { client } = database;
  const key = randomBytes(32);
  const iv = randomBytes(16);
  const seal = (text: string, with_ = randomBytes(16)) => {
    const cipher = createCipheriv('aes-256-cfb', key, with_);
    return Buffer.concat([with_, cipher.update(text), cipher.final()]).toString('base64');
  };
  await client.query('CREATE TABLE oauth_token (id int PRIMARY KEY, access_token text, refresh_token text)');
  await client.query('INSERT INTO oauth_token VALUES (1, $1, $2), (2, $3, $4)', [
    seal('xoxb-one', iv),
    seal('refresh-one'),
    seal('xoxb-two', iv),
    'clear-refresh-token-in-plain-sight',
  ]);
  await client.query('CREATE TABLE api_key (id int PRIMARY KEY, key_hash text, note text)');
  const hash = await bcrypt.hash('bk_one', 4);
  await client.query('INSERT INTO api_key VALUES (1, $1, NULL), (2, $1, $2)', [
    hash,
    'bk_ThisOneWasWrittenDownByMistake0000',
  ]);
  const column = (name: string, kind: EncryptedColumn['kind']) => ({
    schema: 'public',
    table: 'oauth_token',
    column: name,
    layout: 'base64',
    kind,
  });
  const found = await findings(targetOf(database.url), [
    column('access_token', 'oauth-access-token'),
    column('refresh_token', 'oauth-refresh-token'),
  ]);
  expect(found).toMatchObject({
    'credentials.ivs': 'fail: IVs are used more than once: public.oauth_token.access_token (2 values)',
    'credentials.access-tokens': expect.stringMatching(/^pass: all of 2 values/),
    'credentials.refresh-tokens':
      'fail: 1 value of 2 checked in public.oauth_token.refresh_token is not a ciphertext',
    'credentials.connection-strings': 'unknown: no encrypted column of this kind is known',
    'api-keys.hashed': 'warn: 2 hashes in public.api_key.key_hash, cost 4 or more',
    'api-keys.salted': 'fail: 1 hash found more than once',
    'api-keys.clear': 'fail: API keys are stored in plain text: public.api_key.note (1)',
  });
  const reported = JSON.stringify(found);
  for (const secret of ['clear-refresh', 'bk_', hash.slice(0, 20)]) expect(reported).not.toContain(secret);
});

test('columns of API keys that the role may not read are no pass', async () => {
  await using database = await createTestDatabase();
  const { client } = database;
  const role = `reader_${randomBytes(4).toString('hex')}`;
  await client.query(`
    CREATE TABLE api_key (id int PRIMARY KEY, key_hash text);
    CREATE TABLE seen (id int PRIMARY KEY, key_hash text);
    CREATE ROLE ${role} LOGIN PASSWORD '${password}'; GRANT SELECT ON seen TO ${role}`);
  await client.query('INSERT INTO seen VALUES (1, $1)', [await bcrypt.hash('bk_one', 10)]);
  await client.query("INSERT INTO api_key VALUES (1, 'bk_ThisOneWasWrittenDownByMistake0000')");
  try {
    const found = await findings(targetOf(urlOf(database.url, database.name, { user: role, password })));
    const rest = '1 of 2 columns whose names suggest keys could not be read or were not checked';
    expect(found).toMatchObject({
      'api-keys.hashed': `unknown: 1 hash in public.seen.key_hash, cost 10 or more; ${rest}`,
      'api-keys.salted': `unknown: bcrypt stores the salt in the hash, and no hash occurs twice; ${rest}`,
      'api-keys.clear':
        'unknown: 1 of 2 columns whose names suggest keys were checked, and contain none that begins with bk_',
    });
  } finally {
    await client.query(`DROP OWNED BY ${role}; DROP ROLE ${role}`);
  }
});

test('a check changes nothing, and leaves no setting in the session', async () => {
  await using database = await createTestDatabase();
  await database.client.query('CREATE TABLE t (id int PRIMARY KEY, api_key text)');
  const target = targetOf(urlOf(database.url, database.name));
  let client: Awaited<ReturnType<typeof connect>> | undefined;
  let settings: unknown;
  const open = async (applicationName: string) => {
    client = await connect(target, { applicationName });
    const end = client.end.bind(client);
    client.end = (async () => {
      const ask = `SELECT current_setting('statement_timeout') AS timeout, current_setting('transaction_read_only') AS read`;
      settings = (await client?.query(ask))?.rows[0];
      return end();
    }) as typeof client.end;
    return client;
  };
  await checkPosture(
    { places: { oauth: [], keyFiles: [] }, database: { target, open }, inventory: [], answers: [] },
    { signal: new AbortController().signal },
  );
  await expect.poll(() => settings).toEqual({ timeout: '0', read: 'off' });
});
