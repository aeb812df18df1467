import { describe, expect, test } from 'vitest';
import type { Census, CensusPlace } from '#census/census-result';
import { generateEncryptionKey } from '#crypto/encryption-key';
import type { Finding } from '#rewrite/finding';
import { censusFindings, checkCensus } from '#rotation/preflight/census';
import { describePlace } from '#rotation/preflight/describe-place';
import { nestedFindings } from '#rotation/preflight/nested';
import { saying } from '#test/saying';

const now = () => new Date().toISOString();

const censusOf = (places: readonly CensusPlace[], more: Partial<Census> = {}): Census => ({
  keys: ['aaaa'],
  opened: ['aaaa'],
  places,
  unread: [],
  tables: 41,
  cells: 9,
  bytes: 3 << 19,
  scope: '',
  beganAt: now(),
  endedAt: now(),
  ...more,
});

const place = (table: string, more: Partial<CensusPlace> = {}): CensusPlace => ({
  schema: 'public',
  table,
  column: 's',
  form: 'base64',
  key: 'aaaa',
  values: 3,
  inInventory: false,
  rows: ['id=1', 'id=2', 'id=3'],
  certain: true,
  bits: 90,
  ...more,
});
const proposal = (table: string, layout = 'base64') => ({
  schema: 'public',
  table,
  column: 's',
  layout,
  kind: 'unknown' as const,
});
const listed = place('vault', { inInventory: true });
const told = (findings: readonly Finding[]) => findings.map(({ level, code }) => `${level} ${code}`);

