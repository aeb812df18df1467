import { randomBytes, scryptSync } from 'node:crypto';
import { expect, test } from 'vitest';
import { ApplicationKey, parseApplicationKey } from '#crypto/application-key';
import { EncryptionKey } from '#crypto/encryption-key';
import { fingerprintOf } from '#crypto/fingerprint';
import { parseStoredKey, storedKeyText } from '#crypto/stored-key';

// What is computed from a key lives as long as the key, and its fingerprint tells nobody what the key is.

test('what was derived from a key is derived once, and wiped with it', async () => {
  const key = new EncryptionKey(randomBytes(32));
  const { written } = key;
  const slow = await key.derivedOnce('slow', () => randomBytes(32));
  const quick = key.derived('quick', () => randomBytes(32));
  expect(key.written).toBe(written);
  expect(await key.derivedOnce('slow', () => randomBytes(32))).toBe(slow);
  expect(key.derived('quick', () => randomBytes(32))).toBe(quick);
  expect(String(written)).toBe(key.toBase64());
  key[Symbol.dispose]();
  for (const bytes of [written, slow, quick]) expect(bytes).toEqual(Buffer.alloc(bytes.length));
});

test('what two callers derive at once is kept once, and what was made for it is wiped', async () => {
  using key = new EncryptionKey(randomBytes(32));
  const made: Buffer[] = [];
  const make = async () => {
    const bytes = randomBytes(32);
    made.push(bytes);
    await new Promise(setImmediate);
    return bytes;
  };
  const [one, other] = await Promise.all([key.derivedOnce('slow', make), key.derivedOnce('slow', make)]);
  expect(one).toBe(other);
  expect(one).not.toEqual(Buffer.alloc(32));
  expect(made).toHaveLength(2);
  for (const bytes of made) expect(bytes).toEqual(Buffer.alloc(32));
});

test('what is derived from a key that is wiped meanwhile is kept by nobody', async () => {
  const key = new EncryptionKey(randomBytes(32));
  const made = randomBytes(32);
  const derived = key.derivedOnce('slow', async () => {
    await new Promise(setImmediate);
    return made;
  });
  key[Symbol.dispose]();
  await expect(derived).rejects.toThrow('used after it was wiped');
  expect(made).toEqual(Buffer.alloc(32));
});

test('the fingerprint of another application’s key takes a slow hash to guess', () => {
  const text = Buffer.from('a passphrase that somebody made up');
  using key = parseApplicationKey(text);
  expect(key).toBeInstanceOf(ApplicationKey);
  expect(key.fingerprint).toBe(fingerprintOf(scryptSync(text, 'keel application key v1', 32)));
  expect(key.fingerprint).not.toBe(fingerprintOf(text));
});

test('a key is stored so that it is read back as what it was, whichever application’s it is', () => {
  for (const key of [
    new EncryptionKey(randomBytes(32)),
    new ApplicationKey(Buffer.from('a passphrase that somebody made up')),
    new ApplicationKey(Buffer.from('text:of an application')),
  ]) {
    using back = parseStoredKey(storedKeyText(key));
    expect(back).toBeInstanceOf(key.constructor);
    expect(back.bytes).toEqual(key.bytes);
    expect(back.fingerprint).toBe(key.fingerprint);
    key[Symbol.dispose]();
  }
});
