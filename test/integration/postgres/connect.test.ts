import { chmod, copyFile, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect } from 'vitest';
import { saying } from '#test/saying';
import { serverFacts } from '#postgres/connect';
import { type EmbeddedServer, startEmbeddedServer } from '#practice/embedded-server';
import { test } from '#test/support/temp-folder';
import { inSession, password, refusal, urlOf, type Where } from '#test/support/peers/connect-session';
import { quickSettings, tlsFixtures, withCertificate } from '#test/support/postgres/postgres-server';
import { connectPlainly } from '#test/support/postgres/test-database';

/** Git keeps no file modes, and a private key must be its owner's alone: the keys are copied there. */
const privateFolder = await mkdtemp(join(tmpdir(), 'keel-tls-'));
for (const name of ['client.key', 'server.key']) {
  await copyFile(join(tlsFixtures, name), join(privateFolder, name));
  await chmod(join(privateFolder, name), 0o600);
}
afterAll(() => rm(privateFolder, { recursive: true }));

const file = (name: string) =>
  encodeURIComponent(join(name.endsWith('.key') ? privateFolder : tlsFixtures, name));

/** Roles and the doors they may come in by. */
const roles = `
  CREATE ROLE ann LOGIN PASSWORD '${password}';
  CREATE ROLE keel_client LOGIN;
  CREATE ROLE shut_out LOGIN PASSWORD '${password}';
  CREATE ROLE limited LOGIN PASSWORD '${password}' CONNECTION LIMIT 0;
  CREATE ROLE plain LOGIN PASSWORD '${password}'`;
const doors = `
  hostssl all keel_client 127.0.0.1/32 cert
  host all shut_out 127.0.0.1/32 reject
  hostnossl all plain 127.0.0.1/32 scram-sha-256
  host all all 127.0.0.1/32 scram-sha-256
`;

async function startServer(certificate?: string): Promise<EmbeddedServer> {
  const tls = certificate ? ['ssl=on', 'ssl_ca_file=root.crt'] : [];
  const server = await startEmbeddedServer({
    settings: [...quickSettings, 'max_connections=40', ...tls],
    ...(certificate && { prepare: withCertificate(certificate) }),
  });
  const admin = await connectPlainly(server.url());
  await admin.query(roles);
  await writeFile(join(server.directory, 'pg_hba.conf'), doors.replaceAll(/^ +/gm, ''));
  await admin.query('SELECT pg_reload_conf()');
  await admin.end();
  return server;
}

let right: EmbeddedServer;
let wrongHost: EmbeddedServer;
let withoutTls: EmbeddedServer;

beforeAll(async () => {
  [right, wrongHost, withoutTls] = await Promise.all([
    startServer('server'),
    startServer('wronghost'),
    startServer(),
  ]);
});
afterAll(() => Promise.all([right, wrongHost, withoutTls].map((server) => server?.stop())));

async function usesTls(url: string): Promise<boolean> {
  return inSession(url, async (client) => {
    const { rows } = await client.query('SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()');
    return rows[0].ssl;
  });
}

describe('a server with TLS', () => {
  test.for([
    ['sslmode=disable', false],
    ['sslmode=allow', true],
    ['sslmode=prefer', true],
    ['sslmode=require', true],
    [`sslmode=require&sslrootcert=${file('ca.crt')}`, true],
    [`sslmode=verify-ca&sslrootcert=${file('ca.crt')}`, true],
    [`sslmode=verify-full&sslrootcert=${file('ca.crt')}`, true],
  ] as const)('lets %s in, with TLS: %s', async ([parameters, expected]) => {
    expect(await usesTls(urlOf(right.port, parameters))).toBe(expected);
  });

  test('is known by host name as by address under verify-full', async () => {
    const url = urlOf(right.port, `sslmode=verify-full&sslrootcert=${file('ca.crt')}`, { host: 'localhost' });
    expect(await usesTls(url)).toBe(true);
  });

  test.for([
    ['require', 'other-ca.crt'],
    ['verify-ca', 'other-ca.crt'],
    ['verify-full', 'other-ca.crt'],
  ] as const)('is refused under %s when the authority named is another', async ([sslmode, root]) => {
    const error = await refusal(urlOf(right.port, `sslmode=${sslmode}&sslrootcert=${file(root)}`));
    expect(error).toMatchObject({
      code: 'tls-failed',
      message: expect.stringMatching(/not signed by a CA in .*other-ca\.crt$/),
      remedy: saying('another sslrootcert'),
    });
    expect(error.message).toContain(`ann@127.0.0.1:${right.port}/postgres`);
  });

  test.for(['verify-full&sslrootcert=system', 'verify-full'])(
    'with an authority of its own is refused under %s',
    async (mode) => {
      expect(await refusal(urlOf(right.port, `sslmode=${mode}`))).toMatchObject({
        code: 'tls-failed',
        message: expect.stringContaining('not trusted'),
      });
    },
  );

  test('with a certificate for another host is refused under verify-full only', async () => {
    const root = `sslrootcert=${file('ca.crt')}`;
    expect(await refusal(urlOf(wrongHost.port, `sslmode=verify-full&${root}`))).toMatchObject({
      code: 'tls-failed',
      message: expect.stringContaining('another host name'),
      remedy: saying('verify-ca'),
    });
    for (const mode of ['require', 'verify-ca']) {
      expect(await usesTls(urlOf(wrongHost.port, `sslmode=${mode}&${root}`))).toBe(true);
    }
  });

  test('that does not let a role in with TLS says so', async () => {
    const error = await refusal(urlOf(right.port, 'sslmode=require', { user: 'shut_out' }));
    expect(error).toMatchObject({ code: 'login-refused', remedy: saying('pg_hba.conf') });
  });
});

