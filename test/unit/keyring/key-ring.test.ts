import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect } from 'vitest';
import { saying } from '#test/saying';
import { type EncryptionKey, generateEncryptionKey } from '#crypto/encryption-key';
import { openKeyRing } from '#keyring/key-ring';
import { test } from '#test/support/temp-folder';
import { memoryStore } from '#test/support/memory-store';
import { byCommit, byValues } from '#test/support/activations';

const at = new Date('2026-03-01T12:00:00.000Z');
const now = () => at;

describe('a key ring', () => {
  test('is empty where there is none yet, and writes nothing for that', async ({ folder }) => {
    expect(await openKeyRing(folder, memoryStore()).list()).toEqual([]);
    expect(await readdir(folder)).toEqual([]);
  });

  test('holds a key and gives it back, and never writes it into its file', async ({ folder }) => {
    using key = generateEncryptionKey();
    const ring = openKeyRing(folder, memoryStore(), { now });
    const entry = await ring.hold(key, 'pending');
    expect(entry).toEqual({
      fingerprint: key.fingerprint,
      state: 'pending',
      createdAt: at.toISOString(),
      heldIn: 'keychain',
      proofs: [],
    });
    expect(await ring.list()).toEqual([entry]);
    using loaded = await ring.load(key.fingerprint);
    expect(loaded.bytes).toEqual(key.bytes);
    expect(loaded).not.toBe(key);
    const file = await readFile(join(folder, 'keyring.json'), 'utf8');
    expect(file).not.toContain(key.toBase64());
    expect(await readdir(folder)).toEqual(['keyring.json']);
  });

  test("keeps each environment's keys under the name of its folder", async ({ folder }) => {
    const environment = join(folder, 'staging');
    await mkdir(environment);
    const store = memoryStore();
    using key = generateEncryptionKey();
    await openKeyRing(environment, store).hold(key, 'active');
    expect([...store.held.keys()]).toEqual([`staging/${key.fingerprint}`]);
  });

  test('goes through a rotation and its undo', async ({ folder }) => {
    const ring = openKeyRing(folder, memoryStore(), { now });
    using from = generateEncryptionKey();
    using to = generateEncryptionKey();
    await ring.hold(from, 'active');
    await ring.hold(to, 'pending');
    await ring.recordProof(to.fingerprint, { artefact: 'age-file', location: '/backup.age' });
    await ring.activate(to.fingerprint, byCommit(from.fingerprint));
    expect((await ring.list()).map(({ state }) => state)).toEqual(['retired', 'active']);
    expect((await ring.list())[1]?.proofs).toEqual([
      { artefact: 'age-file', location: '/backup.age', provenAt: at.toISOString() },
    ]);
    await ring.activate(from.fingerprint, byCommit(to.fingerprint));
    expect((await ring.list()).map(({ state }) => state)).toEqual(['active', 'retired']);
    using old = await ring.load(to.fingerprint);
    expect(old.fingerprint).toBe(to.fingerprint);
  });

  test('tells the state of a key that it holds already', async ({ folder }) => {
    const ring = openKeyRing(folder, memoryStore());
    using key = generateEncryptionKey();
    await ring.hold(key, 'active');
    expect(await ring.hold(key, 'pending')).toMatchObject({ state: 'active' });
    expect(await ring.list()).toHaveLength(1);
  });

  test('stores a key once, however many ask for it at once, and again where the store lost it', async ({
    folder,
  }) => {
    const store = memoryStore();
    let puts = 0;
    const counting = {
      ...store,
      put(account: string, key: EncryptionKey) {
        puts += 1;
        return store.put(account, key);
      },
    };
    const ring = openKeyRing(folder, counting);
    using key = generateEncryptionKey();
    await Promise.all(Array.from({ length: 4 }, () => ring.hold(key, 'pending')));
    expect(puts).toBe(1);
    store.held.clear();
    await ring.hold(key, 'pending');
    expect(puts).toBe(2);
    using held = await ring.load(key.fingerprint);
    expect(held.bytes).toEqual(key.bytes);
  });

  test('enters nothing when the store gives another key back', async ({ folder }) => {
    using key = generateEncryptionKey();
    const broken = { ...memoryStore(), get: async () => generateEncryptionKey() };
    await expect(openKeyRing(folder, broken).hold(key, 'pending')).rejects.toMatchObject({
      code: 'keychain-failed',
      message: expect.stringContaining('the key ring was not changed'),
    });
    expect(await readdir(folder)).toEqual([]);
  });

  test('enters nothing when the store refuses or forgets', async ({ folder }) => {
    using key = generateEncryptionKey();
    const refusing = { ...memoryStore(), put: () => Promise.reject(new Error('refused')) };
    await expect(openKeyRing(folder, refusing).hold(key, 'pending')).rejects.toThrow('refused');
    const forgetful = { ...memoryStore(), get: async () => undefined };
    await expect(openKeyRing(folder, forgetful).hold(key, 'pending')).rejects.toThrow(/did not return key/);
    expect(await readdir(folder)).toEqual([]);
  });

  test('says which key is missing, and where', async ({ folder }) => {
    const store = memoryStore();
    const ring = openKeyRing(folder, store);
    using key = generateEncryptionKey();
    const missing = { code: 'key-not-in-ring', message: expect.stringContaining(key.fingerprint) };
    await expect(ring.load(key.fingerprint)).rejects.toMatchObject(missing);
    await expect(ring.activate(key.fingerprint, byValues(null))).rejects.toMatchObject(missing);
    await expect(
      ring.recordProof(key.fingerprint, { artefact: 'own-file', location: '/k' }),
    ).rejects.toMatchObject(missing);
    await ring.hold(key, 'pending');
    store.held.clear();
    await expect(ring.load(key.fingerprint)).rejects.toThrow(
      /lists key .* but the keychain does not have it/,
    );
  });

  test('does not give a stored key out under another fingerprint', async ({ folder }) => {
    const store = memoryStore();
    const ring = openKeyRing(folder, store);
    using key = generateEncryptionKey();
    await ring.hold(key, 'pending');
    for (const account of store.held.keys()) store.held.set(account, generateEncryptionKey());
    await expect(ring.load(key.fingerprint)).rejects.toMatchObject({ code: 'key-not-in-ring' });
  });

  test('names the store that holds a key when opened with another one', async ({ folder }) => {
    using key = generateEncryptionKey();
    await openKeyRing(folder, memoryStore('keychain')).hold(key, 'pending');
    await expect(openKeyRing(folder, memoryStore('sealed-file')).load(key.fingerprint)).rejects.toMatchObject(
      { code: 'key-not-in-ring', remedy: saying(/^pass `--keep-keys-in keychain`$/) },
    );
  });

  test('loses no entry to concurrent writers', async ({ folder }) => {
    const keys = Array.from({ length: 12 }, () => generateEncryptionKey());
    const store = memoryStore();
    await Promise.all(keys.map((key) => openKeyRing(folder, store).hold(key, 'pending')));
    expect(new Set((await openKeyRing(folder, store).list()).map((entry) => entry.fingerprint))).toEqual(
      new Set(keys.map((key) => key.fingerprint)),
    );
  });
});

