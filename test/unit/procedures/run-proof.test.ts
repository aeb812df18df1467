import { expect, test } from 'vitest';
import type { RotationResult } from '#contract/rotation';
import { proofOf } from '#rotation/run/rotation-result';

const to = 'd04e-5b88-0000-0002';
const entry = { schema: 'public', table: 'a', column: 'b', layout: 'base64', kind: 'unknown' } as const;
const run = (...columns: Partial<RotationResult['columns'][number]>[]) =>
  ({
    at: '2026-11-24T12:00:00.000Z',
    to,
    columns: columns.map((counts) => ({
      entry,
      rewritten: 0,
      left: 0,
      excluded: 0,
      already: 0,
      bits: 0,
      ...counts,
    })),
  }) as unknown as RotationResult;

test('a run that was compared whole proves the key it went to, what was left by name aside', () => {
  const columns = [
    { rewritten: 90, left: 4, excluded: 4, bits: 300.5 },
    { rewritten: 10, left: 2, already: 2, bits: 40 },
  ];
  expect(proofOf(run(...columns))).toEqual({
    at: '2026-11-24T12:00:00.000Z',
    fingerprint: to,
    verdict: 'correct',
    opened: 102,
    values: 106,
    bits: 340.5,
  });
});

test('values that were left for another reason keep the key from being proven on all of them', () => {
  expect(proofOf(run({ rewritten: 90, left: 1, bits: 300 })).verdict).toBe('mixed');
});
