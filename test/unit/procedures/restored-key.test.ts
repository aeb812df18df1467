import { randomBytes } from 'node:crypto';
import { expect, test } from 'vitest';
import { EncryptionKey } from '#crypto/encryption-key';
import { createRestoredKeyMemory, isWeak } from '#procedures/keys/restored-key';

const from = { artefact: 'age-file', location: '/media/acme.age' } as const;

test('a restored key is lent as copies, and wiped when it is replaced, imported or the app locks', () => {
  const memory = createRestoredKeyMemory();
  expect(memory.from()).toBeUndefined();
  const first = new EncryptionKey(randomBytes(32));
  const { fingerprint } = first;
  memory.keep(first, from);
  {
    using copy = memory.copy();
    expect(copy.fingerprint).toBe(fingerprint);
  }
  expect(memory.from()).toEqual(from);
  expect(first.bytes.some((byte) => byte !== 0)).toBe(true);

  const second = new EncryptionKey(randomBytes(32));
  memory.keep(second, from);
  expect(() => first.bytes).toThrow();
  memory.wipe();
  expect(() => second.bytes).toThrow();
  expect(memory.from()).toBeUndefined();
  expect(() => memory.copy()).toThrow(expect.objectContaining({ code: 'key-not-in-ring' }));
});

test('a key that everyone knows is told from others', () => {
  // the example of Ballast’s documentation
  using known = new EncryptionKey(Buffer.from('aaxqwQD9JlKPkyhBoZbpjwQysmeVAovra2FTMUOa6Vo=', 'base64'));
  using random = new EncryptionKey(randomBytes(32));
  expect([isWeak(known), isWeak(random)]).toEqual([true, false]);
});
