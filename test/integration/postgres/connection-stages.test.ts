import { createServer, type Socket } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect } from 'vitest';
import { type EmbeddedServer } from '#practice/embedded-server';
import { test } from '#test/support/temp-folder';
import { urlOf, type Where } from '#test/support/peers/connect-session';
import { connectPlainly } from '#test/support/postgres/test-database';
import { look, outcomes, root, stageOf, startServer } from '#test/support/peers/connection-check';

let right: EmbeddedServer;
let plain: EmbeddedServer;

beforeAll(async () => {
  [right, plain] = await Promise.all([startServer('server'), startServer()]);
});
afterAll(() => Promise.all([right, plain].map((server) => server?.stop())));

describe('a connection that is as it should be', () => {
  test('passes all stages, each named, timed and with what was found', async () => {
    const reported: string[] = [];
    const report = await look(
      right.port,
      `sslmode=verify-full&${root('ca.crt')}`,
      { host: 'localhost' },
      {
        onStage: (stage, number) => reported.push(`${number} ${stage}`),
      },
    );
    expect(report.ok).toBe(true);
    expect(reported).toEqual(['1 dns', '2 tcp', '3 tls', '4 login', '5 schema', '6 privileges']);
    expect(report.stages.map(({ message }) => message)).toEqual([
      expect.stringMatching(/^localhost is (127\.0\.0\.1|::1)/),
      expect.stringMatching(new RegExp(`^(127\\.0\\.0\\.1|::1), port ${right.port} answers$`)),
      expect.stringMatching(
        /^TLS 1\.3, chain and host name verified; certificate of “localhost”, signed by “Keel test authority”, valid until \d{4}-\d\d-\d\d$/,
      ),
      'logged in to postgres as ann',
      expect.stringMatching(/^PostgreSQL \d+\.\d+, 2 tables in postgres$/),
      'may read and update all 2 tables and create the schema keel, as a rotation requires',
    ]);
    expect(outcomes(report)).toBe('passed passed passed passed passed passed');
    expect(report.transport).toMatchObject({
      encrypted: true,
      protocol: 'TLSv1.3',
      verified: 'chain-and-host',
      validTo: expect.stringMatching(/^\d{4}-/),
      local: false,
    });
    expect(report.server).toMatch(/^\d+\.\d+$/);
    expect(report.address).toMatchObject({ host: 'localhost', user: 'ann', sslmode: 'verify-full' });
  });

  test('leaves no session behind', async () => {
    await look(right.port, '');
    const admin = await connectPlainly(urlOf(right.port, ''));
    const sessions = "SELECT FROM pg_stat_activity WHERE application_name = 'keel connection test'";
    await expect.poll(async () => (await admin.query(sessions)).rowCount).toBe(0);
    await admin.end();
  });
});

