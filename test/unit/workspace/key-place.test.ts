import { expect } from 'vitest';
import { generateEncryptionKey } from '#crypto/encryption-key';
import { Secret } from '#crypto/secret';
import { type KeyPlaceChoice, openKeyRingOf } from '#workspace/key-place';
import { loadKeptKeys } from '#workspace/ring-keys';
import { openWorkspace } from '#workspace/workspace';
import { test } from '#test/support/temp-folder';

const choice = (place: 'sealed-file' | 'own-files', passphrase?: string): KeyPlaceChoice => ({
  place,
  ...(passphrase !== undefined && { passphrase: new Secret(Buffer.from(passphrase)) }),
  workFactor: 10,
  ownFiles: new Map(),
});

test('a key is loaded from where it was kept before another place was chosen', async ({ folder }) => {
  using key = generateEncryptionKey();
  const sealed = await openKeyRingOf(folder, choice('sealed-file', 'five random words'));
  await sealed.keyRing.hold(key, 'active');

  const elsewhere = await openKeyRingOf(folder, choice('own-files', 'five random words'));
  using loaded = await elsewhere.keyRing.load(key.fingerprint);
  expect(loaded.bytes).toEqual(key.bytes);
  const locked = await openKeyRingOf(folder, choice('own-files'));
  await expect(locked.keyRing.load(key.fingerprint)).rejects.toMatchObject({ code: 'passphrase-missing' });
});

test('of a ring from which one key cannot be loaded, those that were are wiped', async ({ folder }) => {
  using key = generateEncryptionKey();
  using other = generateEncryptionKey();
  const { keyRing } = await openKeyRingOf(folder, choice('sealed-file', 'five random words'));
  await keyRing.hold(key, 'active');
  await keyRing.hold(other, 'pending');
  const loaded: Awaited<ReturnType<typeof keyRing.load>>[] = [];
  using workspace = openWorkspace(folder, undefined, {
    database: () => Promise.reject(new Error('not asked')),
    openKeys: async () => ({
      place: 'sealed-file',
      keyRing: {
        ...keyRing,
        async load(fingerprint) {
          if (fingerprint === other.fingerprint) throw new Error('gone');
          const one = await keyRing.load(fingerprint);
          loaded.push(one);
          return one;
        },
      },
    }),
  });

  await expect(loadKeptKeys(workspace)).rejects.toThrow('gone');
  expect(loaded).toHaveLength(1);
  expect(() => loaded[0]?.bytes).toThrow();
});
