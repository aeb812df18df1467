import { createHash, createHmac, randomBytes } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { EncryptionKey } from '#crypto/encryption-key';
import { findCompanion, type SealedSample } from '#discovery/companions';
import type { Ciphertext } from '#forms/ciphertext';
import { encrypt } from '#test/support/forms/foreign-cells';

const bytes = randomBytes(32);
const key = new EncryptionKey(Buffer.from(bytes));
const text = bytes.toString('base64');

/** Three rows whose cell holds the ciphertext behind a prefix, beside another cell. */
function samples(write: (sealed: Buffer) => Buffer | string, beside = 'nothing of note'): SealedSample[] {
  return [1, 2, 3].map((i) => {
    const plaintext = Buffer.from(`secret number ${i}`);
    const { iv, body } = encrypt(bytes, 'cfb128', plaintext);
    const cell = Buffer.from(write(Buffer.concat([iv, body])));
    const ciphertext = { iv, body } as unknown as Ciphertext;
    return { ciphertext, text: cell.toString('latin1'), plaintext, row: [Buffer.from(beside), cell] };
  });
}

const hash = (name: string, of: Buffer | string) => createHash(name).update(of).digest();
const ids: readonly (readonly [string, Buffer])[] = [
  ['sha256 of the key', hash('sha256', bytes)],
  ['md5 of the key', hash('md5', bytes)],
  ['sha1 of the text of the key', hash('sha1', text)],
  ['sha256 of the text of the key', hash('sha256', text)],
  ['sha256 of the hex of the key', hash('sha256', bytes.toString('hex'))],
  ['an hmac of nothing under the key', createHmac('sha256', bytes).digest()],
  ['an hmac of a label under the text of the key', createHmac('sha256', text).update('kid').digest()],
];

describe('an id that is computed from the key is found', () => {
  test.for(ids)('%s, however it is written', ([, id]) => {
    const written: ((sealed: Buffer) => Buffer | string)[] = [
      (sealed) => `${id.toString('hex').slice(0, 8)}:${sealed.toString('base64')}`,
      (sealed) => `$${id.toString('hex').slice(0, 16).toUpperCase()}$${sealed.toString('hex')}`,
      (sealed) => `${id.subarray(0, 6).toString('base64')}.${sealed.toString('base64')}`,
      (sealed) => `${id.subarray(0, 9).toString('base64url')}.${sealed.toString('base64url')}`,
      (sealed) => Buffer.concat([id.subarray(0, 4), sealed]).toString('base64'),
      (sealed) => Buffer.concat([id.subarray(0, 8), sealed]),
    ];
    for (const write of written) {
      expect(findCompanion(samples(write), key)).toMatchObject({ isKeyed: true });
    }
  });

  test('in another column, and where it is the end of the hash, or a part of the key', () => {
    const plain = (sealed: Buffer) => sealed.toString('base64');
    const end = hash('sha256', bytes).toString('hex').slice(-8);
    for (const beside of [end, text.slice(0, 6), hash('md5', text).toString('hex')]) {
      expect(findCompanion(samples(plain, beside), key)).toMatchObject({ isKeyed: true });
    }
  });
});

test('an id of another key, a name, or a version is none', () => {
  const other = hash('sha256', randomBytes(32)).toString('hex').slice(0, 8);
  for (const kid of [other, 'v2', 'primary-2024', 'deadbeef'])
    expect(
      findCompanion(
        samples((sealed) => `${kid}:${sealed.toString('base64')}`),
        key,
      ),
    ).toBeUndefined();
});
