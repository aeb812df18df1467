import { once } from 'node:events';
import { createServer, type Socket } from 'node:net';
import { describe, expect, test } from 'vitest';
import { startMongodbPeer } from '#test/support/peers/mongodb-peer';
import { freePort, isInstalled, startMariadb, startRedis } from '#test/support/postgres/other-servers';
import { startOwnServer } from '#test/support/postgres/own-server';
import { probeOne } from '#test/support/peers/probed-credential';
import { createTestDatabase, sharedServerUrl } from '#test/support/postgres/test-database';

const password = 'geheim-3f';

describe('PostgreSQL', () => {
  const server = () => new URL(sharedServerUrl());
  const login = (over = {}) => ({
    host: 'localhost',
    port: Number(server().port),
    username: 'postgres',
    password: server().password,
    database: 'postgres',
    sslmode: 'verify-full',
    ...over,
  });
  const tried = (over = {}, choice = {}) =>
    probeOne(login(over), [server().password, 'wrong-pw'], { source: 'postgresql', ...choice });

  test('a login works, over a way that was checked as far as the credential asks', async () => {
    expect(await tried()).toMatchObject({ outcome: 'works', reason: 'logged-in', probe: 'postgresql' });
    expect(await tried({ sslmode: 'require' })).toMatchObject({ outcome: 'works', caution: 'not-verified' });
    expect(await tried({ sslmode: undefined })).toMatchObject({ outcome: 'works', caution: 'not-verified' });
    expect(await tried({ sslmode: 'disable' })).toMatchObject({ outcome: 'works', caution: 'not-encrypted' });
    expect(await tried({ host: '127.0.0.1' })).toMatchObject({ outcome: 'works' });
  });

  test('a server that lets in whoever names the user proves nothing about a password', async () => {
    await using trusting = await startOwnServer();
    const over = { host: '127.0.0.1', port: Number(new URL(trusting.url).port), sslmode: 'disable' };
    expect(await tried({ ...over, password: 'wrong-pw' })).toMatchObject({
      outcome: 'not-probed',
      reason: 'no-password-needed',
      caution: 'not-encrypted',
    });
  });

  test('a wrong password, role or database is refused', async () => {
    expect(await tried({ password: 'wrong-pw' })).toMatchObject({
      outcome: 'refused',
      reason: 'login-refused',
    });
    expect(await tried({ username: 'nobody' })).toMatchObject({ reason: 'login-refused' });
    expect(await tried({ database: 'nowhere' })).toMatchObject({ reason: 'database-refused' });
  });

  test('a certificate of an unknown authority is a certificate problem, and no login is tried', async () => {
    expect(await tried({}, { roots: [] })).toMatchObject({
      outcome: 'certificate',
      reason: 'authority-unknown',
    });
  });

  test('no session is left behind', async () => {
    await using database = await createTestDatabase();
    await tried({ database: database.name });
    await tried({ database: database.name, password: 'wrong-pw' });
    const { rows } = await database.client.query(
      'SELECT count(*)::int AS others FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()',
    );
    expect(rows[0].others).toBe(0);
  });

  test('a server that repeats the password in its error is never quoted', async () => {
    await using echoing = await startEcho((said) => {
      // the startup message, or a password: answered by an error that holds it
      if (said.length === 8) return Buffer.from('N');
      const fields = Buffer.from(
        `SFATAL\0CXX000\0M${said.toString('latin1').replaceAll('\0', ' ')} ${password}\0\0`,
        'latin1',
      );
      const head = Buffer.alloc(5);
      head.write('E');
      head.writeInt32BE(fields.length + 4, 1);
      return Buffer.concat([head, fields]);
    });
    const result = await probeOne(
      { ...login({ sslmode: 'prefer' }), port: echoing.port, password },
      [password],
      {
        source: 'postgresql',
      },
    );
    expect(result).toMatchObject({ outcome: 'not-probed', reason: 'answer-unclear' });
  });
});

describe.skipIf(!isInstalled('mariadbd'))('MariaDB (skipped where mariadbd is not installed)', () => {
  test('logins work, are refused, or meet a certificate that is not trusted', async () => {
    await using server = await startMariadb();
    const login = (over = {}) => ({
      host: 'localhost',
      port: server.port,
      user: 'ana',
      password,
      database: 'sales',
      ssl: true,
      ...over,
    });
    const tried = (over = {}, choice = {}) =>
      probeOne(login(over), [password, 'wrong-pw'], { source: 'mysql', ...choice });
    expect(await tried()).toMatchObject({ outcome: 'works', reason: 'logged-in', probe: 'mysql' });
    expect(await tried({ ssl: undefined })).toMatchObject({ outcome: 'works', caution: 'not-verified' });
    expect(await tried({ ssl: false })).toMatchObject({ outcome: 'works', caution: 'not-encrypted' });
    expect(await tried({ password: 'wrong-pw' })).toMatchObject({
      outcome: 'refused',
      reason: 'login-refused',
    });
    expect(await tried({ user: 'locked' })).toMatchObject({ outcome: 'refused', reason: 'account-locked' });
    expect(await tried({ database: 'mysql' })).toMatchObject({
      outcome: 'refused',
      reason: 'database-refused',
    });
    expect(await tried({}, { roots: [] })).toMatchObject({
      outcome: 'certificate',
      reason: 'authority-unknown',
    });
    // an account without a password says nothing of a password, and nor does a server that checks none
    expect(await tried({ user: 'open', password: '', database: undefined })).not.toMatchObject({
      outcome: 'works',
    });
    expect(await probeOne(`mysql://open@localhost:${server.port}/`, [])).not.toMatchObject({
      outcome: 'works',
    });
    await using unchecked = await startMariadb({ skipsGrants: true });
    expect(await tried({ port: unchecked.port, password: 'wrong-pw', database: undefined })).toMatchObject({
      outcome: 'not-probed',
      reason: 'no-password-needed',
    });
    expect(
      await probeOne(`mysql://ana:${password}@localhost:${server.port}/sales`, [password]),
    ).toMatchObject({
      outcome: 'works',
    });
  });
});

