import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { EncryptionKey } from '#crypto/encryption-key';
import { ColumnStatistics } from '#evidence/column-statistics';
import { countInto } from '#evidence/count-cells';
import { judgeCells } from '#evidence/judge-cells';
import { KeystreamEvidence } from '#evidence/keystream-evidence';
import { judgeValue } from '#evidence/plaintexts/value-evidence';
import type { Ciphertext } from '#forms/ciphertext';
import { defaultLayout, type Layout } from '#forms/layout';
import { encrypt } from '#test/support/forms/foreign-cells';
import { noise } from './noise.ts';
import { often } from '#test/support/how-often';

const keyOf = (seed: number | string) =>
  new EncryptionKey(createHash('sha256').update(`key ${seed}`).digest());
const key = keyOf('of the values');
const rows = Array.from({ length: 40 }, (_, i) => i);
const fixedIv = noise(1, 16);

type Segment = 'cfb128' | 'cfb8';

/** The bits of texts, under one IV or under one each. */
function bitsOf(texts: readonly string[], segment: Segment = 'cfb128', ivs: readonly Buffer[] = []): number {
  const evidence = new KeystreamEvidence(segment);
  return texts.reduce((sum, text, i) => {
    const plaintext = Buffer.from(text);
    const { iv, body } = encrypt(Buffer.from(key.bytes), segment, plaintext, ivs[i] ?? fixedIv);
    const value = { sealed: Buffer.concat([iv, body]), at: 0, length: body.length, plaintext, plainAt: 0 };
    return sum + evidence.add(value, judgeValue(defaultLayout, plaintext).bits);
  }, 0);
}

describe.each(['cfb128', 'cfb8'] as const)('evidence from values under one IV, by %s,', (segment) => {
  test('is that of one value, however often it is there', () => {
    for (const text of [
      'correct-horse-battery',
      'short',
      'a document that is longer than four blocks '.repeat(3),
    ]) {
      const one = bitsOf([text], segment);
      expect(
        bitsOf(
          Array.from({ length: 100 }, () => text),
          segment,
        ),
      ).toBe(one);
      expect(one).toBeCloseTo(judgeValue(defaultLayout, Buffer.from(text)).bits, 5);
    }
  });

  test('is that of the part where they differ, and of one for what they begin with', () => {
    const alike = rows.map((i) => `a long beginning that all share: ${i % 10}`);
    const one = bitsOf([alike[0] as string], segment);
    expect(bitsOf(alike, segment)).toBeGreaterThanOrEqual(one);
    expect(bitsOf(alike, segment)).toBeLessThan(one + 8);
  });
});

describe('evidence from values under one IV', () => {
  test('grows with what differs, and never beyond a keystream', () => {
    const alike = bitsOf(rows.map((i) => `token-${i % 10}`));
    const letters = 'abcdefghijklmnopqrstuvwxyz0123456789-_ABCDEFGHIJKLMNOPQRSTUVWXYZ';
    const other = bitsOf(
      rows.map((i) => Array.from({ length: 7 }, (_, n) => letters[(i * 7 + n * 11) % 64]).join('')),
    );
    expect(other).toBeGreaterThan(alike + 5);
    expect(other).toBeLessThanOrEqual(7 * 8);
  });

  test('is that of each where every value has an IV of its own', () => {
    const texts = rows.map((i) => `secret number ${i}`);
    const each = texts.reduce((sum, text) => sum + judgeValue(defaultLayout, Buffer.from(text)).bits, 0);
    const ivs = rows.map((i) => noise(i + 2, 16));
    expect(bitsOf(texts, 'cfb128', ivs)).toBeCloseTo(each, 5);
  });
});

/** What a column of these texts says for a key; `ivOf` gives the IV of each. */
async function verdictOf(
  texts: readonly string[],
  ivOf: (i: number) => Buffer,
  by: EncryptionKey,
  layout: Layout = defaultLayout,
) {
  const cells = texts.map((text, i) =>
    encrypt(Buffer.from(key.bytes), layout.segment, Buffer.from(text), ivOf(i)),
  );
  const statistics = new ColumnStatistics(layout);
  using judged = await judgeCells(layout, by, cells as unknown as Ciphertext[]);
  countInto(statistics, judged.cells);
  return statistics.result().verdict;
}

const wrongKeys = often(3_000);
const columns: readonly (readonly [string, (i: number) => string, (i: number) => Buffer])[] = [
  ['short values under one IV', (i) => `pin ${i % 10}`, () => fixedIv],
  ['numbers under one IV', (i) => `${1000 + i * 7}`, () => fixedIv],
  ['one value in every row', () => 'none', () => fixedIv],
  ['a few values under a few IVs', (i) => ['dev', 'prod', 'test'][i % 3] as string, (i) => noise(i % 2, 16)],
  ['copies of a few ciphertexts', (i) => `${i % 3}0`, (i) => noise(i % 3, 16)],
  ['short values under one IV, by the byte', (i) => `pin ${i % 10}`, () => fixedIv],
];

describe('of so many wrong keys none is called correct', () => {
  test.for(columns)('by %s', async ([name, text, ivOf]) => {
    const layout: Layout = name.endsWith('byte') ? { ...defaultLayout, segment: 'cfb8' } : defaultLayout;
    const right = ['correct', 'inconclusive'];
    expect(right).toContain(await verdictOf(rows.map(text), ivOf, key, layout));
    let passed = 0;
    for (let seed = 0; seed < wrongKeys; seed++) {
      const verdict = await verdictOf(rows.map(text), ivOf, keyOf(seed), layout);
      if (verdict === 'correct' || verdict === 'mixed') passed++;
    }
    expect(passed).toBe(0);
  });

  test('while the right one is, by short values that differ enough', async () => {
    const letters = 'abcdefghijklmnopqrstuvwxyz0123456789-_ABCDEFGHIJKLMNOPQRSTUVWXYZ';
    const texts = rows.map((i) =>
      Array.from({ length: 7 }, (_, n) => letters[(i * 7 + n * 11) % 64]).join(''),
    );
    expect(await verdictOf(texts, () => fixedIv, key)).toBe('correct');
  });
});
