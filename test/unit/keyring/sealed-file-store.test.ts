import { readFileSync, writeFileSync } from 'node:fs';
import { readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { armor, Decrypter } from 'age-encryption';
import { describe, expect } from 'vitest';
import { generateEncryptionKey } from '#crypto/encryption-key';
import { Secret } from '#crypto/secret';
import { sealedFileStore } from '#keyring/sealed-file-store';
import { test } from '#test/support/temp-folder';

const passphrase = (text = 'correct hörse battery staple') => new Secret(Buffer.from(text));
const open = (folder: string, text?: string) => sealedFileStore(folder, passphrase(text), { workFactor: 10 });

describe('a sealed file', () => {
  test('holds several keys for this account alone, and shows none', async ({ folder }) => {
    using one = generateEncryptionKey();
    using two = generateEncryptionKey();
    await open(folder).put('env/1', one);
    await open(folder).put('env/2', two);
    using first = await open(folder).get('env/1');
    using second = await open(folder).get('env/2');
    expect(first?.bytes).toEqual(one.bytes);
    expect(second?.bytes).toEqual(two.bytes);
    expect(await open(folder).get('env/3')).toBeUndefined();
    const path = join(folder, 'secrets.sealed');
    expect(await readFile(path, 'utf8')).not.toContain(one.toBase64());
    expect((await stat(path)).mode & 0o777).toBe(0o600);
    expect(await readdir(folder)).toEqual(['secrets.sealed']);
  });

  test('takes a key anew, and forgets a key', async ({ folder }) => {
    using one = generateEncryptionKey();
    using two = generateEncryptionKey();
    const store = open(folder);
    await store.put('env/1', one);
    await store.put('env/1', two);
    using replaced = await store.get('env/1');
    expect(replaced?.bytes).toEqual(two.bytes);
    await store.remove('env/1');
    await store.remove('env/1');
    expect(await store.get('env/1')).toBeUndefined();
  });

  test('that forgets a key is written anew: no copy of it is left that the passphrase opens', async ({
    folder,
  }) => {
    using one = generateEncryptionKey();
    using two = generateEncryptionKey();
    const store = open(folder);
    await store.put('env/1', one);
    await store.put('env/2', two);
    await store.remove('env/1');
    expect(await readdir(folder)).toEqual(['secrets.sealed']);
    const decrypter = new Decrypter();
    decrypter.addPassphrase('correct hörse battery staple');
    const sealed = armor.decode(await readFile(join(folder, 'secrets.sealed'), 'utf8'));
    expect(JSON.parse(await decrypter.decrypt(sealed, 'text')).keys).toEqual([
      { account: 'env/2', key: two.toBase64() },
    ]);
  });

  test('is an age file that opens without Keel', async ({ folder }) => {
    using key = generateEncryptionKey();
    await open(folder).put('env/1', key);
    const decrypter = new Decrypter();
    decrypter.addPassphrase('correct hörse battery staple');
    const sealed = armor.decode(await readFile(join(folder, 'secrets.sealed'), 'utf8'));
    expect(JSON.parse(await decrypter.decrypt(sealed, 'text'))).toEqual({
      version: 1,
      writtenBy: expect.any(String),
      keys: [{ account: 'env/1', key: key.toBase64() }],
    });
  });

  test("is sealed at the cost of age's default for people", async ({ folder }) => {
    using key = generateEncryptionKey();
    await sealedFileStore(folder, passphrase()).put('env/1', key);
    const header = Buffer.from(armor.decode(await readFile(join(folder, 'secrets.sealed'), 'utf8')));
    expect(header.toString('latin1')).toMatch(/^age-encryption\.org\/v1\n-> scrypt \S+ 18\n/);
  });

  test('stays as it is under a wrong passphrase', async ({ folder }) => {
    using key = generateEncryptionKey();
    await open(folder).put('env/1', key);
    const before = await readFile(join(folder, 'secrets.sealed'));
    const locked = { code: 'store-locked', message: expect.stringContaining('nothing was changed') };
    await expect(open(folder, 'wrong').get('env/1')).rejects.toMatchObject(locked);
    await expect(open(folder, 'wrong').put('env/2', key)).rejects.toMatchObject(locked);
    await expect(open(folder, 'wrong').remove('env/1')).rejects.toMatchObject(locked);
    expect(await readFile(join(folder, 'secrets.sealed'))).toEqual(before);
  });

  test.for([
    ['empty', () => ''],
    ['cut off', (text: string) => text.slice(0, -60)],
    ['altered in its content', (text: string) => flipLast(text)],
    ['something else', () => 'secrets: none\n'],
  ] as const)('that is %s is damaged, and left as it is', async ([, damage], { folder }) => {
    using key = generateEncryptionKey();
    const path = join(folder, 'secrets.sealed');
    await open(folder).put('env/1', key);
    const text = damage(await readFile(path, 'utf8'));
    await writeFile(path, text);
    const damaged = { code: 'state-damaged', message: expect.stringContaining(path) };
    await expect(open(folder).get('env/1')).rejects.toMatchObject(damaged);
    await expect(open(folder).put('env/2', key)).rejects.toMatchObject(damaged);
    expect(await readFile(path, 'utf8')).toBe(text);
  });

  test.for(['', '\u00ff'] as const)(
    'needs a passphrase that can be typed, not %j',
    async (text, { folder }) => {
      using key = generateEncryptionKey();
      const store = sealedFileStore(folder, new Secret(Buffer.from(text, 'latin1')), { workFactor: 10 });
      await expect(store.put('env/1', key)).rejects.toMatchObject({ code: 'passphrase-missing' });
      expect(await readdir(folder)).toEqual([]);
    },
  );

  test('loses no key to concurrent writers', async ({ folder }) => {
    const keys = Array.from({ length: 6 }, () => generateEncryptionKey());
    await Promise.all(keys.map((key) => open(folder).put(`env/${key.fingerprint}`, key)));
    for (const key of keys) {
      using held = await open(folder).get(`env/${key.fingerprint}`);
      expect(held?.bytes).toEqual(key.bytes);
    }
  });

  test('that another program puts back has not forgotten its key', async ({ folder }) => {
    using key = generateEncryptionKey();
    const path = join(folder, 'secrets.sealed');
    await open(folder).put('env/1', key);
    const before = readFileSync(path);
    const watch = () => {
      if (readFileSync(path).equals(before)) setImmediate(watch);
      else writeFileSync(path, before);
    };
    watch();
    await expect(open(folder).remove('env/1')).rejects.toMatchObject({
      code: 'keychain-failed',
      message: expect.stringContaining('the key is not destroyed'),
    });
  });
});

function flipLast(text: string): string {
  const sealed = armor.decode(text);
  sealed[sealed.length - 1] = (sealed.at(-1) as number) ^ 1;
  return armor.encode(sealed);
}