describe('of what a census found', () => {
  test('values of the inventory alone are no finding, and the pass says how much was read', () => {
    const findings = censusFindings(censusOf([listed]), []);
    expect(told(findings)).toEqual(['pass unlisted-columns']);
    expect(findings[0]?.message).toContain(
      'every cell in the 41 tables that this role may read was read, 1.5 MiB',
    );
    expect(censusFindings(censusOf([], { tables: 1, bytes: 20 << 20 }), [])[0]?.message).toContain(
      'in the 1 table that this role may read was read, 20 MiB',
    );
    expect(censusFindings(censusOf([], { bytes: 10 << 20 }), [])[0]?.message).toContain(', 10 MiB');
  });

  test('places beside the inventory stop it, each with the entries that would take it in', () => {
    const other = place('other', { proposal: proposal('other'), otherForms: [proposal('other', 'hex')] });
    const third = place('third', { values: 1, rows: [] });
    const findings = censusFindings(censusOf([listed, other, third]), []);
    expect(told(findings)).toEqual(['stop unlisted-columns']);
    expect(findings[0]).toMatchObject({
      message: expect.stringMatching(
        /: public\.other\.s \(3 values, such as id=1, id=2\); public\.third\.s \(1 value\)$/,
      ),
      places: [
        { name: 'public.other.s', proposal: proposal('other') },
        { name: 'public.other.s', proposal: proposal('other', 'hex') },
        { name: 'public.third.s' },
      ],
    });
    expect(findings[0]?.places?.[2]).not.toHaveProperty('proposal');
  });

  test('places that the admin leaves are a warning, the others stay a stop', () => {
    const census = censusOf([place('other'), place('third')]);
    const findings = censusFindings(census, ['other']);
    expect(told(findings)).toEqual(['stop unlisted-columns', 'warn left-under-old-key']);
    expect(findings.map(({ places }) => places)).toEqual([
      [{ name: 'public.third.s' }],
      [{ name: 'public.other.s' }],
    ]);
    expect(findings[0]?.message).not.toContain('other');
    expect(findings[1]?.message).toContain('public.other.s');
    expect(findings[1]?.message).not.toContain('third');
    expect(told(censusFindings(census, ['other', 'third.s']))).toEqual(['warn left-under-old-key']);
  });

  test('rows that the inventory misreads stop it by themselves', () => {
    const misread = place('vault', { isMisread: true, values: 1, rows: ['id=7'] });
    const more = place('vault', { isMisread: true, column: 't' });
    const findings = censusFindings(censusOf([misread, more]), ['vault']);
    expect(told(findings)).toEqual(['stop iv-unresolved']);
    expect(findings[0]).toMatchObject({
      message: expect.stringMatching(
        /: public\.vault\.s \(1 row, such as id=7\); public\.vault\.t \(3 rows, such as id=1, id=2\)$/,
      ),
      places: [{ name: 'public.vault.s' }, { name: 'public.vault.t' }],
    });
  });

  test('a column that the server computes follows only the rows of a table that is rewritten', () => {
    const computed = (table: string, more: Partial<CensusPlace> = {}) =>
      place(table, { column: 'copy', isComputed: true, ...more });
    const findings = censusFindings(censusOf([listed, computed('vault')]), []);
    expect(told(findings)).toEqual(['pass computed-columns', 'pass unlisted-columns']);
    expect(findings[0]?.message).toContain('computes public.vault.copy (3 values');
    for (const elsewhere of [computed('other'), computed('vault', { schema: 'second' }), place('vault')])
      expect(told(censusFindings(censusOf([listed, elsewhere]), []))).toEqual(['stop unlisted-columns']);
    const unlisted = censusOf([place('vault'), computed('vault')]);
    expect(censusFindings(unlisted, [])[0]?.message).toContain('public.vault.copy');
  });

  test('values within those of the inventory are told as nested, and others as beside it', () => {
    const within = (outerListed: boolean) => place('vault', { nested: { depth: 2, outerListed } });
    expect(told(censusFindings(censusOf([listed, within(true)]), []))).toEqual(['stop nested-values']);
    expect(told(censusFindings(censusOf([listed, within(false)]), []))).toEqual(['stop unlisted-columns']);
    expect(told(censusFindings(censusOf([within(true)]), ['public.vault.s:decrypted']))).toEqual([
      'warn nested-under-old-key',
    ]);
  });

  test('values that are too few to tell are a warning that names them', () => {
    const findings = censusFindings(censusOf([listed], { possible: [place('other')] }), []);
    expect(told(findings)).toEqual(['warn possible-values']);
    expect(findings[0]).toMatchObject({
      message: expect.stringContaining('public.other.s (3 values'),
      places: [{ name: 'public.other.s' }],
    });
    expect(told(censusFindings(censusOf([listed], { possible: [] }), []))).toEqual(['pass unlisted-columns']);
  });

  test('what was not read stops it until the admin leaves it by the name it is told under', () => {
    const unread = [
      { schema: 'public', table: 'far', reason: 'a foreign table' },
      { schema: 'public', table: 'near', column: 'n', reason: 'no SELECT' },
      { reason: 'large objects' },
    ];
    const census = censusOf([], { unread });
    const [first, ...rest] = censusFindings(census, []);
    expect(rest).toEqual([]);
    expect(first).toMatchObject({
      level: 'stop',
      code: 'not-read',
      message: expect.stringMatching(
        /: public\.far \(a foreign table\); public\.near\.n \(no SELECT\); large objects \(large objects\)$/,
      ),
      places: [{ name: 'public.far' }, { name: 'public.near.n' }, { name: 'large objects' }],
    });
    const some = censusFindings(census, ['public.far', 'large objects']);
    expect(told(some)).toEqual(['stop not-read', 'warn left-unread']);
    expect(some.map(({ places }) => places?.map(({ name }) => name))).toEqual([
      ['public.near.n'],
      ['public.far', 'large objects'],
    ]);
    expect(some[1]?.message).toContain('public.far (a foreign table); large objects');
  });
});

