import { describe, expect, test } from 'vitest';
import { shareOf, timedPhases, waitInWords } from '../../../../src-renderer/screens/rotate/run/run-times.ts';

const phases = { prepareMs: 1500, waitMs: 10, writeMs: 380, compareMs: 0, commitMs: 10 };

describe('the time of a run', () => {
  test('is its phases one after the other, and writers wait from the lock on', () => {
    const timed = timedPhases({ phases, rehearsal: false });
    expect(timed.map(({ title, from, to, writersWait }) => [title, from, to, writersWait])).toEqual([
      ['Prepare', 0, 1500, false],
      ['Wait for lock', 1500, 1510, true],
      ['Write', 1510, 1890, true],
      ['Compare', 1890, 1890, true],
      ['Commit', 1890, 1900, true],
    ]);
    expect(waitInWords(timed, false)).toBe('Writers waited 400 ms of 1.9 s.');
  });

  test('of a rehearsal ends with a rollback, and says what writers would wait', () => {
    const timed = timedPhases({ phases, rehearsal: true });
    expect(timed.at(-1)?.title).toBe('Roll back');
    expect(waitInWords(timed, true)).toBe('Writers would wait 400 ms of 1.9 s.');
  });

  test('is not shown where it was not recorded', () => {
    expect(timedPhases({ rehearsal: false })).toEqual([]);
  });

  test('has shares that hide nothing', () => {
    const shares = timedPhases({ phases, rehearsal: false }).map((phase) => shareOf(phase, 1900));
    expect(shares).toEqual(['79 %', '1 %', '20 %', '–', '1 %']);
    expect(shareOf({ title: '', means: '', from: 0, to: 1, writersWait: true }, 1000)).toBe('under 1 %');
  });
});
