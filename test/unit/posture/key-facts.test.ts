import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect } from 'vitest';
import { changeKeyRing } from '#keyring/key-ring-file';
import { adopt, type JoiningState } from '#keyring/key-states';
import { readKeyFacts } from '#posture/look/key-facts';
import { test } from '#test/support/temp-folder';

const [one, other] = ['1111-1111-1111-1111', '2222-2222-2222-2222'];

/** An environment whose ring has these keys. */
async function environment(home: string, name: string, keys: readonly [string, JoiningState][]) {
  const folder = join(home, 'environments', name);
  await mkdir(folder, { recursive: true, mode: 0o700 });
  for (const [fingerprint, state] of keys) {
    const key = { fingerprint, state, heldIn: 'keychain' } as const;
    await changeKeyRing(folder, (ring) => adopt(ring, key, '2026-03-01T12:00:00.000Z'));
  }
  return folder;
}

describe('a key that two environments have', () => {
  test.for<[JoiningState, JoiningState, shared: boolean]>([
    ['active', 'active', true],
    ['pending', 'active', true],
    ['retired', 'active', false],
    ['active', 'retired', false],
  ])('%s here and %s there: shared is %s', async ([here, there, isShared], { folder }) => {
    const mine = await environment(folder, 'mine', [[one, here]]);
    await environment(folder, 'theirs', [
      [one, there],
      [other, 'retired'],
    ]);
    const { sharedWith, others } = await readKeyFacts(folder, mine);
    expect(others).toEqual(['theirs']);
    expect(sharedWith).toEqual(isShared ? ['theirs'] : []);
  });
});
