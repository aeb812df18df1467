import { createCipheriv, randomBytes } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { decryptBatch, sealUnder, segments } from '#crypto/cfb';
import { leftInMemory } from '#test/support/left-in-memory';

// What turns a stored ciphertext into its plaintext is nowhere in memory after a value was encrypted or decrypted.

const key = randomBytes(32);
const iv = randomBytes(16);
const plaintext = randomBytes(80);

describe.for(segments)('%s', (segment) => {
  test('encryption leaves no keystream', async () => {
    const [sealed] = sealUnder(key, segment, iv, [plaintext]);
    const keystream = plaintext.map((byte, i) => byte ^ (sealed?.[16 + i] as number));
    // with CFB8, a call of the cipher yields one byte of it
    const parts = segment === 'cfb8' ? keystreamBlocks(sealed as Buffer) : [keystream.subarray(0, 16)];
    const work = async () => sealUnder(key, segment, iv, [plaintext]);
    expect(await leftInMemory(parts, work)).toEqual([]);
  });

  test('an IV that is a part of the key is left by neither', async () => {
    const start = key.subarray(0, 16);
    const work = async () => {
      for (const sealed of sealUnder(key, segment, start, [plaintext])) sealed.fill(0, 0, 16);
      const { storage } = decryptBatch(key, segment, [{ iv: start, body: plaintext }]);
      storage.fill(0);
    };
    expect(await leftInMemory([start], work)).toEqual([]);
  });
});

/** What the cipher makes of the sixteen bytes before each byte of the body. */
function keystreamBlocks(sealed: Buffer): Buffer[] {
  const cipher = createCipheriv('aes-256-ecb', key, null);
  return Array.from(plaintext, (_, at) => cipher.update(sealed.subarray(at, at + 16)));
}
