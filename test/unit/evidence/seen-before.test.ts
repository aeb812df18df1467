import { randomBytes } from 'node:crypto';
import { expect, test } from 'vitest';
import { CipherTape } from '#crypto/cipher-tape';
import { sealBatch } from '#crypto/cfb';
import { EncryptionKey } from '#crypto/encryption-key';
import { GrowingFilter, InputFilter } from '#evidence/input-filter';
import { OpenedInPlace, openedValue } from '#evidence/opened-in-place';
import { VainBodies } from '#evidence/vain-bodies';
import type { ValuesInPlace } from '#forms/values-in-place';
import { noise } from './noise.ts';

// What a search remembers: what was seen stays known, what was not is hardly ever taken for it, and no plaintext is kept.

const hashes = (seed: number, count: number) => {
  const bytes = noise(seed, 4 * count);
  return Array.from({ length: count }, (_, i) => bytes.readUInt32LE(4 * i));
};

test('what was seen is known, however much came after it', () => {
  const filter = new GrowingFilter();
  // more than three filters hold, of which each is larger than the one before
  const seen = hashes(1, 60_000);
  const entered = seen.filter((hash) => filter.isNew(hash)).length;
  expect(entered).toBeGreaterThan(0.9 * seen.length);
  expect(seen.filter((hash) => filter.isNew(hash))).toEqual([]);
});

test('of what is new one in twenty passes for seen at most', () => {
  const filter = new GrowingFilter();
  for (const hash of hashes(2, 60_000)) filter.isNew(hash);
  expect(hashes(3, 2_000).filter((hash) => !filter.isNew(hash)).length).toBeLessThan(2_000 / 10);
  const small = new InputFilter(1 << 14);
  const [first = 0, ...others] = hashes(4, 500);
  expect([small.has(first), small.isNew(first), small.has(first), small.isNew(first)]).toEqual([
    false,
    true,
    true,
    false,
  ]);
  expect(others.filter((hash) => small.has(hash)).length).toBeLessThan(5);
});

test('a body that was tried in vain with one IV is tried with each other, and in each other column', () => {
  const vain = new VainBodies();
  const bytes = Buffer.from('..active..active');
  vain.add(2, 0, bytes, 2, 6);
  expect(vain.has(2, 0, bytes, 2, 6)).toBe(true);
  expect(vain.has(2, 0, bytes, 10, 6)).toBe(true);
  expect(vain.has(2, 1, bytes, 2, 6)).toBe(false);
  expect(vain.has(1, 0, bytes, 2, 6)).toBe(false);
  expect(vain.has(2, 0, bytes, 2, 5)).toBe(false);
  expect(vain.has(2, 0, Buffer.from('..Active'), 2, 6)).toBe(false);
});

test('a body so short that a ciphertext may repeat by chance is tried each time', () => {
  const vain = new VainBodies();
  const bytes = Buffer.from('abcd');
  vain.add(1, 0, bytes, 0, 3);
  expect(vain.has(1, 0, bytes, 0, 3)).toBe(false);
  vain.add(1, 0, bytes, 0, 4);
  expect(vain.has(1, 0, bytes, 0, 4)).toBe(true);
});

test('what a key made of values in place is wiped with their batch', () => {
  using key = new EncryptionKey(randomBytes(32));
  const tape = new CipherTape(3, 200);
  for (const text of ['hunter2', 'a secret of more than one block', '']) {
    const [sealed] = sealBatch(key.bytes, 'cfb128', [Buffer.from(text)]) as [Buffer];
    tape.bytes.set(sealed, tape.end);
    tape.push(sealed.length - 16);
  }
  const values = { tape } as ValuesInPlace;
  const opened = new OpenedInPlace();
  opened.open(values, key);
  const { plaintext, plainAt, length } = openedValue(values, opened, 1);
  expect(Buffer.from(plaintext.subarray(plainAt, plainAt + length)).toString()).toBe(
    'a secret of more than one block',
  );
  opened.wipe();
  expect(opened.bytes.some((byte) => byte !== 0)).toBe(false);
});
