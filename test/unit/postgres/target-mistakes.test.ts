import { inspect } from 'node:util';
import { describe, expect, test } from 'vitest';
import { KeelError } from '#errors/keel-error';
import { parseDatabaseUrl } from '#postgres/target';

function mistakeIn(url: string, environment: Record<string, string> = {}): KeelError {
  try {
    parseDatabaseUrl(url, environment);
  } catch (error) {
    if (error instanceof KeelError) return error;
    throw error;
  }
  throw new Error('the URL was taken');
}

describe('a database URL that cannot be used', () => {
  test.for([
    ['', 'is not a URL', 'postgres://user@host'],
    ['db.example.com/app', 'is not a URL', 'postgres://user@host'],
    ['mysql://ann:hunter2@db/app', '`mysql` is not a PostgreSQL', 'postgres://user@host'],
    ['https://ann:hunter2@db/app', '`https` is not a PostgreSQL', 'postgres://user@host'],
    ['postgres://ann:hunter2@x@db/app', 'unencoded `@`', '%40'],
    ['postgres://ann:hunter2#x@db/app', 'unencoded `#`', '%23'],
    ['postgres://ann:hunter2@db/app#x', 'unencoded `#`', '%23'],
    ['postgres://ann:hunter2/x@db/app', '`@`', '%2F'],
    ['postgres://ann:hunter2?x@db/app', '`@`', '%3F'],
    ['postgres://ann:12/hunter2@db/app', '`@`', '%2F'],
    ['postgres://ann:12?hunter2@db/app', '`@`', '%3F'],
    ['postgres://ann:?hunter2=1@db/app', '`@`', '%3F'],
    ['postgres://ann:/hunter2=x@db/app', '`@`', '%2F'],
    ['postgres://ann:hunter2%@db/app', '`%`', '%25'],
    ['postgres://ann:hunter2%zz@db/app', '`%`', '%25'],
    ['postgres://ann:hunter2@[fe80::1%eth0]/app', 'zone of an IPv6 address', '%25eth0'],
    ['postgres://ann:hunter2@db:99999/app', 'cannot be split', 'host:5432'],
    ['postgres://ann:hunter2@db:0/app', 'port is not a number', 'host:5432'],
    ['postgres://ann:hunter2@db/app?port=many', 'port is not a number', 'host:5432'],
    ['postgres://ann:hunter2@db/app?sslmode=on', '`on` is not an sslmode', 'verify-full'],
    ['postgres://ann:hunter2@db/app?sslmode=VERIFY-FULL', 'is not an sslmode', 'verify-full'],
    ['postgres://ann:hunter2@db/app?connect_timeout=soon', 'connect_timeout', 'host:5432'],
    ['postgres://ann:hunter2@db/app?connect_timeout=-1', 'connect_timeout', 'host:5432'],
    ['postgres://ann:hunter2@db/app?sslmod=require', '`sslmod` is not a PostgreSQL', 'remove it'],
    ['postgres://ann:hunter2@db/app?sslmode=require&one=1&two=2', '`one` is not a PostgreSQL', 'remove it'],
    ['postgres://ann:hunter2@db/app?ssl=maybe', '`maybe` is not a known value of ssl', 'sslmode=verify-full'],
    ['postgres://ann:hunter2@db/app?ssl={"ca":"x"}', 'is not a known value of ssl', 'sslmode=verify-full'],
    ['jdbc:postgresql://db/app?password=hunter2&ssl=maybe', 'is not a known value of ssl', 'sslmode'],
    ['postgres://ann:hunter2@db/app?sslaccept=lax', '`lax` is not a known value of sslaccept', 'strict'],
    ['postgres://ann:hunter2@db/app?requiressl=2', '`2` is not a known value of requiressl', 'host:5432'],
    ['postgres://ann:hunter2@db/app?gssencmode=require', 'gssencmode=require', 'sslmode=verify-full'],
    ['postgres://ann:hunter2@db/app?replication=database', 'replication', 'remove `replication`'],
    ['postgres://ann:hunter2@db/app?target_session_attrs=best', '`best` is not a value', 'read-write'],
    ['postgres://ann:hunter2@one,two:0/app', 'port is not a number', 'host:5432'],
    ['postgres://ann:hunter2@one,two/app?port=1,2,3', '2 hosts but 3 ports', 'as many ports as hosts'],
    ['postgres://ann:hunter2@one,two/app?hostaddr=10.0.0.1', '2 hosts but 1 addresses', 'as many'],
    ['postgres://ann:hunter2@/app?service=main', 'refers to a service', 'import the pg_service.conf'],
    ['postgres://ann@db/app?passfile=/tmp/x', 'refers to a passfile', 'enter the password'],
    ["host=db password='hunter2", 'the value of `password`', 'single quotes'],
    ['host=db dbname=app password=hunter2 and more', 'follows pair 3', 'single quotes'],
    ['host=db password=hunter2 sslmod=require', '`sslmod` is not a PostgreSQL', 'remove it'],
    ['mysql+pymysql://ann:hunter2@db/app', 'is not a PostgreSQL', 'postgres://user@host'],
    ['postgres://ann:hunter2@d b/app', 'cannot be split', 'host:5432'],
    ['postgres://ann:hunter2@[::1/app', 'cannot be split', 'host:5432'],
  ] as const)('%s is refused with the mistake named and the password kept', ([url, message, remedy]) => {
    const error = mistakeIn(url);
    expect(error).toMatchObject({
      code: 'url-malformed',
      message: expect.stringContaining(message),
      remedy: expect.stringContaining(remedy),
    });
    expect(error.message).toContain('no connection was made');
    expect(inspect(error, { depth: 9, showHidden: true })).not.toContain('hunter2');
  });

  test.for([
    [{ PGPORT: 'x' }, 'port'],
    [{ PGSSLMODE: 'yes' }, 'sslmode'],
    [{ PGCONNECT_TIMEOUT: 'x' }, 'connect_timeout'],
  ] as const)('because of the environment %j is refused too', ([environment, message]) => {
    expect(mistakeIn('postgres://db/app', environment)).toMatchObject({
      code: 'url-malformed',
      message: expect.stringContaining(message),
    });
  });
});
