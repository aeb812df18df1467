import { expect } from 'vitest';
import { readPostureRuns, recordPostureRun } from '#environments/posture-runs';
import { test } from '#test/support/temp-folder';

const run = (fail: number) => ({
  at: '2026-12-01T00:00:00.000Z',
  ...{ fail, warn: 0, unknown: 0, pass: 1, waived: 0 },
});

test('checks are recorded one after the other, and the oldest make room', async ({ folder }) => {
  expect(await readPostureRuns(folder)).toEqual([]);
  for (let fail = 0; fail < 203; fail++) await recordPostureRun(folder, run(fail));
  const kept = await readPostureRuns(folder);
  expect(kept).toHaveLength(200);
  expect([kept[0]?.fail, kept.at(-1)?.fail]).toEqual([3, 202]);
});