describe.skipIf(!isInstalled('redis-server'))('Redis (skipped where redis-server is not installed)', () => {
  test('passwords work and are refused, with TLS and without; no password needed is said so', async () => {
    await using server = await startRedis(password);
    const tried = (url: string, choice = {}) => probeOne(url, [password, 'wrong-pw'], choice);
    expect(await tried(`redis://:${password}@localhost:${server.port}/0`)).toMatchObject({
      outcome: 'works',
      reason: 'logged-in',
      caution: 'not-encrypted',
    });
    const secure = await tried(`rediss://default:${password}@localhost:${server.tlsPort}`);
    expect(secure).toMatchObject({ outcome: 'works', reason: 'logged-in' });
    expect(secure.caution).toBeUndefined();
    expect(await tried(`redis://:wrong-pw@localhost:${server.port}`)).toMatchObject({
      reason: 'login-refused',
    });
    expect(await tried(`redis://ana:wrong-pw@localhost:${server.port}`)).toMatchObject({
      reason: 'login-refused',
    });
    expect(await tried(`redis://localhost:${server.port}`)).toMatchObject({ reason: 'login-refused' });
    expect(await tried(`rediss://:${password}@localhost:${server.tlsPort}`, { roots: [] })).toMatchObject({
      outcome: 'certificate',
      reason: 'authority-unknown',
    });
    await using open = await startRedis('');
    expect(await tried(`redis://:${password}@localhost:${open.port}`)).toMatchObject({
      outcome: 'not-probed',
      reason: 'no-password-needed',
    });
  });

  test('an account that takes any password, and a URL without one, prove nothing', async () => {
    await using server = await startRedis(password);
    const { Redis } = await import('ioredis');
    const admin = new Redis(server.port, '127.0.0.1', { password });
    await admin.call('ACL', 'SETUSER', 'alice', 'on', 'nopass', '+@all', '~*');
    await admin.call('ACL', 'SETUSER', 'bob', 'on', '>bob-pw', '+@read', '~*');
    admin.disconnect();
    const tried = (login: string, port = server.port) => probeOne(`redis://${login}localhost:${port}`, []);
    expect(await tried('alice:wrong@')).toMatchObject({
      outcome: 'not-probed',
      reason: 'no-password-needed',
    });
    expect(await tried('bob:bob-pw@')).toMatchObject({ outcome: 'works', reason: 'logged-in' });
    expect(await tried('bob:wrong@')).toMatchObject({ outcome: 'refused', reason: 'login-refused' });
    await using open = await startRedis('');
    for (const login of ['', 'default:wrong@', 'default@'])
      expect(await tried(login, open.port), login).not.toMatchObject({ outcome: 'works' });
  });

  test('a server that repeats the password in its error is never quoted', async () => {
    await using echoing = await startEcho((said) =>
      Buffer.from(`-ODD ${said.toString('latin1').replace(/\s/g, ' ')}\r\n`),
    );
    expect(await probeOne(`redis://:${password}@127.0.0.1:${echoing.port}`, [password])).toMatchObject({
      outcome: 'not-probed',
      reason: 'answer-unclear',
    });
  });
});

describe('MongoDB (against a peer of the tests: no server of it is in Debian)', () => {
  test('a login works, and a wrong password is refused without quoting the server', async () => {
    await using peer = await startMongodbPeer('ana', password);
    const url = (pw: string) => `mongodb://ana:${pw}@localhost:${peer.port}/sales?authSource=admin`;
    expect(await probeOne(url(password), [password])).toMatchObject({
      outcome: 'works',
      reason: 'logged-in',
      caution: 'not-encrypted',
    });
    expect(await probeOne(url('wrong-pw'), [password, 'wrong-pw'])).toMatchObject({
      outcome: 'refused',
      reason: 'login-refused',
    });
    const known = /^(hello|ismaster|saslStart|saslContinue|ping|endSessions)$/i;
    expect(peer.heard.filter((name) => !known.test(name))).toEqual([]);
  });

  test('an answer to a ping without a login proves nothing', async () => {
    await using peer = await startMongodbPeer('ana', password);
    expect(await probeOne(`mongodb://localhost:${peer.port}/sales`, [])).toMatchObject({
      outcome: 'not-probed',
      reason: 'answers-everybody',
    });
  });

  test('a closed port, a server without TLS, and one that speaks something else', async () => {
    const closed = await freePort();
    const tried = (address: string) =>
      probeOne(`mongodb://ana:${password}@${address}`, [password], { timeoutMs: 800 });
    expect(await tried(`127.0.0.1:${closed}/`)).toMatchObject({
      outcome: 'unreachable',
      reason: 'port-closed',
    });
    await using peer = await startMongodbPeer('ana', password);
    const plain = await tried(`localhost:${peer.port}/?tls=true`);
    expect(['another-protocol', 'cut-off', 'timeout']).toContain(plain.reason);
    await using other = await startEcho(() => Buffer.from('220 smtp.example.com ESMTP\r\n'));
    expect((await tried(`127.0.0.1:${other.port}/`)).outcome).not.toBe('works');
  });
});

/** Answers whatever it is told with what `answer` makes of it. */
async function startEcho(answer: (said: Buffer) => Buffer) {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket.on('error', () => undefined));
    socket.on('data', (said) => socket.write(answer(said)));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as { port: number }).port,
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}
