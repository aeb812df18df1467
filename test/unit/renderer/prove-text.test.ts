import { describe, expect, test } from 'vitest';
import type { ColumnProof, Proof } from '#contract/shapes';
import {
  columnKey,
  columnName,
  formInWords,
  layoutInWords,
} from '../../../src-renderer/components/column-text.ts';
import { candidatesOf } from '../../../src-renderer/screens/prove/candidates.ts';
import {
  excludedName,
  foreignColumns,
  isLeft,
  verdictInWords,
} from '../../../src-renderer/screens/prove/proof-text.ts';
import { reviewRows } from '../../../src-renderer/screens/prove/review.ts';

const entry = {
  schema: 'public',
  table: 'source_connection',
  column: 'credentials',
  layout: 'base64',
  kind: 'credentials',
} as const;

const column = (counts: Partial<ColumnProof>): ColumnProof => ({
  entry,
  verdict: 'correct',
  rows: 0,
  proven: 0,
  contradicted: 0,
  inconclusive: 0,
  unrecognised: 0,
  bits: 0,
  ...counts,
});
const words = (proof: Proof, excluded: readonly string[] = []) =>
  verdictInWords(proof, foreignColumns(proof, excluded));

describe('a verdict says what is true', () => {
  test('of the right key', () => {
    const columns = [column({ rows: 312, proven: 300, inconclusive: 12 })];
    const said = words({ verdict: 'correct', bits: 18_412.9, columns });
    expect(said).toMatchObject({ tone: 'good', title: 'Correct' });
    expect(said.says).toBe('It decrypts 312 of 312 values.');
  });

  test('of a wrong key, where nothing is foreign since nothing opens', () => {
    const proof: Proof = {
      verdict: 'wrong',
      bits: 0,
      columns: [column({ verdict: 'wrong', rows: 10, contradicted: 9, inconclusive: 1 })],
    };
    expect(words(proof)).toMatchObject({ tone: 'stop', title: 'Wrong' });
    expect(words(proof).says).toContain('9 of 10 values decrypt to noise');
    expect(foreignColumns(proof, [])).toEqual([]);
  });

  test('of columns in another form than the inventory says, which are not offered to be left', () => {
    const columns = [column({ verdict: 'wrong', rows: 10, contradicted: 10, hint: 'they open as CFB8' })];
    const proof: Proof = { verdict: 'mixed', bits: 900, columns };
    expect(foreignColumns(proof, [])).toEqual([]);
    expect(words(proof).says).toContain('The format of 1 column most likely differs');
    expect(words({ ...proof, verdict: 'wrong' })).toMatchObject({ tone: 'warn', title: 'Inconclusive' });
  });

  test('of two keys in one column, before and after the others are left by name', () => {
    const proof: Proof = {
      verdict: 'mixed',
      bits: 900,
      columns: [column({ verdict: 'mixed', rows: 100, proven: 96, contradicted: 3, unrecognised: 1 })],
    };
    expect(words(proof)).toMatchObject({ tone: 'warn', title: 'Partial match' });
    expect(words(proof).says).toContain('The other 4 do not decrypt with this key');
    expect(words(proof, [excludedName(entry)])).toMatchObject({
      tone: 'good',
      title: 'Correct, with exclusions',
    });
  });

  test('of columns without values, too little evidence, and a layout that does not fit', () => {
    expect(words({ verdict: 'inconclusive', bits: 0, columns: [column({ verdict: 'empty' })] }).title).toBe(
      'Nothing to prove it against',
    );
    const short = {
      verdict: 'inconclusive',
      bits: 3,
      columns: [column({ rows: 2, inconclusive: 2 })],
    } as const;
    expect(words({ ...short, columns: [...short.columns] }).says).toContain('too few or too short');
    const odd = words({ verdict: 'inconclusive', bits: 0, columns: [column({ rows: 5, unrecognised: 5 })] });
    expect(odd.says).toBe('5 values do not have the format that the inventory says.');
  });
});

test('a column is left under each name that means it', () => {
  const meant = ['source_connection', 'source_connection.credentials', 'public.source_connection'];
  for (const name of [...meant, excludedName(entry)]) expect(isLeft([name], entry)).toBe(true);
  for (const name of ['credentials', 'other.source_connection', 'source'])
    expect(isLeft([name], entry)).toBe(false);
});

