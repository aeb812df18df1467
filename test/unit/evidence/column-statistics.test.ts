import { describe, expect, test } from 'vitest';
import type { Ciphertext } from '#forms/ciphertext';
import { parseLayout } from '#forms/layout';
import { cleanText } from '#evidence/plaintexts/clean-text';
import { type ColumnFigures, ColumnStatistics, isSettled, overallVerdict } from '#evidence/column-statistics';
import { judgeValue, provenBits } from '#evidence/plaintexts/value-evidence';
import { noise, noiseValues } from './noise.ts';

const layout = parseLayout('base64');

/** A column of these plaintexts; `undefined` for a cell that does not have the layout. */
function statistics(values: readonly (string | Buffer | undefined)[]): ColumnStatistics {
  const column = new ColumnStatistics(layout);
  let ivs = 1;
  for (const value of values) {
    if (value === undefined) column.addUnrecognised();
    else {
      const bytes = Buffer.from(value);
      // an IV for each, as an application draws them
      const ciphertext = { iv: noise(ivs++, 16), body: bytes } as unknown as Ciphertext;
      column.add({ ciphertext, plaintext: bytes, evidence: judgeValue(layout, bytes) });
    }
  }
  return column;
}

const judge = (...values: readonly (string | Buffer | undefined)[]) => statistics(values).result();
const times = <T>(count: number, value: T): T[] => Array.from({ length: count }, () => value);

const long = '{"user":"app","password":"correct-horse"}';
const odd = Buffer.from([0xff, 0xfe, 0xfd, 0xfc]);

describe('a column', () => {
  test.for([
    ['of documents', [long, long], 'correct'],
    ['of one document', [long], 'correct'],
    ['of many short values', times(20, 'abc'), 'correct'],
    ['of a few short values', times(3, 'abc'), 'inconclusive'],
    ['of noise', [odd, odd], 'wrong'],
    ['of noise and one short value that is clean', [odd, odd, odd, 'ab'], 'wrong'],
    ['of documents and noise', [long, long, odd], 'mixed'],
    ['of documents and another form', [long, undefined], 'mixed'],
    ['of another form', [undefined, undefined], 'inconclusive'],
    ['of noise and another form', [odd, undefined], 'wrong'],
    ['of values that hold nothing', ['', '', ''], 'empty'],
    ['of values that hold nothing, and noise', ['', '', odd], 'wrong'],
    ['of values that hold nothing, and another form', ['', '', undefined], 'inconclusive'],
    ['of nothing', [], 'empty'],
  ] as const)('%s is %3$s', ([, values, verdict]) => {
    expect(judge(...values).verdict).toBe(verdict);
  });

  test('counts every value once, by what was found', () => {
    expect(judge(long, 'ab', '', odd, odd, odd, undefined, undefined, undefined, undefined)).toMatchObject({
      rows: 10,
      proven: 1,
      inconclusive: 2,
      contradicted: 3,
      unrecognised: 4,
    });
  });

  test('adds up the bits of its values where all are clean', () => {
    const { bits } = judge('abc', 'abcdef', 'abcdefghi');
    expect(bits).toBeCloseTo(cleanText.bits(3) + cleanText.bits(6) + cleanText.bits(9), 0);
  });

  test('pays for the freedom to choose which values are clean', () => {
    const clean = times(10, 'abcdefgh');
    const alone = judge(...clean).bits;
    const beside = judge(...clean, ...times(10, odd)).bits;
    // 184 756 ways to choose ten of twenty
    expect(alone - beside).toBeCloseTo(Math.log2(184_756), 0);
  });

  test.for([1, 2, 3, 5])(
    'of %i-byte noise is wrong however many rows it has, and shows no evidence',
    (length) => {
      for (const rows of [50, 1_000, 20_000]) {
        const result = judge(...noiseValues(length, rows, length));
        expect(result.verdict).toBe('wrong');
        expect(result.bits).toBeLessThan(provenBits / 2);
      }
    },
  );

  test('of noise in all lengths is wrong, and shows no evidence', () => {
    const bytes = noise(9, 300_000);
    const values: Buffer[] = [];
    for (let at = 0, n = 1; at + n < bytes.length; at += n, n = (n % 40) + 1)
      values.push(bytes.subarray(at, at + n));
    expect(values.length).toBeGreaterThan(10_000);
    expect(judge(...values)).toMatchObject({ verdict: 'wrong', bits: 0 });
  });
});

describe('values of another key that pass for this one', () => {
  test('are not expected where every value is clean, or every one is long', () => {
    expect(statistics(times(50, 'ab')).expectedMistaken).toBe(0);
    expect(statistics([...times(50, long), ...times(50, odd)]).expectedMistaken).toBe(0);
  });

  test('are expected in about the number that noise shows', () => {
    const own = times(100, 'ab');
    const foreign = noiseValues(5, 400, 2);
    const passed = foreign.filter((bytes) => judgeValue(layout, bytes).verdict !== 'contradicted').length;
    expect(passed).toBeGreaterThan(20);
    const { expectedMistaken } = statistics([...own, ...foreign]);
    expect(expectedMistaken).toBeGreaterThan(passed * 0.7);
    expect(expectedMistaken).toBeLessThan(passed * 2);
  });

  test('are expected beside a single value of another key', () => {
    expect(
      statistics([...times(100, long), 'ab', Buffer.from([0xff, 0xff])]).expectedMistaken,
    ).toBeGreaterThan(0.001);
  });
});

describe('several columns', () => {
  const correct = judge(long);
  const wrong = judge(odd, odd);
  const mixed = judge(long, odd);
  const short = judge('abc', 'abc', 'abc');
  const tiny = judge('ab');
  const foreign = judge(undefined);
  const empty = judge();
  const blank = judge('');

  const table: readonly (readonly [string, readonly ColumnFigures[], string])[] = [
    ['all correct', [correct, correct], 'correct'],
    ['correct, and empty', [correct, empty], 'correct'],
    ['correct, and a small one vouched for by it', [correct, short], 'correct'],
    ['correct, and one too small even so', [correct, tiny], 'inconclusive'],
    ['correct, and one whose values hold nothing', [correct, blank], 'correct'],
    ['correct, and one of noise', [correct, wrong], 'mixed'],
    ['correct, and one in another form', [correct, foreign], 'mixed'],
    ['one that is mixed', [mixed], 'mixed'],
    ['all of noise', [wrong, wrong], 'wrong'],
    ['noise, and a small one', [wrong, short], 'wrong'],
    ['only small ones', [short, tiny], 'inconclusive'],
    ['only another form', [foreign], 'inconclusive'],
    ['nothing at all', [empty], 'inconclusive'],
    ['only values that hold nothing', [blank], 'inconclusive'],
    ['no columns', [], 'inconclusive'],
  ];
  test.for(table)('%s: %3$s', ([, columns, verdict]) => {
    expect(overallVerdict(columns)).toBe(verdict);
  });

  test('a small column is settled from eight bits on, unless it holds another form', () => {
    expect([correct, empty, blank, short].map(isSettled)).toEqual([true, true, true, true]);
    expect([tiny, wrong, mixed, foreign].map(isSettled)).toEqual([false, false, false, false]);
    expect(isSettled(judge('abc', 'abc', 'abc', undefined))).toBe(false);
  });
});
