import { describe, expect, test } from 'vitest';
import { Secret } from '#crypto/secret';
import { lookForRemembered } from '#procedures/remembered-passwords';

/** A keychain that answers one call after the other, when the test says so. */
function keychain() {
  const waiting: { environment: string; answer: (password: string | undefined) => void }[] = [];
  let changes = 0;
  const isRemembered = lookForRemembered({
    passwords: {
      get: (environment) =>
        new Promise((resolve) => {
          const answer = (text: string | undefined) =>
            resolve(text === undefined ? undefined : new Secret(Buffer.from(text)));
          waiting.push({ environment, answer });
        }),
    },
    changed: () => void changes++,
    timeoutMs: 20,
  });
  return { isRemembered, waiting, changes: () => changes };
}

describe('whether a password is remembered', () => {
  test('is answered as the keychain says it', async () => {
    const { isRemembered, waiting, changes } = keychain();
    for (const [text, expected] of [
      ['hunter2', true],
      [undefined, false],
    ] as const) {
      const asked = isRemembered('db');
      await expect.poll(() => waiting.length, { interval: 1 }).toBe(1);
      waiting.pop()?.answer(text);
      expect(await asked).toBe(expected);
    }
    expect(changes()).toBe(0);
  });

  test('is no for all where it is silent, which is asked one thing at a time', async () => {
    const { isRemembered, waiting } = keychain();
    const all = ['a', 'b', 'c', 'a'];
    expect(await Promise.all(all.map((environment) => isRemembered(environment)))).toEqual(
      all.map(() => false),
    );
    expect(waiting.map(({ environment }) => environment)).toEqual(['a']);
  });

  test('is told anew when the answer comes too late, once', async () => {
    const { isRemembered, waiting, changes } = keychain();
    expect(await isRemembered('db')).toBe(false);
    expect(await isRemembered('db')).toBe(false);
    waiting.pop()?.answer('hunter2');
    await expect.poll(changes).toBe(1);
    expect(await isRemembered('db')).toBe(true);
    expect([waiting.length, changes()]).toEqual([0, 1]);
  });
});