describe('a damaged key ring file', () => {
  const entry = {
    fingerprint: '1111-1111-1111-1111',
    state: 'active',
    createdAt: at.toISOString(),
    heldIn: 'keychain',
    proofs: [],
  };

  test.for([
    ['empty', ''],
    ['cut off', '{"version":1,"keys":[{"finger'],
    ['without a version', '{"keys":[]}'],
    ['with an unknown state', JSON.stringify({ version: 1, keys: [{ ...entry, state: 'lost' }] })],
    [
      'with a relative path',
      JSON.stringify({ version: 1, keys: [{ ...entry, heldIn: { ownFile: 'key' } }] }),
    ],
    ['with one key twice', JSON.stringify({ version: 1, keys: [entry, { ...entry, state: 'retired' }] })],
    [
      'with two active keys',
      JSON.stringify({ version: 1, keys: [entry, { ...entry, fingerprint: '2222-2222-2222-2222' }] }),
    ],
  ] as const)('(%s) is named and left as it is, and no key is stored', async ([, text], { folder }) => {
    const path = join(folder, 'keyring.json');
    await writeFile(path, text);
    const store = memoryStore();
    const ring = openKeyRing(folder, store);
    using key = generateEncryptionKey();
    const damaged = { code: 'state-damaged', message: expect.stringContaining(path) };
    await expect(ring.list()).rejects.toMatchObject(damaged);
    await expect(ring.hold(key, 'pending')).rejects.toMatchObject(damaged);
    await expect(ring.activate(key.fingerprint, byValues(null))).rejects.toMatchObject(damaged);
    expect(await readFile(path, 'utf8')).toBe(text);
    expect(store.held.size).toBe(0);
  });
});
