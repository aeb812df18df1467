import { expect, test } from 'vitest';
import { createQuickCalls } from '#procedures/quick-calls';

const settled = () => new Promise((resolve) => setImmediate(resolve));

test('quitting waits for the deeds that were begun, those that fail too, and for nothing that only reads', async () => {
  const calls = createQuickCalls();
  const ends: Record<string, (fail?: Error) => void> = {};
  const begin = (procedure: string, isDeed: boolean) =>
    calls
      .run({ procedure, environment: 'db', isDeed }, () => {
        return new Promise<void>((resolve, reject) => {
          ends[procedure] = (fail) => (fail ? reject(fail) : resolve());
        });
      })
      .catch(() => undefined);
  void begin('reading', false);
  const deeds = [begin('deed', true), begin('failing deed', true)];
  let isSettled = false;
  const quitting = calls.settle().then(() => (isSettled = true));
  ends['deed']?.();
  await settled();
  expect(isSettled).toBe(false);
  ends['failing deed']?.(new Error('no'));
  await Promise.all([...deeds, quitting]);
  expect(isSettled).toBe(true);
  ends['reading']?.();
});
