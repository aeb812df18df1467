import { describe, expect, test } from 'vitest';
import type { RotationResult } from '#contract/rotation';
import type { TableCounters } from '#rotation/run/table-rewriter';
import { proofOf, rotationResultOf } from '#rotation/run/rotation-result';
import { type ReviewedTable, type RunResult, summarise } from '#rotation/run/run-result';
import { ValueCounts } from '#rotation/run/value-counts';
import { targetOf } from '../table-target.ts';

const target = targetOf({ a: ['base64'], doc: ['$.x base64', '$.y base64'] });
const entries = target.columns.flatMap(({ forms }) => forms.map(({ entry }) => entry));

/** What was ruled on each form, and what became of its values. */
function table(rows: readonly { rewritten: number; left: number; counter: Partial<Counter> }[]) {
  const counts = new ValueCounts(target);
  let next = 0;
  const counters = target.columns.map(({ forms }, column) =>
    forms.map(({ entry }, form) => {
      const { rewritten, left, counter } = rows[next++] as (typeof rows)[number];
      Object.assign(counts.at(column, form), { rewritten, left });
      const none = { unopened: 0, leftShort: 0, already: 0, empty: 0, ambiguous: 0, statistics: { bits: 0 } };
      return { entry, ...none, ...counter };
    }),
  ) as unknown as TableCounters;
  return { reviewed: { target, counters } as unknown as ReviewedTable, counts };
}
interface Counter {
  unopened: number;
  leftShort: number;
  already: number;
  empty: number;
  ambiguous: number;
  statistics: { bits: number };
}

const { reviewed, counts } = table([
  {
    rewritten: 5,
    left: 4,
    counter: { unopened: 1, leftShort: 2, already: 1, empty: 1, statistics: { bits: 70 } },
  },
  { rewritten: 7, left: 1, counter: { ambiguous: 1, statistics: { bits: 90 } } },
  { rewritten: 0, left: 2, counter: { already: 2, ambiguous: 3 } },
]);
const clock = { startedAt: 1000.2, endedAt: 1700.6 };
const cutover = {
  rows: 9,
  counts: [counts],
  lockingAt: 1590.3,
  lockedAt: 1600.5,
  writtenAt: 1680.4,
  comparedAt: 1695.9,
};
const summary = (toMayBePresent: boolean) =>
  summarise([reviewed], cutover, { toMayBePresent } as Parameters<typeof summarise>[2], clock);

describe('a run in figures', () => {
  test('adds up what became of the values of each form, and how long it took', () => {
    expect(summary(true)).toEqual({
      rows: 9,
      excluded: 3,
      already: 3,
      ambiguous: 4,
      lockMs: 100,
      totalMs: 700,
      phases: { prepareMs: 590, waitMs: 10, writeMs: 80, compareMs: 16, commitMs: 4 },
      columns: [
        { entry: entries[0], rewritten: 5, left: 4, excluded: 3, already: 1, bits: 70 },
        { entry: entries[1], rewritten: 7, left: 1, excluded: 0, already: 0, bits: 90 },
        { entry: entries[2], rewritten: 0, left: 2, excluded: 0, already: 2, bits: 0 },
      ],
    });
  });

  test('says where the time went, without a millisecond more or less than all of it', () => {
    const { phases, lockMs, totalMs } = summary(true);
    const { prepareMs, waitMs, writeMs, compareMs, commitMs } = phases;
    expect(writeMs + compareMs + commitMs).toBe(lockMs);
    expect(prepareMs + waitMs + lockMs).toBe(totalMs);
  });

  test('takes whatever was left and holds something for excluded, where one key is in question', () => {
    const { excluded, columns } = summary(false);
    expect([excluded, columns.map((column) => column.excluded)]).toEqual([6, [3, 1, 2]]);
  });
});

describe('a result', () => {
  const keys = { from: { fingerprint: 'aaaa' }, to: { fingerprint: 'bbbb' } };
  const run: RunResult = summary(true);

  test('of a rotation says what it does not reach, and with how many credentials', () => {
    const result = rotationResultOf('some-id', keys, false, run);
    expect(result).toMatchObject({ id: 'some-id', from: 'aaaa', to: 'bbbb', rehearsal: false, rows: 9 });
    expect(result.columns).toEqual(run.columns);
    expect(result.beyondReach).toMatchObject({
      key: 'aaaa',
      replace: [{ columns: [{ values: 6 }, { values: 7 }, { values: 2 }] }],
    });
    expect(result).not.toHaveProperty('undropped');
  });

  test('of a rehearsal reaches nothing', () => {
    expect(rotationResultOf('some-id', keys, true, run)).not.toHaveProperty('beyondReach');
  });

  test('names staging tables that stay', () => {
    const undropped = { tables: ['keel.staged_0'], reason: 'no' };
    expect(rotationResultOf('some-id', keys, true, { ...run, undropped }).undropped).toEqual(undropped);
  });
});

describe('a committed run as a proof', () => {
  const column = { rewritten: 5, left: 3, already: 1, excluded: 2, bits: 40.5 };
  const proof = (...columns: readonly object[]) =>
    proofOf({ at: 'now', to: 'bbbb', columns } as unknown as RotationResult);

  test('counts what opens with the new key, of all values, with all bits', () => {
    expect(proof(column, { ...column, bits: 2 })).toEqual({
      at: 'now',
      fingerprint: 'bbbb',
      verdict: 'correct',
      opened: 12,
      values: 16,
      bits: 42.5,
    });
  });

  test('is mixed where values were left that nobody named', () => {
    expect(proof({ ...column, excluded: 1 }).verdict).toBe('mixed');
    expect(proof(column, { ...column, excluded: 1 }).verdict).toBe('mixed');
    expect(proof({ ...column, left: 0, excluded: 0, already: 0 }).verdict).toBe('correct');
  });
});
