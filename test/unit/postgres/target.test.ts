import { addressOf } from '#postgres/database-address';
import { userInfo } from 'node:os';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { sslModes } from '#postgres/address/tls-text';
import { type DatabaseTarget, describeTarget, parseDatabaseUrl } from '#postgres/target';

type Shown = Omit<DatabaseTarget, 'password'> & { password?: string };

/** The target with its password as text. */
function read(url: string, environment: Record<string, string> = {}): Shown {
  const { password, ...rest } = parseDatabaseUrl(url, environment);
  return { ...rest, ...(password && { password: password.bytes.toString('utf8') }) };
}

describe('a database URL', () => {
  test('names user, password, host, port and database', () => {
    expect(read('postgres://ann:pw@db.example.com:6543/app')).toEqual({
      host: 'db.example.com',
      port: 6543,
      database: 'app',
      user: 'ann',
      password: 'pw',
      sslmode: 'prefer',
      connectTimeoutMs: 10_000,
    });
  });

  test('may leave out all but the host, as psql allows', () => {
    const user = userInfo().username;
    expect(read('postgresql://db')).toMatchObject({ host: 'db', port: 5432, database: user, user });
    expect(read('postgresql://db').password).toBeUndefined();
    expect(read('postgres://ann@db')).toMatchObject({ database: 'ann', user: 'ann' });
    expect(read('postgres://db/')).toMatchObject({ host: 'db', database: user });
  });

  test('without a host means this machine, or PGHOST', () => {
    expect(read('postgres:///app')).toMatchObject({ host: 'localhost', database: 'app' });
    expect(read('postgres:///app', { PGHOST: 'db' })).toMatchObject({ host: 'db', database: 'app' });
    expect(read('postgres://ann@/app', { PGHOST: 'db' })).toMatchObject({ host: 'db', user: 'ann' });
    expect(read('postgres://ann@:5433/app')).toMatchObject({ host: 'localhost', port: 5433 });
    expect(read('postgres://')).toMatchObject({ host: 'localhost', port: 5432 });
  });

  test('may have any scheme of PostgreSQL, in any case, and spaces around', () => {
    for (const scheme of ['postgres', 'postgresql', 'Postgres', 'POSTGRESQL']) {
      expect(read(` ${scheme}://db/app\n`)).toMatchObject({ host: 'db', database: 'app' });
    }
  });

  test.for([1, 21, 80, 443, 5432, 65_535])('keeps port %i, whatever it means on the web', (port) => {
    expect(read(`postgres://db:${port}/app`).port).toBe(port);
  });

  test('takes any user, password and database that is percent-encoded', () => {
    const text = fc.string({ unit: 'grapheme', minLength: 1 });
    fc.assert(
      fc.property(text, text, text, (user, password, database) => {
        const [u, p, d] = [user, password, database].map(encodeURIComponent);
        // a dot segment is resolved in any URL
        fc.pre(d !== '.' && d !== '..');
        expect(read(`postgres://${u}:${p}@db/${d}`)).toMatchObject({ user, password, database });
      }),
    );
  });

  test('leaves a plus sign or an at sign as it is where it can', () => {
    expect(read('postgres://a+b:c+d@db/e+f')).toMatchObject({
      user: 'a+b',
      password: 'c+d',
      database: 'e+f',
    });
    expect(read('postgres://db/app?user=ann@tenant').user).toBe('ann@tenant');
    expect(read('postgres://db/app?user=a+b&password=c%2Bd&sslrootcert=/c++/ca.crt')).toMatchObject({
      user: 'a+b',
      password: 'c+d',
      sslrootcert: '/c++/ca.crt',
    });
  });

  test('takes an IPv6 address in brackets, and shows it in brackets', () => {
    const target = parseDatabaseUrl('postgres://ann@[2001:db8::1]:6543/app', {});
    expect(target).toMatchObject({ host: '2001:db8::1', port: 6543 });
    expect(describeTarget(target)).toBe('ann@[2001:db8::1]:6543/app');
  });

  test('takes the zone of an IPv6 address, percent-encoded as libpq wants it, and keeps it', () => {
    const target = parseDatabaseUrl('postgres://ann@[fe80::1%25eth0]:6543,[fe80::2%25wlan-0]/app', {});
    expect(target).toMatchObject({
      ...{ host: 'fe80::1%eth0', port: 6543 },
      others: [{ host: 'fe80::2%wlan-0', port: 5432 }],
    });
    expect(describeTarget(target)).toBe('ann@[fe80::1%eth0]:6543/app');
    for (const text of ['postgres://ann@/app?host=fe80::1%25eth0', 'user=ann dbname=app host=fe80::1%eth0'])
      expect(parseDatabaseUrl(text, {})).toMatchObject({ host: 'fe80::1%eth0' });
    const hostaddr = 'fe80::1%eth0';
    expect(addressOf(parseDatabaseUrl(`host=db hostaddr=${hostaddr}`, {}))).toMatchObject({ hostaddr });
  });

  test('takes the folder of a unix socket, as parameter or percent-encoded host', () => {
    const socket = { host: '/var/run/postgresql', database: 'app', port: 5433 };
    expect(read('postgres://localhost:5433/app?host=/var/run/postgresql')).toMatchObject(socket);
    expect(read('postgres://%2Fvar%2Frun%2Fpostgresql:5433/app')).toMatchObject(socket);
    expect(read('postgres:///app?host=/var/run/postgresql&port=5433')).toMatchObject(socket);
    expect(read('postgres://ann:pw@/app?host=/cloud/project:zone:db')).toMatchObject({
      host: '/cloud/project:zone:db',
      user: 'ann',
    });
  });

  test.for(sslModes)('takes the sslmode %s', (sslmode) => {
    expect(read(`postgres://db/app?sslmode=${sslmode}`).sslmode).toBe(sslmode);
    expect(read('postgres://db/app', { PGSSLMODE: sslmode }).sslmode).toBe(sslmode);
  });

  test('names the files of TLS', () => {
    expect(
      read('postgres://db/app?sslmode=verify-full&sslrootcert=%2Fa%20b%2Fca.crt&sslcert=c.crt&sslkey=c.key'),
    ).toMatchObject({ sslrootcert: '/a b/ca.crt', sslcert: 'c.crt', sslkey: 'c.key' });
  });

  test('says how long to wait, never without end', () => {
    expect(read('postgres://db/app?connect_timeout=3').connectTimeoutMs).toBe(3000);
    expect(read('postgres://db/app', { PGCONNECT_TIMEOUT: '4' }).connectTimeoutMs).toBe(4000);
    expect(read('postgres://db/app?connect_timeout=0').connectTimeoutMs).toBe(60_000);
  });

  test('is filled up from the environment and wins over it', () => {
    const environment = {
      PGHOST: 'elsewhere',
      PGPORT: '1111',
      PGUSER: 'env-user',
      PGPASSWORD: 'env password',
      PGDATABASE: 'env-db',
      PGSSLROOTCERT: 'env.crt',
      PGSSLCERT: 'envc.crt',
      PGSSLKEY: 'envc.key',
    };
    expect(read('postgres://db', environment)).toMatchObject({
      host: 'db',
      port: 1111,
      user: 'env-user',
      password: 'env password',
      database: 'env-db',
      sslrootcert: 'env.crt',
      sslcert: 'envc.crt',
      sslkey: 'envc.key',
    });
    expect(
      read('postgres://ann:pw@db:2222/app?sslrootcert=ca.crt&sslcert=c.crt&sslkey=c.key', environment),
    ).toMatchObject({
      host: 'db',
      port: 2222,
      user: 'ann',
      password: 'pw',
      database: 'app',
      sslrootcert: 'ca.crt',
      sslcert: 'c.crt',
      sslkey: 'c.key',
    });
  });

  test('may carry the usual parameters that mean nothing here', () => {
    const url =
      'postgres://db/app?schema=public&pgbouncer=true&connection_limit=1&application_name=x&options=-c%20a';
    expect(read(url)).toMatchObject({ host: 'db', database: 'app' });
  });

  test('is shown without its password', () => {
    const target = parseDatabaseUrl('postgres://ann:hunter2@db/app', {});
    expect(describeTarget(target)).toBe('ann@db:5432/app');
    expect(() => JSON.stringify(target)).toThrow('serialised');
  });
});

