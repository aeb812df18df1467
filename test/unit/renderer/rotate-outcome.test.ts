import { describe, expect, test } from 'vitest';
import { isOutcomeOpen, unlessOvertaken } from '../../../src-renderer/screens/rotate/run/open-outcome.ts';
import { recoveredWords } from '../../../src-renderer/screens/rotate/recover/recovered-text.ts';
import type { Operation } from '../../../src-renderer/use-operation.ts';

test.for([
  ['rotation-unsettled', true],
  ['internal', true],
  ['lock-timeout', false],
  ['cancelled', false],
] as const)('whether a run that failed as %s was committed is open: %s', ([code, open]) => {
  expect(isOutcomeOpen({ code })).toBe(open);
});

describe('a run that failed', () => {
  const at = '2026-11-24T12:00:00.000Z';
  const failed = (startedAt: number | undefined) =>
    ({
      startedAt,
      running: false,
      outcome: { ok: false, error: { code: 'internal', message: 'm', remedy: 'r' } },
    }) as Operation<'rotation.rotate'>;

  test('is not shown any more where something was committed since it began', () => {
    expect(unlessOvertaken(failed(Date.parse(at) - 1), { at }).outcome).toBeUndefined();
  });

  test.for([
    ['what was committed is older', Date.parse(at) + 1, { at }],
    ['nothing was committed yet', Date.parse(at), undefined],
    ['it was refused before it began', undefined, { at }],
  ] as const)('is shown where %s', ([, startedAt, last]) => {
    expect(unlessOvertaken(failed(startedAt), last).outcome?.ok).toBe(false);
  });
});

test('each run that a recovery settles is told in its own words', () => {
  const reported = (['rotate', 'undo', 'sweep'] as const).flatMap((purpose) =>
    (['committed', 'rolled-back'] as const).map((outcome) => recoveredWords({ purpose, outcome }).title),
  );
  expect(new Set(reported).size).toBe(6);
  expect(recoveredWords({ purpose: 'undo', outcome: 'rolled-back' }).ofTheKey).not.toContain(
    'Ballast has it',
  );
});
