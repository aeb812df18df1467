import { describe, expect, test } from 'vitest';
import { parseFleetList, parseServerList } from '#fleet/fleet-list';
import { parseDatabaseUrl } from '#postgres/target';

const own = { host: 'db1', port: 5432, database: 'org_1', user: 'ballast', sslmode: 'require' } as const;
const read = (text: string) => parseDatabaseUrl(text, {});
const parse = (text: string) => parseFleetList(text, 'list', own, read);

describe('a list of databases', () => {
  test('may have comments, blank lines and repeats, but not be empty', () => {
    expect(parse('\uFEFForg_a # first\r\n\n#none\norg_b\norg_a\n').names).toEqual(['org_a', 'org_b']);
    expect(() => parse('# nothing\n')).toThrow(expect.objectContaining({ code: 'usage' }));
  });

  test('may name each by an address, with a role and an sslmode of its own', () => {
    const { names, databases } = parse(
      [
        'org_a',
        'postgres://second@db2:5433/org_b?sslmode=verify-full',
        'host=db3 dbname=org_c user=third sslmode=disable',
        'postgresql+asyncpg://fourth@DB1/org_d',
        'db2:5433/org_e',
      ].join('\n'),
    );
    expect(names).toEqual(['org_a', 'db2:5433/org_b', 'db3:5432/org_c', 'org_d', 'db2:5433/org_e']);
    expect(databases.get('db2:5433/org_b')).toMatchObject({ user: 'second', sslmode: 'verify-full' });
    expect(databases.get('db3:5432/org_c')).toMatchObject({ user: 'third', sslmode: 'disable' });
    // on the environment's own server, as another role
    expect(databases.get('org_d')).toMatchObject({ host: 'DB1', user: 'fourth' });
    expect(databases.has('org_a')).toBe(false);
  });

  test('that has a line which is no address says which, and not what is in it', () => {
    const wrong = () => parse('org_a\n\npostgres://me:hunter2@db2:99999/org_b\n');
    expect(wrong).toThrow(expect.objectContaining({ code: 'url-malformed' }));
    expect(wrong).toThrow(/^line 3 of list: /);
    expect(wrong).not.toThrow(/hunter2/);
  });
});

describe('a list of servers', () => {
  const servers = (text: string) => parseServerList(text, 'list', own, read);

  test('is an address of each', () => {
    expect(servers('postgres://a@db2/postgres\n# old\nhost=db3 port=5433 dbname=x user=b\n')).toMatchObject([
      { host: 'db2', port: 5432, user: 'a' },
      { host: 'db3', port: 5433, user: 'b' },
    ]);
  });

  test.for([
    ['is empty', '# none\n', /contains no server/],
    ['names one twice', 'postgres://a@db2/x\npostgres://b@DB2:5432/y\n', /contains db2:5432 more than once/],
    ['names the environment’s own', 'postgres://a@db1/x\n', /db1:5432, the environment’s own server/],
  ] as const)('that %s is refused', ([, text, message]) => {
    expect(() => servers(text)).toThrow(message);
  });
});