test('PGHOSTADDR stands in for an address that is not written, as libpq has it', () => {
  const environment = { PGHOSTADDR: '10.0.0.4' };
  expect(parseDatabaseUrl('postgres:///app', environment)).toMatchObject({ host: '10.0.0.4' });
  expect(parseDatabaseUrl('postgres://db/app', environment)).toMatchObject({
    host: 'db',
    hostaddr: '10.0.0.4',
  });
  expect(parseDatabaseUrl('postgres:///app', { ...environment, PGHOST: 'db' })).toMatchObject({
    host: 'db',
    hostaddr: '10.0.0.4',
  });
  expect(parseDatabaseUrl('postgres://db/app?hostaddr=10.0.0.5', environment)).toMatchObject({
    hostaddr: '10.0.0.5',
  });
});

describe('sslrootcert=system', () => {
  test.for([
    'postgres://db/app?sslrootcert=system',
    'postgres://db/app?sslrootcert=system&sslmode=verify-full',
  ])('checks the host name too: %s', (url) => {
    expect(parseDatabaseUrl(url, {})).toMatchObject({ sslmode: 'verify-full', sslrootcert: 'system' });
  });

  test('holds for PGSSLROOTCERT', () => {
    const environment = { PGSSLROOTCERT: 'system' };
    expect(parseDatabaseUrl('postgres://db/app', environment)).toMatchObject({ sslmode: 'verify-full' });
  });

  test.for(['disable', 'prefer', 'require', 'verify-ca'])('is refused with the weaker sslmode=%s', (mode) => {
    expect(() => parseDatabaseUrl(`postgres://db/app?sslrootcert=system&sslmode=${mode}`, {})).toThrowError(
      expect.objectContaining({ code: 'url-malformed', message: expect.stringContaining('host name') }),
    );
  });
});
