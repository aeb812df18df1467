import { describe, expect, test } from 'vitest';
import { ColumnStatistics } from '#evidence/column-statistics';
import { ShortValues } from '#evidence/short-values';
import { judgeValue } from '#evidence/plaintexts/value-evidence';
import type { Ciphertext } from '#forms/ciphertext';
import { parseLayout } from '#forms/layout';
import { noise, noiseValues } from './noise.ts';

const long = '{"user":"app","password":"correct-horse"}';
const times = <T>(count: number, value: T): T[] => Array.from({ length: count }, () => value);
/** Bytes of a length that are clean text by luck. */
const lucky = (length: number) =>
  noiseValues(length, 5_000, length).find(
    (bytes) => judgeValue(parseLayout('base64'), bytes).verdict !== 'contradicted',
  ) as Buffer;

/** Twelve texts of two bytes, and forty values of two bytes that do not open. */
const twelve = Array.from({ length: 12 }, (_, i) => `${String.fromCodePoint(97 + i)}z`);
const closed = noiseValues(5, 200, 2)
  .filter((bytes) => judgeValue(parseLayout('base64'), bytes).verdict === 'contradicted')
  .slice(0, 40);

/** How many of these plaintexts are too short to tell. */
function tooShort(values: readonly (string | Buffer)[], text = 'base64', keepsIv = false): number {
  const layout = parseLayout(text);
  const statistics = new ColumnStatistics(layout);
  const short = new ShortValues(layout);
  for (const [i, value] of values.entries()) {
    const plaintext = Buffer.from(value);
    const ciphertext = { iv: noise(i + 1, 16), body: plaintext, keepsIv } as unknown as Ciphertext;
    const cell = { ciphertext, plaintext, evidence: judgeValue(layout, plaintext) };
    short.add(cell, statistics.add(cell));
  }
  return short.tooShort();
}

describe('of a column, so many values are too short to tell:', () => {
  test.for([
    ['one that opens by luck', [...times(50, long), lucky(2)], 1],
    ['one of every short length', [...times(50, long), ...[1, 2, 3, 4].map(lucky)], 4],
    ['none of a length that noise hardly passes', [...times(50, long), 'hunter2', 'swordfish'], 0],
    ['none where they are many', [...times(50, long), ...times(20, '1234')], 0],
    ['only those shorter than the many', [...times(50, long), ...times(20, '1234'), lucky(1), '12'], 2],
    ['none in a column of nothing else, if they are a few', ['abc', 'abd', 'abe'], 0],
    ['all where noise is among them', [...times(50, long), ...noiseValues(3, 20, 2), lucky(2)], undefined],
    ['all of a few, where the column holds something else', ['abc', 'abd', 'abe', noise(9, 40)], 3],
    [
      'all where many do not open, as likely as those that do',
      [...times(50, long), ...twelve, ...closed],
      12,
    ],
    ['none where nothing is under the cipher', [...times(50, long), ''], 0],
  ] as const)('%s', ([, values, expected]) => {
    const found = tooShort(values);
    if (expected === undefined) expect(found).toBeGreaterThan(0);
    else expect(found).toBe(expected);
  });

  test.for([
    ['behind words that stand in each', '"ENC:{iv+body base64}"', false],
    ['beside an IV in a run of its own', 'hex:base64', false],
    ['whose IV is elsewhere', 'base64', true],
  ] as const)('none %s', ([, layout, keepsIv]) => {
    expect(tooShort([...times(50, long), '7'], layout, keepsIv)).toBe(0);
  });
});
