/** Whether everything is tried, in a run of its own. */
export const isFullLength = process.env['KEEL_TEST_LENGTH'] === 'full';

/**
 * How often something random is tried: a tenth of `times`, and all of them where KEEL_TEST_LENGTH is `full`. Whoever fails names the
 * seed.
 */
export function often(times: number): number {
  return isFullLength ? times : Math.ceil(times / 10);
}

/** So many of the cases, other ones in each run, and all of them where KEEL_TEST_LENGTH is `full`: for long cases that hardly differ. */
export function drawn<Case>(count: number, cases: readonly Case[]): readonly Case[] {
  if (isFullLength) return cases;
  const left = [...cases];
  while (left.length > count) left.splice(Math.floor(Math.random() * left.length), 1);
  return left;
}