describe('the way to the server', () => {
  test('fails at dns for a name that is not known', async () => {
    const report = await look(5432, '', { host: 'keel-test.invalid' });
    expect(outcomes(report)).toBe('failed skipped skipped skipped skipped skipped');
    expect(stageOf(report, 'dns')).toMatchObject({
      message: expect.stringContaining('keel-test.invalid'),
      remedy: expect.stringContaining('DNS'),
    });
    expect(report).toMatchObject({ ok: false });
    expect(report).not.toHaveProperty('transport');
  });

  test('fails at tcp where nothing listens', async () => {
    const gone = await listening(() => undefined);
    await gone[Symbol.asyncDispose]();
    const report = await look(gone.port, '');
    expect(outcomes(report)).toBe('passed failed skipped skipped skipped skipped');
    expect(stageOf(report, 'tcp')).toMatchObject({
      remedy: expect.stringContaining('PostgreSQL is running'),
    });
  });

  test('fails at tls where something silent, something that hangs up or a web server listens', async () => {
    for (const [answer, message] of [
      [() => undefined, 'did not answer in time'],
      [(socket: Socket) => socket.end(), 'the connection was lost'],
      [(socket: Socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n'), 'is not PostgreSQL'],
      [(socket: Socket) => socket.once('data', () => socket.end('Sx')), 'is not PostgreSQL'],
    ] as const) {
      await using server = await listening(answer);
      const report = await look(server.port, 'sslmode=require&connect_timeout=0.5');
      expect(outcomes(report)).toBe('passed passed failed skipped skipped skipped');
      expect(stageOf(report, 'tls')?.message).toContain(message);
    }
  });

  test('by a unix socket has no name and needs no TLS', async ({ folder }) => {
    const report = await look(5432, '', { host: encodeURIComponent(folder) });
    expect(stageOf(report, 'dns')).toMatchObject({
      outcome: 'passed',
      message: expect.stringContaining('Unix socket'),
    });
    expect(stageOf(report, 'tcp')).toMatchObject({
      outcome: 'failed',
      message: expect.stringContaining('no Unix socket in that directory'),
    });
  });

  test.skipIf(process.platform === 'win32')(
    'by a unix socket path that no system takes fails',
    async ({ folder }) => {
      const report = await look(5432, '', { host: encodeURIComponent(join(folder, 'x'.repeat(200))) });
      expect(outcomes(report)).toBe('passed failed skipped skipped skipped skipped');
    },
  );

  test.skipIf(process.platform === 'win32')(
    'by a unix socket that leads to a server passes',
    async ({ folder }) => {
      await using bridge = await bridged(join(folder, '.s.PGSQL.5432'), plain.port);
      const report = await look(5432, 'sslmode=verify-full', { host: encodeURIComponent(folder) });
      expect(bridge.used()).toBeGreaterThan(0);
      expect(outcomes(report)).toBe('passed passed passed passed passed passed');
      expect(report.transport).toEqual({ encrypted: false, verified: 'none', local: true });
    },
  );
});

describe('the login', () => {
  test.for<[string, Where, string]>([
    ['with a wrong password', { given: 'hunter2-wrong' }, 'check the user name and the password'],
    ['of a role that the server does not let in from here', { user: 'shut_out' }, 'pg_hba.conf'],
    ['to a database that does not exist', { database: 'nothing' }, 'check the name'],
  ])('%s fails with a remedy', async ([, where, remedy]) => {
    const report = await look(right.port, 'sslmode=require', where);
    expect(outcomes(report)).toBe('passed passed warning failed skipped skipped');
    expect(stageOf(report, 'login')).toMatchObject({ remedy: expect.stringContaining(remedy) });
  });
});

describe('schema and privileges', () => {
  test('of an empty database are a warning', async () => {
    const report = await look(right.port, '', { database: 'empty' });
    expect(stageOf(report, 'schema')).toMatchObject({
      outcome: 'warning',
      message: expect.stringContaining('0 tables in empty'),
    });
    expect(report.ok).toBe(true);
  });

  test('of a role that may read nothing fail', async () => {
    const report = await look(right.port, '', { user: 'guest' });
    expect(stageOf(report, 'privileges')).toMatchObject({
      outcome: 'failed',
      message: 'guest cannot read any of the 2 tables',
      remedy: expect.stringContaining('"guest"'),
    });
    expect(report.ok).toBe(false);
  });

  test('of a role that may not all say what is weaker', async () => {
    const report = await look(right.port, '', { user: 'reader' });
    const privileges = stageOf(report, 'privileges');
    expect(privileges?.outcome).toBe('warning');
    for (const part of [
      'may update 1 of 2 tables',
      'row-level security may hide rows of 1 table',
      'schema keel',
    ]) {
      expect(privileges?.message).toContain(part);
    }
    expect(privileges?.remedy).toContain('GRANT CREATE ON DATABASE "postgres" TO "reader"');
  });
});

test('a test that is called off ends at once, with an AbortError and no session', async () => {
  await using silent = await listening(() => undefined);
  const controller = new AbortController();
  const running = look(silent.port, 'sslmode=disable', {}, { signal: controller.signal });
  setTimeout(() => controller.abort(), 100);
  const started = performance.now();
  await expect(running).rejects.toMatchObject({ name: 'AbortError' });
  expect(performance.now() - started).toBeLessThan(2_000);
});

async function listening(answer: (socket: Socket) => void): Promise<AsyncDisposable & { port: number }> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket.on('error', () => undefined));
    answer(socket);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: (server.address() as { port: number }).port,
    [Symbol.asyncDispose]: async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** A unix socket that leads to a server's port. */
async function bridged(path: string, port: number): Promise<AsyncDisposable & { used(): number }> {
  const { connect } = await import('node:net');
  const sockets = new Set<Socket>();
  let used = 0;
  const server = createServer((socket) => {
    used++;
    const onward = connect(port, '127.0.0.1');
    for (const end of [socket, onward]) sockets.add(end.on('error', () => undefined));
    socket.pipe(onward).pipe(socket);
  });
  await new Promise<void>((resolve) => server.listen(path, resolve));
  return {
    used: () => used,
    [Symbol.asyncDispose]: async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
