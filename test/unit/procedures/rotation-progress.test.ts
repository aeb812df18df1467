import { expect, test } from 'vitest';
import { reportTo } from '#procedures/rotation/plan';

/** What the window is told of steps that come one after the other. */
function told(steps: readonly Parameters<ReturnType<typeof reportTo>>[0]['step'][], rehearsal: boolean) {
  const words: string[] = [];
  let isPast = false;
  const work = {
    signal: new AbortController().signal,
    progress: (step: string) => void words.push(step),
    pastCancelling: () => {
      isPast = true;
    },
  };
  const report = reportTo(work, rehearsal);
  for (const step of steps) report({ step, done: 0 });
  return { words, isPast };
}

test('rows that are compared beside another step hide nothing of where the run stands', () => {
  const { words, isPast } = told(
    ['staging', 'verifying', 'locking', 'cutover', 'verifying', 'committing'],
    false,
  );
  expect(words).toEqual([
    'preparing the new ciphertexts',
    'comparing the new ciphertexts',
    'waiting for the write lock',
    'writing the rows',
    'writing and comparing the rows',
    'committing',
  ]);
  expect(isPast).toBe(true);
});

test('a rehearsal rolls back, and can be cancelled to the end', () => {
  expect(told(['cutover', 'committing'], true)).toEqual({
    words: ['writing the rows', 'rolling back'],
    isPast: false,
  });
});