describe('a server without TLS', () => {
  test.for(['disable', 'allow', 'prefer'])('lets sslmode %s in, in the clear', async (sslmode) => {
    expect(await usesTls(urlOf(withoutTls.port, `sslmode=${sslmode}`))).toBe(false);
  });

  test.for([
    'require',
    `verify-ca&sslrootcert=${file('ca.crt')}`,
    `verify-full&sslrootcert=${file('ca.crt')}`,
  ])('is refused under sslmode %s, before the password is sent', async (mode) => {
    expect(await refusal(urlOf(withoutTls.port, `sslmode=${mode}`))).toMatchObject({
      code: 'tls-failed',
      message: expect.stringContaining('does not offer TLS'),
      remedy: saying('sslmode=prefer'),
    });
  });
});

describe('a client certificate', () => {
  const client = { user: 'keel_client' };
  const pair = `sslcert=${file('client.crt')}&sslkey=${file('client.key')}`;

  test('logs its role in, without a password', async () => {
    const url = urlOf(right.port, `sslmode=verify-full&sslrootcert=${file('ca.crt')}&${pair}`, client);
    const names = await inSession(url, async (session) => {
      const { rows } = await session.query(
        'SELECT current_user AS role, client_dn AS dn FROM pg_stat_ssl WHERE pid = pg_backend_pid()',
      );
      return rows[0];
    });
    expect(names).toEqual({ role: 'keel_client', dn: '/CN=keel_client' });
  });

  test('is asked for where there is none', async () => {
    expect(await refusal(urlOf(right.port, 'sslmode=require', client))).toMatchObject({
      code: 'login-refused',
      remedy: saying('sslcert'),
    });
  });

  test.for([
    [`sslcert=${file('client.crt')}`, 'sslkey is missing'],
    [`sslkey=${file('client.key')}`, 'sslcert is missing'],
    [
      `sslcert=${file('none.crt')}&sslkey=${file('client.key')}`,
      'none.crt cannot be read: the file does not exist',
    ],
    [
      `sslcert=${file('client.crt')}&sslkey=${file('none.key')}`,
      'none.key cannot be read: the file does not exist',
    ],
    [`sslcert=${file('make.sh')}&sslkey=${file('client.key')}`, 'make.sh is not in PEM form'],
    [`sslmode=verify-ca&sslrootcert=${file('none.crt')}`, 'none.crt cannot be read: the file does not exist'],
    [`sslmode=verify-ca&sslrootcert=${file('make.sh')}`, 'make.sh is not in PEM form'],
  ] as const)('or authority that cannot be used is named: %s', async ([parameters, message]) => {
    expect(await refusal(urlOf(right.port, parameters))).toMatchObject({
      code: 'tls-failed',
      message: expect.stringContaining(message),
    });
  });

  test('with the key of another certificate is refused', async () => {
    const mixed = `sslcert=${file('client.crt')}&sslkey=${file('server.key')}`;
    expect(await refusal(urlOf(right.port, mixed, client))).toMatchObject({ code: 'tls-failed' });
  });

  test.skipIf(process.platform === 'win32')(
    'with a key that others can read is refused',
    async ({ folder }) => {
      const open = join(folder, 'open.key');
      await writeFile(open, await readFile(join(tlsFixtures, 'client.key')), { mode: 0o644 });
      const parameters = `sslcert=${file('client.crt')}&sslkey=${encodeURIComponent(open)}`;
      expect(await refusal(urlOf(right.port, parameters, client))).toMatchObject({
        code: 'tls-failed',
        message: expect.stringContaining('can be read by other accounts'),
        remedy: `run chmod 600 ${open}`,
      });
    },
  );
});

describe('a login', () => {
  test.for<[string, Where, string, string]>([
    [
      'with a wrong password',
      { given: 'hunter2-wrong' },
      'login-refused',
      'check the user name and the password',
    ],
    [
      'of a role that does not exist',
      { user: 'nobody' },
      'login-refused',
      'check the user name and the password',
    ],
    ['with a password left out', { given: '' }, 'login-refused', 'PGPASSWORD'],
    ['to a database that does not exist', { database: 'nothing' }, 'database-missing', 'check the name'],
    ['beyond the limit of connections', { user: 'limited' }, 'server-unreachable', 'max_connections'],
  ])('%s is refused', async ([, where, code, remedy]) => {
    expect(await refusal(urlOf(right.port, 'sslmode=require', where))).toMatchObject({
      code,
      remedy: saying(remedy),
    });
  });

  test('shows its name in pg_stat_activity, and the server’s facts', async () => {
    const [name, facts, pid] = await inSession(urlOf(right.port, ''), async (client) => {
      const { rows } = await client.query(
        'SELECT application_name AS name, pid FROM pg_stat_activity WHERE pid = pg_backend_pid()',
      );
      return [rows[0].name, await serverFacts(client), rows[0].pid] as const;
    });
    expect(name).toBe('keel connect test');
    expect(facts).toMatchObject({ inRecovery: false, readOnly: false, pooled: false, backendPid: pid });
    expect(Math.floor(facts.version / 10_000)).toBe(Number.parseInt(facts.versionText, 10));
  });

  test('resolves names to the system’s own, whatever the database defines', async () => {
    const settings = await inSession(urlOf(right.port, ''), async (client) => {
      const { rows } = await client.query(
        `SELECT current_setting('search_path') AS path, current_setting('row_security') AS security,
                current_setting('statement_timeout') AS timeout`,
      );
      return rows[0];
    });
    expect(settings).toEqual({ path: 'pg_catalog, pg_temp', security: 'off', timeout: '0' });
  });
});
