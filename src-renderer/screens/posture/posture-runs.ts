import type { PostureRun } from '#contract/posture';
import { formatCount } from '#shared/counted';

/** What a check is made up of, the worst at the bottom of its bar. */
export const parts = [
  { key: 'fail', name: 'fail', colour: 'stop' },
  { key: 'warn', name: 'warnings', colour: 'warn' },
  { key: 'unknown', name: 'unknown', colour: 'grey' },
  { key: 'waived', name: 'waived', colour: 'accent' },
  { key: 'pass', name: 'pass', colour: 'good' },
] as const;

/** More bars than these are not told apart in the smallest window. */
const maxShown = 30;

/** The last checks, as many as a chart can show. Pure. */
export function latest(runs: readonly PostureRun[]): readonly PostureRun[] {
  return runs.slice(-maxShown);
}

/**
 * How the last two checks differ, like `2 fewer to do, 3 more unknown than in the previous check.` Unknown findings are counted too: fewer
 * failures are no progress if more could not be checked. Undefined if there are not two checks.
 */
export function changeInWords(runs: readonly PostureRun[]): string | undefined {
  const [before, last] = runs.slice(-2);
  if (!before || !last) return undefined;
  const counts = [
    { now: last.fail + last.warn, earlier: before.fail + before.warn, what: 'to do' },
    { now: last.unknown, earlier: before.unknown, what: 'unknown' },
  ];
  const changed = counts.filter(({ now, earlier }) => now !== earlier);
  if (changed.length === 0)
    return `${counts.map(({ now, what }) => `${formatCount(now)} ${what}`).join(', ')}, as in the previous check.`;
  const changes = changed.map(
    ({ now, earlier, what }) =>
      `${formatCount(Math.abs(now - earlier))} ${now < earlier ? 'fewer' : 'more'} ${what}`,
  );
  return `${changes.join(', ')} than in the previous check.`;
}
