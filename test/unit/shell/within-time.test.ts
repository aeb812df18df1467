import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { withinTime } from '#shell/within-time';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const never = new Promise<never>(() => {});

describe('waiting before the end', () => {
  test('is over when the work is', async () => {
    await expect(withinTime(Promise.resolve(), () => false, 1000)).resolves.toBe('settled');
  });

  test('is over also when the work fails', async () => {
    await expect(withinTime(Promise.reject(new Error('no')), () => true, 1000)).resolves.toBe('settled');
  });

  test('is given up for work that nothing depends on', async () => {
    const waiting = withinTime(never, () => false, 1000);
    await vi.advanceTimersByTimeAsync(1000);
    await expect(waiting).resolves.toBe('given up');
  });

  test('goes on as long as rows are being rewritten', async () => {
    let rewriting = true;
    const waiting = withinTime(never, () => rewriting, 1000);
    await vi.advanceTimersByTimeAsync(60_000);
    expect(await Promise.race([waiting, Promise.resolve('still waiting')])).toBe('still waiting');
    rewriting = false;
    await vi.advanceTimersByTimeAsync(1000);
    expect(await waiting).toBe('given up');
  });
});
