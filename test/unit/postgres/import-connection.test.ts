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
