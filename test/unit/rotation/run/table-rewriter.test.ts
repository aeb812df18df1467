import { createCipheriv, randomBytes } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { EncryptionKey } from '#crypto/encryption-key';
import type { Field } from '#postgres/copy-binary';
import type { KeyPair, WrittenUnder } from '#rotation/run/decision';
import { type CounterOptions, FormCounter } from '#rotation/run/form-counter';
import { readSource, selectSource } from '#rotation/run/source-query';
import { rewriteRows, type SourceRow } from '#rotation/run/table-rewriter';
import { ValueCounts } from '#rotation/run/value-counts';
import { openBase64 } from '#test/support/databases/foreign-database';
import { targetOf } from '../table-target.ts';

const [from, to, stranger] = [randomBytes(32), randomBytes(32), randomBytes(32)];
const keys = (more: Partial<KeyPair> = {}): KeyPair => ({
  from: new EncryptionKey(Buffer.from(from)),
  to: new EncryptionKey(Buffer.from(to)),
  toMayBePresent: false,
  inDoubt: 'stop',
  ...more,
});
function under(key: Buffer, text: string): string {
  const iv = randomBytes(16);
  const cipher = createCipheriv('aes-256-cfb', key, iv);
  return Buffer.concat([iv, cipher.update(text), cipher.final()]).toString('base64');
}
/** A value that a key makes something else of than letters. */
function noiseUnder(key: Buffer, text: string): string {
  for (;;) {
    const cell = under(stranger, text);
    if (Buffer.from(openBase64(cell, key), 'latin1').some((byte) => byte < 0x09 || byte > 0xf8)) return cell;
  }
}

const table = targetOf({ s: ['base64'], doc: ['$.x base64', '$.y base64'] });
const cell = (text: string | null): Field => (text === null ? null : Buffer.from(text));
const source = (s: string | null, doc: string | null = null, writtenUnder?: WrittenUnder): SourceRow => ({
  identity: [Buffer.from([0, 0, 0, 1])],
  cells: [cell(s), cell(doc)],
  writtenUnder,
});

async function rewrite(
  rows: readonly SourceRow[],
  pair = keys(),
  { countUntouched = false, ...options }: Partial<CounterOptions> & { countUntouched?: boolean } = {},
) {
  const counters = table.columns.map(({ forms }) =>
    forms.map((form) => new FormCounter(form, table.identity, { excluded: false, ...options })),
  );
  const counts = new ValueCounts(table);
  const changed = await rewriteRows(table, pair, rows, counters, counts, countUntouched);
  return { changed, counts, counters, secret: counters[0]?.[0] as FormCounter };
}
const long = 'correct horse battery staple';

describe('of rows', () => {
  test('those change that hold a value under the old key, and everything around it stays', async () => {
    const doc = `{"x": "${under(from, long)}",  "y": "${under(to, long)}", "z": 1}`;
    const { changed, counts } = await rewrite(
      [source(under(from, long), doc), source(null, null), source(under(to, long))],
      keys({ toMayBePresent: true }),
    );
    expect(changed).toHaveLength(1);
    const row = changed[0] as (typeof changed)[number];
    const [s, fresh] = row.fresh as [Buffer, Buffer];
    expect(openBase64(String(s), to)).toBe(long);
    const [x, y] = [...String(fresh).matchAll(/"[xy]": "([^"]+)"/g)].map(([, value]) => value) as [
      string,
      string,
    ];
    expect(openBase64(x, to)).toBe(long);
    expect(String(fresh).replace(x, '').length).toBe(doc.length - x.length);
    expect(doc).toContain(y);
    // of the three values the last was left
    expect(row.left).toEqual(Buffer.from([0, 0, 1]));
    expect([counts.at(0, 0), counts.at(1, 0), counts.at(1, 1)]).toEqual([
      { rewritten: 1, left: 0 },
      { rewritten: 1, left: 0 },
      { rewritten: 0, left: 1 },
    ]);
  });

  test('those without a note are rewritten as a whole, and those untouched count where that is asked', async () => {
    const rows = [source(under(from, long)), source(under(to, long)), source(null)];
    const both = keys({ toMayBePresent: true });
    const { changed, counts } = await rewrite(rows, both, { countUntouched: true });
    expect(changed.map(({ left }) => left)).toEqual([null]);
    expect(changed[0]?.fresh[1]).toBeNull();
    expect(counts.at(0, 0)).toEqual({ rewritten: 1, left: 1 });
    expect((await rewrite(rows, both)).counts.at(0, 0)).toEqual({ rewritten: 1, left: 0 });
  });
});