describe('a place is described', () => {
  test.each<[string, Partial<CensusPlace>]>([
    ['public.t.s (3 values, such as id=1, id=2)', {}],
    ['public.t.s (1 value)', { values: 1, rows: [] }],
    ['public.t.s $.a (3 values, such as id=1, id=2)', { path: '$.a' }],
    [
      'public.t.s (3 values nested in its decrypted values)',
      { rows: [], nested: { depth: 1, outerListed: true } },
    ],
    [
      'public.t.s (3 values nested in its decrypted values, up to 2 layers deep, such as id=1, id=2)',
      { nested: { depth: 2, outerListed: true } },
    ],
  ])('as %s', (words, more) => {
    expect(describePlace(place('t', more))).toBe(words);
  });

  test('with what Keel cannot do there', () => {
    const { form: _, ...formless } = place('t', { rows: [] });
    expect(describePlace(formless)).toBe('public.t.s (3 values, in a format that Keel cannot rewrite)');
    expect(describePlace({ ...formless, isComputed: true })).toBe('public.t.s (3 values)');
    expect(describePlace(place('pg_largeobject', { rows: [] }))).toBe(
      'large objects, public.pg_largeobject.s (3 values)',
    );
  });
});

test('nested values are left by the name of what they are within, and the remedy names each once', () => {
  const nested = (column: string, path?: string) => ({
    ...place('vault', { column, rows: [] }),
    ...(path !== undefined && { path }),
    nested: { depth: 1, outerListed: true },
  });
  const places = [nested('s', '$.a'), nested('s', '$.b'), nested('t')];
  const [missing, left, ...rest] = nestedFindings(places, ['public.vault.t:decrypted']);
  expect(rest).toEqual([]);
  expect(missing).toMatchObject({
    level: 'stop',
    code: 'nested-values',
    message: expect.stringContaining('public.vault.s $.a (3 values nested'),
    remedy: saying(/public\.vault\.s:decrypted/),
    places: [{ name: 'public.vault.s:decrypted' }, { name: 'public.vault.s:decrypted' }],
  });
  expect(missing?.message).toContain('; public.vault.s $.b');
  expect(missing?.message).not.toContain('vault.t');
  expect(missing?.remedy).not.toEqual(saying(/decrypted.*decrypted/));
  expect(left).toMatchObject({
    level: 'warn',
    code: 'nested-under-old-key',
    message: expect.stringContaining('public.vault.t (3 values nested'),
    places: [{ name: 'public.vault.t:decrypted' }],
  });
  expect(left?.message).not.toContain('vault.s');
  expect(nestedFindings([], ['public.vault.t:decrypted'])).toEqual([]);
});

describe('a census that is known', () => {
  /** A client that cannot be asked: whoever reads the database fails. */
  const silent = { query: () => Promise.reject(new Error('the database was read')) } as never;
  const [from, to] = [generateEncryptionKey(), generateEncryptionKey()];
  const check = (known: Census, toMayBePresent = false) =>
    checkCensus(silent, {
      keys: { from, to, toMayBePresent, inDoubt: 'stop' },
      inventory: { version: 1, columns: [] },
      left: [],
      known,
    });
  const known = (opened: readonly string[], more: Partial<Census> = {}) =>
    censusOf([], { keys: [from.fingerprint], opened, ...more });

  test('is used where it opened values with every key that may be there', async () => {
    const both = [from.fingerprint, to.fingerprint];
    const census = known(both, { beganAt: new Date(Date.now() - 29 * 60_000).toISOString() });
    expect(await check(census, true)).toMatchObject({ census });
    expect(await check(known([from.fingerprint]))).toMatchObject({ findings: [{ level: 'pass' }] });
    await expect(check(known([from.fingerprint]), true)).rejects.toThrow();
  });

  test('says in each finding when it began, to the minute', async () => {
    const beganAt = new Date(Date.now() - 60_000).toISOString();
    const { findings } = await check(known([], { beganAt, possible: [place('other')] }));
    expect(findings.map(({ message }) => message)).toEqual([
      expect.stringContaining(
        `; read by the preflight that began at ${beganAt.slice(0, 10)} ${beganAt.slice(11, 16)} UTC: rows`,
      ),
    ]);
  });
});
