import { expect, test } from 'vitest';
import type { PostureRun } from '#contract/posture';
import { changeInWords, latest } from '../../../../src-renderer/screens/posture/posture-runs.ts';

const run = (fail: number, warn: number, unknown = 9): PostureRun => ({
  at: '2026-11-24T12:00:00Z',
  fail,
  warn,
  unknown,
  pass: 20,
  waived: 0,
});

test('a check is compared with the one before it, and the first with none', () => {
  expect(changeInWords([])).toBeUndefined();
  expect(changeInWords([run(1, 2)])).toBeUndefined();
  expect(changeInWords([run(9, 9), run(3, 2), run(1, 2)])).toBe('2 fewer to do than in the previous check.');
  expect(changeInWords([run(1, 2), run(2, 2)])).toBe('1 more to do than in the previous check.');
  expect(changeInWords([run(1, 0), run(0, 1)])).toBe('1 to do, 9 unknown, as in the previous check.');
});

test('fewer that fail are no progress where more could not be looked at, which is said', () => {
  expect(changeInWords([run(3, 4, 4), run(0, 2, 26)])).toBe(
    '5 fewer to do, 22 more unknown than in the previous check.',
  );
  expect(changeInWords([run(1, 0, 4), run(1, 0, 3)])).toBe('1 fewer unknown than in the previous check.');
});

test('a chart has the last checks, and no more than it can show', () => {
  const runs = Array.from({ length: 40 }, (_, at) => run(at, 0));
  expect(latest(runs).map(({ fail }) => fail)).toEqual(Array.from({ length: 30 }, (_, at) => at + 10));
});
