import { truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect } from 'vitest';
import { findConnections, readConnectionFile } from '#postgres/import-connection';
import { addressOf } from '#postgres/database-address';
import { test } from '#test/support/temp-folder';

/** As `from user:password@host:port/database sslmode`. */
function shown(text: string): string[] {
  return findConnections(text).map(({ from, target }) => {
    using password = target.password;
    const { user, host, port, database, sslmode } = addressOf(target);
    const typed = password ? `:${password.bytes.toString('utf8')}` : '';
    return `${from} ${user}${typed}@${host}:${port}/${database} ${sslmode}`;
  });
}

describe('a .env', () => {
  test.for([
    [
      'DATABASE_URL=postgres://ann:s3cret@db:5433/ballast?sslmode=require',
      'DATABASE_URL ann:s3cret@db:5433/ballast require',
    ],
    [
      'export POSTGRES_URL="postgresql://ann@db/ballast" # the main one',
      'POSTGRES_URL ann@db:5432/ballast prefer',
    ],
    ["DB='postgresql+asyncpg://ann:p%40ss@db/ballast'", 'DB ann:p@ss@db:5432/ballast prefer'],
    ['\uFEFFDATABASE_URL = postgres://ann@db/x\r\nOTHER=1', 'DATABASE_URL ann@db:5432/x prefer'],
    ['P=s3cret\nDATABASE_URL=postgres://ann:${P}@${H:-db}/x', 'DATABASE_URL ann:s3cret@db:5432/x prefer'],
    ['DATABASE_URL=postgres://ann:a:b@db:5432/x', 'DATABASE_URL ann:a:b@db:5432/x prefer'],
    ['DATABASE_URL=postgres://ann:a$b@db/x', 'DATABASE_URL ann:a$b@db:5432/x prefer'],
    ['U=ann\nP=s3cret\nD=postgres://$U:$P@db:5432/$U', 'D ann:s3cret@db:5432/ann prefer'],
    ['U=ann\nD="postgres://$U:x\\$U@db/x"', 'D ann:x$U@db:5432/x prefer'],
    ["U=ann\nD='postgres://bob:x$U@db/x'", 'D bob:x$U@db:5432/x prefer'],
    ['E=\nD=postgres://ann:${E:-x}${E:+y}${N+z}@db/x', 'D ann:x@db:5432/x prefer'],
    ['DATABASE_URL: postgres://ann:x@db:5432/x', 'DATABASE_URL ann:x@db:5432/x prefer'],
    ['J=jdbc:postgresql://db/x?user=ann&password=a+b&ssl=true', 'J ann:a b@db:5432/x verify-full'],
    ["DSN=host=db dbname=x user=ann password='a b'", 'DSN ann:a b@db:5432/x prefer'],
  ])('gives the address in %j', ([text, expected]) => {
    expect(shown(text as string)).toEqual([expected]);
  });

  test('gives addresses and parts, each with the name it stood under', () => {
    const text = `
# POSTGRES_HOST=commented.example
ENCRYPTION_KEY=abc
DATABASE_URL=postgres://ann@one/x
REDIS_URL=redis://cache
POSTGRES_HOST=two
POSTGRES_PORT=6543
POSTGRES_USER=bob
POSTGRES_PASSWORD="p#a s:s@/"
POSTGRES_DB=ballast
PGHOST=three
PGUSER=carol
PGSSLMODE=verify-full
PGSSLROOTCERT=/etc/ca.crt`;
    expect(shown(text)).toEqual([
      'DATABASE_URL ann@one:5432/x prefer',
      'POSTGRES_HOST bob:p#a s:s@/@two:6543/ballast prefer',
      'PGHOST carol@three:5432/carol verify-full',
    ]);
  });

  test('whose address a password put into it spoils says so, and offers no other in its place', () => {
    const spoilt = [
      'POSTGRES_USER=ballast',
      'POSTGRES_PASSWORD=hunter2@ss/w#rd%41',
      'DATABASE_URL=postgresql://${POSTGRES_USER}:$POSTGRES_PASSWORD@db:5432/ballast',
    ].join('\n');
    const error = thrownBy(() => findConnections(spoilt));
    expect(error).toMatchObject({
      code: 'url-malformed',
      message: expect.stringContaining('DATABASE_URL: with POSTGRES_USER, POSTGRES_PASSWORD inserted'),
      remedy: expect.stringContaining('%40'),
    });
    expect(`${error.message} ${error.remedy}`).not.toContain('hunter2');
    const besides = findConnections(`${spoilt}\nPOSTGRES_HOST=db`);
    expect(besides).toMatchObject([{ from: 'POSTGRES_HOST', target: { host: 'db' } }]);
    expect(besides[0]?.notes.join()).toContain('skipped: DATABASE_URL');
  });

  test('says what went into an address, what did not, and what was assumed', () => {
    const notes = (text: string) => findConnections(text).map(({ notes }) => notes.join('; '));
    expect(notes('P=s3cret\nD=postgres://ann:$P@db/x')).toEqual(['P from the file was inserted']);
    expect(notes('D=postgres://ann:a$b${c}@db/x')).toEqual([
      '$b is not set earlier in the file and was not replaced; ${c} is not set earlier in the file and was not replaced',
    ]);
    expect(notes('POSTGRES_DB=x')).toEqual([
      'POSTGRES_HOST is not set in the file; localhost is assumed; POSTGRES_USER is not set in the file; postgres is assumed',
    ]);
    expect(notes('D=postgres://ann@db/x\nPOSTGRES_USER=ann\nPOSTGRES_PASSWORD=x')).toEqual(['']);
  });

  test.for([
    // Laravel, Coolify
    [
      'DB_CONNECTION=pgsql\nDB_HOST=db\nDB_PORT=5433\nDB_DATABASE=app\nDB_USERNAME=svc\nDB_PASSWORD=x',
      'DB_HOST svc:x@db:5433/app prefer',
    ],
    // FastAPI’s template
    [
      'POSTGRES_SERVER=db\nPOSTGRES_USER=svc\nPOSTGRES_DB=app\nPOSTGRES_PASSWORD=x',
      'POSTGRES_SERVER svc:x@db:5432/app prefer',
    ],
    // n8n
    [
      'DB_TYPE=postgresdb\nDB_POSTGRESDB_HOST=db\nDB_POSTGRESDB_DATABASE=n8n\nDB_POSTGRESDB_USER=svc\nDB_POSTGRESDB_PASSWORD=x',
      'DB_POSTGRESDB_HOST svc:x@db:5432/n8n prefer',
    ],
    [
      'ACME_DATABASE_HOSTNAME=db\nACME_DATABASE_NAME=app\nACME_DATABASE_USER=svc',
      'ACME_DATABASE_HOSTNAME svc@db:5432/app prefer',
    ],
    // Spring, Quarkus
    [
      'SPRING_DATASOURCE_URL=jdbc:postgresql://db/app\nSPRING_DATASOURCE_USERNAME=svc\nSPRING_DATASOURCE_PASSWORD=x',
      'SPRING_DATASOURCE_URL svc:x@db:5432/app prefer',
    ],
    [
      'QUARKUS_DATASOURCE_JDBC_URL=jdbc:postgresql://db/app\nQUARKUS_DATASOURCE_USERNAME=svc',
      'QUARKUS_DATASOURCE_JDBC_URL svc@db:5432/app prefer',
    ],
    [
      'NOTE="an example:\nDATABASE_URL=postgres://eve@elsewhere/x\n"\nDATABASE_URL=postgres://ann@db/x',
      'DATABASE_URL ann@db:5432/x prefer',
    ],
    ['NOTE="not closed\nDATABASE_URL=postgres://ann@db/x', 'DATABASE_URL ann@db:5432/x prefer'],
  ])('gives the database of an application as that would have it: %j', ([text, expected]) => {
    expect(shown(text as string)).toEqual([expected]);
  });

  test.for([
    'DB_CONNECTION=mysql\nDB_HOST=db\nDB_DATABASE=app\nDB_USERNAME=svc',
    'DB_HOST=db\nDB_PORT=3306\nDB_NAME=app\nDB_USER=svc',
    'DATABASE_TYPE=sqlite\nDATABASE_NAME=app.db',
  ])('of another kind of database gives none: %j', (text) => {
    expect(() => findConnections(text)).toThrowError('contains no PostgreSQL connection');
  });

  test.for([
    ['POSTGRES_MASTER_HOSTS=a,b\nPOSTGRES_DB=app\nPOSTGRES_USER=svc', 'POSTGRES_MASTER_HOSTS'],
    ['DB_HOST=db\nDB_NAME=app\nDB_USER_FILE=/run/secrets/user', 'DB_USER_FILE'],
    ['PGSERVICE=prod\nPGUSER=svc', 'PGSERVICE'],
  ])('is asked about where another variable may say what is missing: %j', ([text, name]) => {
    const error = thrownBy(() => findConnections(text as string));
    expect(error).toMatchObject({ code: 'url-malformed', message: expect.stringContaining(name as string) });
  });

  test('says whose name stands for a database and a user that are not named', () => {
    const notes = (text: string) => findConnections(text)[0]?.notes.join('; ');
    expect(notes('DB_HOST=db\nDB_USERNAME=svc')).toContain('the name of the user is assumed');
    expect(notes('DATABASE_URL=postgres://db/app')).toContain('names no user');
    expect(notes('A_URL=postgres://db/app\nA_USERNAME=svc\nA_PASSWORD=x')).toBe(
      'A_USERNAME, A_PASSWORD from the file are used, since the connection string has none',
    );
  });

  test('that only sets up a container leads to this machine', () => {
    expect(shown('POSTGRES_USER=ballast\nPOSTGRES_PASSWORD=x')).toEqual([
      'POSTGRES_USER ballast:x@localhost:5432/ballast prefer',
    ]);
  });
});