test('looking again never drops a column of the inventory in silence', () => {
  const other = { ...entry, table: 'oauth_token', column: 'access_token' };
  const rows = reviewRows(
    { proposed: [{ entry, why: 'opens 5 of 5' }], unresolved: [], unopened: [], skipped: [] },
    [entry, other],
  );
  expect(rows.map(({ key }) => key)).toEqual([columnKey(entry), columnKey(other)]);
  expect(rows[1]?.why).toContain('not found in the samples this time');
});

test('a column that is found in another form replaces the one of the inventory, and says so', () => {
  const found = { ...entry, layout: 'base64 cfb8' };
  const discovery = {
    proposed: [{ entry: found, why: 'opens 5 of 5' }],
    unresolved: [],
    unopened: [],
    skipped: [],
  };
  expect(reviewRows(discovery, [entry])).toEqual([
    { key: columnKey(entry), entry: found, why: 'opens 5 of 5', formBefore: 'base64, IV first' },
  ]);
  const leaf = { ...entry, path: '$.token' };
  expect(reviewRows({ ...discovery, proposed: [{ entry: leaf, why: '' }] }, [entry])).toHaveLength(1);
});

test('a known column whose form is not certain is kept, and says where to read on', () => {
  const discovery = { proposed: [], unresolved: [{ entry, why: '' }], unopened: [], skipped: [] };
  expect(reviewRows(discovery, [entry])[0]?.why).toContain('its format is uncertain');
});

test('once a key is active, no other one is proven; before that the newest comes first', () => {
  const key = (fingerprint: string, state: 'pending' | 'active' | 'retired') => ({
    fingerprint,
    state,
    createdAt: '2026-01-01T00:00:00Z',
    proofs: [],
  });
  const pending = [key('a', 'pending'), key('b', 'pending')];
  expect(candidatesOf(pending).map(({ fingerprint }) => fingerprint)).toEqual(['b', 'a']);
  expect(candidatesOf([...pending, key('c', 'active')]).map(({ fingerprint }) => fingerprint)).toEqual(['c']);
  expect(candidatesOf([key('d', 'retired')])).toEqual([]);
});

test.each([
  ['base64', 'base64, IV first'],
  ["'ENC:' hex cfb8", 'after “ENC:”, hex, IV first, CFB8'],
  ["'it''s ' raw pkcs7", "after “it's ”, bytes, IV first, padded"],
  ['something-new odd', 'something-new, odd'],
  ['base32 zero-padding', 'base32, IV first, padded with zeros'],
  ['"{body+iv base64}" cfb8', 'base64, IV last, CFB8'],
  ['"secret={iv+body base64};{*}"', 'base64, IV first, in “secret=…;…”'],
  ['"$ENC${iv hex}${body base64}"', 'IV in hex, ciphertext in base64, in “$ENC$…$…”'],
  ['"{4+iv+body raw}" pkcs7', 'bytes, IV after 4 bytes, padded'],
  ['"{{""{[2a2a]+salt+iv+body base64}}}"', 'base64, IV after salt, in “{"…}”'],
])('the layout %s is said as %s', (layout, said) => {
  expect(layoutInWords(layout)).toBe(said);
});

test('where the IV is, if not beside the ciphertext, is a part of the form', () => {
  const layout = '"{body base64}"';
  expect(formInWords({ layout, iv: { column: 'secret_iv', layout: '"{iv hex}"' } })).toBe(
    'base64, IV in secret_iv',
  );
  expect(formInWords({ layout, iv: { path: '$.meta.iv' } })).toBe('base64, IV in $.meta.iv');
  expect(formInWords({ layout, iv: { fixed: 'zero' } })).toBe('base64, IV of zero bytes');
  expect(formInWords({ layout: 'hex' })).toBe('hex, IV first');
});

test('a column is named with its schema only where that is not the usual one', () => {
  expect(columnName(entry)).toBe('source_connection.credentials');
  expect(columnName({ ...entry, schema: 'tenant', path: '$.token' })).toBe(
    'tenant.source_connection.credentials $.token',
  );
});
