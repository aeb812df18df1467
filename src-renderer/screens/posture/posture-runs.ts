import type { PostureRun } from '#contract/posture';
import { counted } from '#shared/counted';

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

/** What the last check changed, like `2 fewer to do than the check before.`; undefined with fewer than two checks. */
export function changeInWords(runs: readonly PostureRun[]): string | undefined {
  const [before, last] = runs.slice(-2);
  if (!before || !last) return undefined;
  const todo = ({ fail, warn }: PostureRun) => fail + warn;
  const change = todo(last) - todo(before);
  if (change === 0) return `${counted(todo(last), 'finding')} to do, as in the previous check.`;
  return `${Math.abs(change)} ${change < 0 ? 'fewer' : 'more'} to do than in the previous check.`;
}
