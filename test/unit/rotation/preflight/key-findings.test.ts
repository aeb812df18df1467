import { describe, expect, test } from 'vitest';
import { generateEncryptionKey } from '#crypto/encryption-key';
import type { ColumnProof, Proof } from '#proof/prove';
import type { Finding } from '#rewrite/finding';
import { oldKeyFindings } from '#rotation/preflight/key';
import type { KeyPair } from '#rotation/run/decision';
import { saying } from '#test/saying';

const [from, to] = [generateEncryptionKey(), generateEncryptionKey()];
const keys = (more: Partial<KeyPair> = {}): KeyPair => ({
  from,
  to,
  toMayBePresent: false,
  inDoubt: 'stop',
  ...more,
});

const column = (table: string, more: Partial<ColumnProof> = {}): ColumnProof => ({
  entry: { schema: 'public', table, column: 's', layout: 'base64', kind: 'unknown' },
  rows: 10,
  proven: 10,
  contradicted: 0,
  inconclusive: 0,
  unrecognised: 0,
  bits: 900,
  verdict: 'correct',
  tooShort: 0,
  ...more,
});
const closed = (table: string) => column(table, { proven: 0, contradicted: 10, bits: 0, verdict: 'wrong' });
const mixed = (contradicted: number, unrecognised: number, more: Partial<ColumnProof> = {}) =>
  column('b', {
    proven: 10 - contradicted - unrecognised,
    contradicted,
    unrecognised,
    verdict: 'mixed',
    ...more,
  });

function look(columns: readonly ColumnProof[], pair = keys(), excluded: readonly string[] = []): Finding[] {
  const proof = { verdict: 'correct', bits: 1234.6, columns } as Proof;
  return oldKeyFindings(proof, pair, ({ table }) => excluded.includes(table));
}
const told = (findings: readonly Finding[]) => findings.map(({ level, code }) => `${level} ${code}`);

describe('the old key', () => {
  test('passes with its evidence where it decrypts every column that holds anything', () => {
    const empty = column('empty', { rows: 0, proven: 0, verdict: 'empty' });
    expect(look([column('a'), column('b'), empty])).toEqual([
      expect.objectContaining({
        level: 'pass',
        code: 'old-key',
        message: 'the old key decrypts a sample of 2 columns (all that have values); 1,235 bits of evidence',
      }),
    ]);
    expect(look([empty])[0]).toMatchObject({
      level: 'pass',
      message: expect.stringContaining('no encrypted values'),
    });
  });

  test('is that of a few rows where it decrypts nothing in more than half of the columns', () => {
    const all = ['b', 'c', 'd', 'e', 'f', 'g'].map(closed);
    const [finding, ...rest] = look([column('a'), ...all]);
    expect(rest).toEqual([]);
    expect(finding).toMatchObject({ level: 'stop', code: 'key-wrong' });
    expect(finding?.message).toContain(
      `${from.fingerprint} decrypts nothing in 6 of 7 columns (public.b.s, public.c.s, public.d.s, public.e.s, public.f.s and 1 more)`,
    );
    expect(look([column('a'), closed('b'), closed('c')])[0]?.message).toMatch(
      /\(public\.b\.s, public\.c\.s\)$/,
    );
    expect(told(look([column('a'), closed('b')]))).toEqual(['stop key-mixed']);
    expect(told(look([column('a'), closed('b'), closed('c')], keys(), ['b']))).toEqual(['stop key-mixed']);
    expect(told(look([column('a'), closed('b'), closed('c')], keys({ toMayBePresent: true })))).toEqual([
      'pass old-key',
    ]);
  });

  test('stops it at a column of which it does not decrypt some values, with their number and how to leave them', () => {
    const [finding, ...rest] = look([column('a'), mixed(1, 2)]);
    expect(rest).toEqual([]);
    expect(finding).toMatchObject({
      level: 'stop',
      code: 'key-mixed',
      column: 'b.s',
      message: '3 of 10 sampled values of public.b.s are not decrypted by the old key',
      remedy: saying(/^`--exclude b\.s`|exclude b\.s/),
    });
    expect(finding?.remedy).not.toEqual(saying('make sure'));
    expect(look([mixed(5, 1)])[0]?.remedy).toEqual(
      saying(/^make sure that this is the key Ballast uses; then /),
    );
    expect(look([mixed(5, 0)])[0]?.remedy).not.toEqual(saying('make sure'));
    const hint = { seen: 'the IV is elsewhere', correct: '; correct it' } as never;
    const hinted = look([mixed(1, 0, { hint })])[0];
    expect(hinted?.message).toContain('by the old key (the IV is elsewhere)');
    expect(hinted?.remedy).toEqual(saying('; correct it'));
  });

  test('leaves such values to the run where they were excluded, or may be under the new key', () => {
    expect(told(look([column('a'), mixed(1, 2)], keys(), ['b']))).toEqual(['pass old-key']);
    expect(told(look([column('a'), mixed(1, 2)], keys({ toMayBePresent: true })))).toEqual(['pass old-key']);
  });

  test('stops it at a column that does not prove it', () => {
    const few = column('b', { proven: 0, inconclusive: 10, verdict: 'inconclusive', bits: 7.9 });
    const findings = look([column('a'), few]);
    expect(told(findings)).toEqual(['stop unproven-column']);
    expect(findings[0]?.message).toContain('public.b.s are too few or too short to prove the key (7.9 bits)');
    expect(told(look([column('a'), { ...few, bits: 8 }]))).toEqual(['pass old-key']);
    expect(told(look([column('a'), few], keys({ toMayBePresent: true })))).toEqual(['pass old-key']);
  });

  test('stops it at values that are too short to tell, unless they are excluded or vouched for', () => {
    const short = column('b', { tooShort: 2 });
    const findings = look([column('a'), short]);
    expect(told(findings)).toEqual(['stop too-short']);
    expect(findings[0]).toMatchObject({
      column: 'b.s',
      message: expect.stringContaining('2 of 10 sampled values of public.b.s are too short'),
      remedy: saying('b.s'),
    });
    for (const pair of [keys({ toMayBePresent: true }), keys({ inDoubt: 'rewrite' })])
      expect(told(look([column('a'), short], pair))).toEqual(['pass old-key']);
    expect(told(look([column('a'), short], keys(), ['b']))).toEqual(['pass old-key']);
    // what does not decrypt comes first
    expect(told(look([column('a'), { ...mixed(1, 0), tooShort: 2 }]))).toEqual(['stop key-mixed']);
  });
});
