import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect } from 'vitest';
import { saying } from '#test/saying';
import { generateEncryptionKey } from '#crypto/encryption-key';
import { stateDumps } from '#keyring/dump-statement';
import { type KeyRing, openKeyRing } from '#keyring/key-ring';
import { ownFileStore } from '#keyring/own-file-store';
import type { SecretStore } from '#keyring/secret-store';
import { test } from '#test/support/temp-folder';
import { memoryStore } from '#test/support/memory-store';
import { byCommit } from '#test/support/activations';

const nothingNeedsIt = async () => undefined;
const needed = { code: 'key-needed' };

/** A ring whose old key was retired just now. */
async function rotatedRing(
  folder: string,
  store: SecretStore,
): Promise<{ ring: KeyRing; old: string; active: string }> {
  const ring = openKeyRing(folder, store);
  using from = generateEncryptionKey();
  using to = generateEncryptionKey();
  await ring.hold(from, 'active');
  await ring.hold(to, 'pending', 'generated');
  await ring.activate(to.fingerprint, byCommit(from.fingerprint));
  return { ring, old: from.fingerprint, active: to.fingerprint };
}

const stateOf = async (ring: KeyRing, fingerprint: string) =>
  (await ring.list()).find((key) => key.fingerprint === fingerprint);

describe('destroying a key', () => {
  test('waits for the statement that no dump needs it, then removes the secret and keeps the entry', async ({
    folder,
  }) => {
    const store = memoryStore();
    const { ring, old } = await rotatedRing(folder, store);
    await expect(ring.destroy(old, nothingNeedsIt)).rejects.toMatchObject({
      ...needed,
      remedy: saying('record that'),
    });
    expect(store.held.size).toBe(2);
    await stateDumps(folder, new Date());
    const entry = await ring.destroy(old, nothingNeedsIt);
    expect(entry).toMatchObject({
      state: 'destroyed',
      destroyedAt: expect.any(String),
      retiredAt: expect.any(String),
    });
    expect(entry).not.toHaveProperty('destroyingSince');
    expect([...store.held.keys()].some((account) => account.includes(old))).toBe(false);
    await expect(ring.load(old)).rejects.toMatchObject({
      message: expect.stringContaining('was destroyed at'),
    });
    expect(await ring.destroy(old, nothingNeedsIt)).toEqual(entry);
  });

  test('is refused for the active key whatever was stated', async ({ folder }) => {
    const store = memoryStore();
    const { ring, active } = await rotatedRing(folder, store);
    await stateDumps(folder, new Date());
    await expect(ring.destroy(active, nothingNeedsIt)).rejects.toMatchObject({
      ...needed,
      message: expect.stringContaining('is active'),
    });
    expect(store.held.size).toBe(2);
  });

  test('is called off by what turns up after the mark, which is then taken away', async ({ folder }) => {
    const store = memoryStore();
    const { ring, old } = await rotatedRing(folder, store);
    await stateDumps(folder, new Date());
    let asked = 0;
    const rotationBegins = async () => {
      asked++;
      if (asked === 1) return;
      expect(await stateOf(ring, old)).toHaveProperty('destroyingSince');
      throw new Error('a rotation began');
    };
    await expect(ring.destroy(old, rotationBegins)).rejects.toThrow('a rotation began');
    expect(await stateOf(ring, old)).not.toHaveProperty('destroyingSince');
    using key = await ring.load(old);
    expect(key.fingerprint).toBe(old);
  });

  test('that breaks off before the secret is removed leaves a key that loads, and is finished by doing it again', async ({
    folder,
  }) => {
    const store = memoryStore();
    const { ring, old } = await rotatedRing(folder, store);
    await stateDumps(folder, new Date());
    const dying = openKeyRing(folder, { ...store, remove: () => Promise.reject(new Error('killed')) });
    await expect(dying.destroy(old, nothingNeedsIt)).rejects.toThrow('killed');
    expect(await stateOf(ring, old)).toMatchObject({ state: 'retired', destroyingSince: expect.any(String) });
    (await ring.load(old))[Symbol.dispose]();
    expect(await ring.destroy(old, nothingNeedsIt)).toMatchObject({ state: 'destroyed' });
    expect(store.held.size).toBe(1);
  });

  test('that breaks off after the secret is removed leaves a key that is said to be gone, and is finished by doing it again', async ({
    folder,
  }) => {
    const store = memoryStore();
    const { ring, old } = await rotatedRing(folder, store);
    await stateDumps(folder, new Date());
    const remove = async (account: string) => {
      await store.remove(account);
      throw new Error('killed');
    };
    await expect(openKeyRing(folder, { ...store, remove }).destroy(old, nothingNeedsIt)).rejects.toThrow(
      'killed',
    );
    await expect(ring.load(old)).rejects.toMatchObject({
      code: 'key-not-in-ring',
      message: expect.stringMatching(/its destruction began at .* and was interrupted/),
    });
    expect(await ring.destroy(old, nothingNeedsIt)).toMatchObject({ state: 'destroyed' });
  });

  test('of a key in a file of the admin waits until they have deleted it', async ({ folder }) => {
    using from = generateEncryptionKey();
    using to = generateEncryptionKey();
    const file = join(folder, 'old.key');
    await writeFile(file, from.toBase64());
    await openKeyRing(folder, ownFileStore(file)).hold(from, 'active');
    const ring = openKeyRing(folder, memoryStore());
    await ring.hold(to, 'pending', 'generated');
    await ring.activate(to.fingerprint, byCommit(from.fingerprint));
    await stateDumps(folder, new Date());
    await expect(ring.destroy(from.fingerprint, nothingNeedsIt)).rejects.toMatchObject({
      ...needed,
      message: expect.stringContaining('which Keel never deletes'),
    });
    expect(await stateOf(ring, from.fingerprint)).not.toHaveProperty('destroyingSince');
    await rm(file);
    expect(await ring.destroy(from.fingerprint, nothingNeedsIt)).toMatchObject({ state: 'destroyed' });
  });

  test('is not done in a store other than the one that holds the key', async ({ folder }) => {
    const { old } = await rotatedRing(folder, memoryStore('sealed-file'));
    await stateDumps(folder, new Date());
    await expect(openKeyRing(folder, memoryStore()).destroy(old, nothingNeedsIt)).rejects.toMatchObject({
      code: 'key-not-in-ring',
      message: expect.stringContaining('is stored in the encrypted key file'),
    });
  });
});