describe('a value that is too short to tell', () => {
  const leaving = { leavesShort: true, vouchedFrom: 6 };

  test('is left where that was asked, unless the row’s writer is known', async () => {
    const { secret, changed } = await rewrite([source(under(from, 'ab'))], keys(), leaving);
    expect([changed.length, secret.leftShort]).toEqual([0, 1]);
    const both = keys({ toMayBePresent: true });
    const known = await rewrite([source(under(from, 'ab'), null, 'from')], both, leaving);
    expect([known.changed.length, known.secret.leftShort]).toEqual([1, 0]);
  });

  test('is no such value where the old key does not open it, or it is under the new one', async () => {
    const noise = await rewrite([source(noiseUnder(from, 'abcd'))], keys(), leaving);
    expect([noise.secret.leftShort, noise.secret.unopened]).toEqual([0, 1]);
    const rows = [source(under(to, long)), source(under(from, ''))];
    const { secret, changed } = await rewrite(rows, keys({ toMayBePresent: true }), leaving);
    expect([changed.length, secret.leftShort]).toEqual([0, 0]);
    expect([secret.already, secret.empty]).toEqual([1, 1]);
  });
});

test('the new key is asked why the old one opens a value, also where it cannot have been used', async () => {
  const { secret } = await rewrite([source(under(to, long)), source(under(stranger, long))]);
  expect([secret.underTo, secret.unopened]).toEqual([1, 2]);
});

test('how values are spelled is seen of those that a key opens', async () => {
  const { secret } = await rewrite([source(under(stranger, long)), source('no ciphertext')]);
  expect(secret.spelling.isAlphabetUntold).toBe(false);
  const plain = async (pattern: RegExp) => {
    for (;;) {
      const text = under(from, 'hunter2');
      if (pattern.test(text)) return (await rewrite([source(text)])).secret.spelling.isAlphabetUntold;
    }
  };
  expect([await plain(/^[A-Za-z0-9=]+$/), await plain(/[+/]/)]).toEqual([true, false]);
});

test('where no value shows the alphabet, new ones are in both, and what cannot be is counted', async () => {
  const written = { inEither: true, isUpper: undefined };
  const rows = Array.from({ length: 5 }, () => source(under(from, 'hunter2')));
  const plain = rows.filter(({ cells: [text] }) => /^[A-Za-z0-9=]+$/.test(String(text)));
  const { changed, secret } = await rewrite(plain, keys(), { written });
  for (const { fresh } of changed) expect(String(fresh[0])).toMatch(/^[A-Za-z0-9=]+$/);
  expect(changed.length + secret.unspelled).toBe(plain.length);
});

test('a value that shows its alphabet itself is written as it comes, however long it is', async () => {
  const written = { inEither: true, isUpper: undefined };
  const { changed, secret } = await rewrite([source(under(from, 'x'.repeat(5_000)))], keys(), { written });
  expect([changed.length, secret.unspelled]).toEqual([1, 0]);
});

describe('rows are read', () => {
  test('with a mark, their key and their cells, where any of these holds something', () => {
    const sql = selectSource(table, { mark: 'true' });
    expect(sql).toMatch(/^SELECT true, t\."id", .* FROM ONLY "public"\."t" AS t WHERE \(.+\) AND \(true\)$/);
    expect(selectSource(table, { mark: 'false', condition: 't.n = 1' })).toMatch(/AND \(t\.n = 1\)$/);
  });

  test.each([
    [Buffer.from([1]), 'to'],
    [Buffer.from([0]), undefined],
    [null, undefined],
  ] as const)('a mark of %o says %s', (mark, writtenUnder) => {
    const fields = [mark, Buffer.from('id'), Buffer.from('s'), null, Buffer.from('more')];
    expect(readSource(table, fields, 'to')).toEqual({
      writtenUnder,
      identity: [Buffer.from('id')],
      cells: [Buffer.from('s'), null],
    });
  });
});
