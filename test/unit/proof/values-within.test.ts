import { createCipheriv, randomBytes } from 'node:crypto';
import { expect, test } from 'vitest';
import { parseEncryptionKey } from '#crypto/encryption-key';
import { readEntry } from '#forms/entry';
import { ValuesWithin } from '#proof/values-within';

const form = readEntry({ schema: 'public', table: 't', column: 's', layout: 'base64', kind: 'unknown' });
const bytes = randomBytes(32);

/** What a value decrypts to that holds another one. */
function outer(): Buffer {
  const iv = randomBytes(16);
  const body = createCipheriv('aes-256-cfb', bytes, iv).update('correct horse battery staple');
  return Buffer.from(Buffer.concat([iv, body]).toString('base64'));
}

function lookWithin(values: number, isSample: boolean) {
  using key = parseEncryptionKey(bytes.toString('base64'));
  const within = new ValuesWithin([form], { keys: [key], isSample }, key);
  for (let i = 0; i < values; i++) {
    const plaintext = outer();
    within.add(form, plaintext, 0, plaintext.length);
  }
  return within.found();
}

test('where a sample is enough, the first values are looked within, and one in 32 of the rest, which is said', () => {
  const { nested, sample } = lookWithin(9000, true);
  const looked = 8192 + Math.ceil((9000 - 8192) / 32);
  expect(sample).toEqual({ looked, values: 9000 });
  expect(nested).toMatchObject([{ values: looked, certain: true }]);
});

test('where each value counts, all are looked within, and no sample is spoken of', () => {
  const { nested, sample } = lookWithin(9000, false);
  expect(sample).toBeUndefined();
  expect(nested).toMatchObject([{ values: 9000, certain: true }]);
});

test('a sample of few values is all of them', () => {
  expect(lookWithin(50, true)).toMatchObject({ nested: [{ values: 50 }], cut: 0 });
  expect(lookWithin(50, true).sample).toBeUndefined();
});
