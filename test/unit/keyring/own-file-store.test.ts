import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join, relative, resolve } from 'node:path';
import { describe, expect } from 'vitest';
import { generateEncryptionKey } from '#crypto/encryption-key';
import { openKeyRing } from '#keyring/key-ring';
import { ownFileStore } from '#keyring/own-file-store';
import { test } from '#test/support/temp-folder';
import { memoryStore } from '#test/support/memory-store';

describe("a key in the admin's own file", () => {
  test('is entered by its absolute path, and loaded from there by any store', async ({ folder }) => {
    using key = generateEncryptionKey();
    const path = join(folder, 'ballast.key');
    await writeFile(path, `${key.toBase64()}\n`);
    const entry = await openKeyRing(folder, ownFileStore(relative(process.cwd(), path))).hold(key, 'active');
    expect(entry.heldIn).toEqual({ ownFile: resolve(path) });
    const store = memoryStore();
    using loaded = await openKeyRing(folder, store).load(key.fingerprint);
    expect(loaded.bytes).toEqual(key.bytes);
    expect(store.held.size).toBe(0);
  });

  test('must be that very key, at entry and at every load', async ({ folder }) => {
    using key = generateEncryptionKey();
    using other = generateEncryptionKey();
    const path = join(folder, 'ballast.key');
    const ring = openKeyRing(folder, ownFileStore(path));
    const differs = {
      code: 'key-not-in-ring',
      message: expect.stringContaining(`contains key ${other.fingerprint}`),
    };
    await writeFile(path, other.toBase64());
    await expect(ring.hold(key, 'active')).rejects.toMatchObject(differs);
    expect(await ring.list()).toEqual([]);
    await writeFile(path, key.toBase64());
    await ring.hold(key, 'active');
    await writeFile(path, other.toBase64());
    await expect(ring.load(key.fingerprint)).rejects.toMatchObject(differs);
  });

  test('that is missing, a folder or far too large is told as such', async ({ folder }) => {
    const path = join(folder, 'ballast.key');
    const load = () => ownFileStore(path).get('env/1111-1111-1111-1111');
    const unreadable = (what: string) => ({
      code: 'key-file-unreadable',
      message: expect.stringContaining(what),
    });
    await expect(load()).rejects.toMatchObject(unreadable('the file does not exist'));
    await writeFile(path, 'A'.repeat(5_000));
    await expect(load()).rejects.toMatchObject(unreadable('too large'));
    await mkdir(join(folder, 'sub'));
    await expect(ownFileStore(join(folder, 'sub')).get('env/1')).rejects.toMatchObject(
      unreadable('it is a folder'),
    );
  });

  test('is never written or deleted', async ({ folder }) => {
    using key = generateEncryptionKey();
    const path = join(folder, 'ballast.key');
    await writeFile(path, key.toBase64());
    const store = ownFileStore(path);
    await store.put(`env/${key.fingerprint}`, key);
    const refused = { code: 'key-needed', message: expect.stringContaining('which Keel never deletes') };
    await expect(store.remove(`env/${key.fingerprint}`)).rejects.toMatchObject(refused);
    expect(await readFile(path, 'utf8')).toBe(key.toBase64());
  });

  test('is destroyed once the file is gone or holds another key, and not while that cannot be told', async ({
    folder,
  }) => {
    using key = generateEncryptionKey();
    using other = generateEncryptionKey();
    const path = join(folder, 'ballast.key');
    const remove = () => ownFileStore(path).remove(`env/${key.fingerprint}`);
    await writeFile(path, key.toBase64());
    await expect(remove()).rejects.toMatchObject({ code: 'key-needed' });
    await writeFile(path, 'A'.repeat(5_000));
    await expect(remove()).rejects.toMatchObject({ code: 'key-file-unreadable' });
    await writeFile(path, other.toBase64());
    await remove();
    await rm(path);
    await remove();
  });
});
