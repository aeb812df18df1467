import { describe, expect, test } from 'vitest';
import { KeelError } from '#errors/keel-error';
import type { KeychainCheck } from '#keyring/keychain';
import { followKeychain } from '#procedures/app/keychain-state';

/** A keychain that answers when the test says so. */
function keychain() {
  const waiting: ((check: KeychainCheck) => void)[] = [];
  let changes = 0;
  const state = followKeychain({
    check: () => new Promise((resolve) => void waiting.push(resolve)),
    changed: () => void changes++,
    timeoutMs: 20,
  });
  return { state, answer: (check: KeychainCheck) => waiting.pop()?.(check), waiting, changes: () => changes };
}

describe('the state of the keychain', () => {
  test('of one that is silent is told soon, and told again once it answers', async () => {
    const { state, answer, waiting, changes } = keychain();
    const silent = { works: false, why: 'the keychain has not responded yet' };
    expect(await state()).toEqual(silent);
    expect(await state()).toEqual(silent);
    expect(waiting).toHaveLength(1);
    answer({ works: true });
    await expect.poll(changes).toBe(1);
    expect(await state()).toEqual({ works: true });
    expect([waiting.length, changes()]).toEqual([0, 1]);
  });

  test('of one that answers at once is told as it is, and why it does not work', async () => {
    const { state, answer, changes } = keychain();
    const asked = state();
    const error = new KeelError('keychain-failed', 'it is locked; Keel treats no key as stored', 'unlock it');
    answer({ works: false, why: 'it is locked', error });
    expect(await asked).toEqual({ works: false, why: 'it is locked' });
    expect(changes()).toBe(0);
  });
});
