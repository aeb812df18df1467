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
    ['', 'is no URL', 'postgres://user@host'],
    ['db.example.com/app', 'is no URL', 'postgres://user@host'],
    ['host=db dbname=app password=hunter2', 'is no URL', 'postgres://user@host'],
    ['mysql://ann:hunter2@db/app', '`mysql` is not PostgreSQL', 'postgres://user@host'],
    ['https://ann:hunter2@db/app', '`https` is not PostgreSQL', 'postgres://user@host'],
    ['jdbc:postgresql://db/app?user=ann&password=hunter2', 'JDBC', 'take `jdbc:` off'],
    ['postgresql+psycopg2://ann:hunter2@db/app', 'SQLAlchemy', 'off the scheme'],
    ['postgresql+asyncpg://ann:hunter2@db/app', 'SQLAlchemy', 'off the scheme'],
    ['postgres://ann:hunter2@x@db/app', '`@` that is not encoded', '%40'],
    ['postgres://ann:hunter2#x@db/app', '`#` that is not encoded', '%23'],
    ['postgres://ann:hunter2@db/app#x', '`#` that is not encoded', '%23'],
    ['postgres://ann:hunter2@one,two/app', 'several hosts', 'primary'],
    ['postgres://ann:hunter2@one:1,two:2/app', 'several hosts', 'primary'],
    ['postgres://ann:hunter2/x@db/app', '`@`', '%2F'],
    ['postgres://ann:hunter2?x@db/app', '`@`', '%3F'],
    ['postgres://ann:12/hunter2@db/app', '`@`', '%2F'],
    ['postgres://ann:12?hunter2@db/app', '`@`', '%3F'],
    ['postgres://ann:?hunter2=1@db/app', '`@`', '%3F'],
    ['postgres://ann:/hunter2=x@db/app', '`@`', '%2F'],
    ['postgres://ann:hunter2%@db/app', '`%`', '%25'],
    ['postgres://ann:hunter2%zz@db/app', '`%`', '%25'],
    ['postgres://ann:hunter2@db:99999/app', 'cannot be split', 'host:5432'],
    ['postgres://ann:hunter2@db:0/app', 'port is no number', 'host:5432'],
    ['postgres://ann:hunter2@db/app?port=many', 'port is no number', 'host:5432'],
    ['postgres://ann:hunter2@db/app?sslmode=on', '`on` is no sslmode', 'verify-full'],
    ['postgres://ann:hunter2@db/app?sslmode=VERIFY-FULL', 'is no sslmode', 'verify-full'],
    ['postgres://ann:hunter2@db/app?connect_timeout=soon', 'connect_timeout', 'host:5432'],
    ['postgres://ann:hunter2@db/app?connect_timeout=-1', 'connect_timeout', 'host:5432'],
    ['postgres://ann:hunter2@db/app?ssl=true', '`ssl` is not one of', 'remove it'],
    ['postgres://ann:hunter2@db/app?sslmod=require', '`sslmod` is not one of', 'remove it'],
    ['postgres://ann:hunter2@db/app?sslmode=require&one=1&two=2', '`one` is not one of', 'remove it'],
    ['postgres://ann:hunter2@d b/app', 'cannot be split', 'host:5432'],
    ['postgres://ann:hunter2@[::1/app', 'cannot be split', 'host:5432'],
  ] as const)('%s is refused with the mistake named and the password kept', ([url, message, remedy]) => {
    const error = mistakeIn(url);
    expect(error).toMatchObject({
      code: 'url-malformed',
      message: expect.stringContaining(message),
      remedy: expect.stringContaining(remedy),
    });
    expect(error.message).toContain('nothing was connected');
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