describe('a .pgpass', () => {
  test('gives its lines, but those that stand for any host or user', () => {
    const text = [
      '# mine',
      'db.example.org:5432:ballast:ann:s3cret',
      '',
      'fe80\\:\\:1:*:*:bob:with\\:colon\\\\and back',
      '*:5432:ballast:ann:x',
      'db:5432:ballast:*:x',
    ].join('\n');
    expect(shown(text)).toEqual([
      'line 2 ann:s3cret@db.example.org:5432/ballast prefer',
      'line 4 bob:with:colon\\and back@fe80::1:5432/bob prefer',
    ]);
  });
});

describe('a pg_service.conf', () => {
  test('gives its services', () => {
    const text = `
# services
[production]
host=db.example.org
port=6432
dbname=ballast
user=ann
sslmode=verify-full
sslrootcert=/etc/ca.crt
options=-c x=1
keepalives_count=3

[test]
hostaddr = 10.0.0.4
user=bob
password=s3cret

[empty]
`;
    expect(shown(text)).toEqual([
      '[production] ann@db.example.org:6432/ballast verify-full',
      '[test] bob:s3cret@10.0.0.4:5432/bob prefer',
    ]);
  });
});

describe('a file', () => {
  test.for(['', 'just words', 'PATH=/bin\nPGPASSWORD=x', '*:*:*:*:x', '\u0000\u0001\u0002'])(
    'without any address (%j) is told as such',
    (text) => {
      expect(() => findConnections(text)).toThrowError(
        expect.objectContaining({ code: 'url-malformed', remedy: expect.stringContaining('.env') }),
      );
    },
  );

  test('whose only address cannot be read says why, without its password', () => {
    for (const text of [
      'DATABASE_URL=postgres://ann:hunter2@x@db/y',
      '[a]\nhost=db\npassword=hunter2\nsslmode=maybe',
      'POSTGRES_HOST=db\nPOSTGRES_PORT=many\nPOSTGRES_PASSWORD=hunter2',
    ]) {
      const error = thrownBy(() => findConnections(text));
      expect(error).toMatchObject({ code: 'url-malformed' });
      expect(`${error.message} ${error.remedy}`).not.toContain('hunter2');
    }
  });

  test('is read from disk, or said why not', async ({ folder }) => {
    const path = join(folder, '.env');
    await writeFile(path, 'DATABASE_URL=postgres://ann@db/x');
    expect(await readConnectionFile(path)).toMatchObject([{ from: 'DATABASE_URL', target: { host: 'db' } }]);
    await truncate(path, 2 << 20);
    for (const bad of [path, folder, join(folder, 'none')]) {
      await expect(readConnectionFile(bad)).rejects.toMatchObject({
        code: 'key-file-unreadable',
        message: expect.stringContaining(bad),
      });
    }
  });

  test('gives what can be used beside what cannot', () => {
    const text = `A=postgres://ann@db/${'x'.repeat(64)}\nB=postgres://ann:a@b@db/x\nC=postgres://ann@db/x`;
    expect(shown(text)).toEqual(['C ann@db:5432/x prefer']);
  });

  test('with endless entries gives the first of them', () => {
    const text = Array.from({ length: 5000 }, (_, n) => `[s${n}]\nhost=db${n}`).join('\n');
    expect(findConnections(text)).toHaveLength(50);
  });
});

function thrownBy(work: () => unknown): Error & { remedy?: string } {
  try {
    work();
  } catch (error) {
    return error as Error;
  }
  throw new Error('nothing was thrown');
}
