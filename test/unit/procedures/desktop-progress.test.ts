import { afterEach, expect, test, vi } from 'vitest';
import { createDesktopProgress } from '#procedures/desktop-progress';

const operation = '6f9619ff-8b86-4d01-b42d-00cf4fc964ff';

afterEach(() => vi.useRealTimers());

function follow(mayNotify = true) {
  vi.useFakeTimers({ toFake: ['performance'] });
  const shown: (number | 'indeterminate' | undefined)[] = [];
  const reported: string[] = [];
  const tell = createDesktopProgress({
    native: { showProgress: (share) => void shown.push(share), notify: (title) => void reported.push(title) },
    running: () => [{ operation, procedure: 'rotation.rotate', step: '', done: 0, cancellable: true }],
    mayNotify: () => mayNotify,
  });
  const progress = (done: number, total?: number) =>
    tell({ kind: 'progress', operation, step: 's', done, ...(total && { total }), cancellable: true });
  return { tell, progress, shown, reported };
}

test('the taskbar shows the share of rows, and nothing once the work has ended', () => {
  const { tell, progress, shown } = follow();
  progress(0);
  progress(50, 100);
  tell({ kind: 'done', operation, value: {} });
  expect(shown).toEqual(['indeterminate', 0.5, undefined]);
});

test.for([
  ['cancelled', 'The key was not rotated'],
  ['rotation-unsettled', 'A rotation has to be recovered'],
] as const)('the end of long work is told; one that failed as %s by “%s”', ([code, title]) => {
  const { tell, progress, reported } = follow();
  progress(1, 2);
  vi.advanceTimersByTime(6_000);
  tell({ kind: 'failed', operation, error: { code, message: 'm', remedy: 'r' } });
  expect(reported).toEqual([title]);
});

test.for([
  ['that was short', true, 1_000],
  ['where the admin wants no notifications', false, 60_000],
] as const)('work %s ends without a notification', ([, mayNotify, ms]) => {
  const { tell, progress, reported } = follow(mayNotify);
  progress(1, 2);
  vi.advanceTimersByTime(ms);
  tell({ kind: 'done', operation, value: {} });
  expect(reported).toEqual([]);
});
