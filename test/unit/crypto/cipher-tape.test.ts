import { createCipheriv, randomBytes } from 'node:crypto';
import { expect, test } from 'vitest';
import { CipherTape, decryptTape, encryptTape } from '#crypto/cipher-tape';

/** What Node makes of the same, one value at a time. */
function reference(key: Buffer, iv: Buffer, plain: Buffer): Buffer {
  const cipher = createCipheriv('aes-256-cfb', key, iv);
  return Buffer.concat([cipher.update(plain), cipher.final()]);
}

test.each([
  ['fit', 20, 4_096],
  ['are more than there was room for', 0, 0],
  ['are longer than there was room for', 20, 16],
])('values that %s are encrypted and decrypted as by themselves', (_, values, bytes) => {
  const key = randomBytes(32);
  const all = [0, 1, 15, 16, 17, 31, 32, 33, 300, 64, 5].map((length) => ({
    iv: randomBytes(16),
    plain: randomBytes(length),
  }));
  const tape = new CipherTape(values, bytes);
  for (const { iv, plain } of all) {
    tape.reserve(plain.length);
    tape.bytes.set(iv, tape.end);
    tape.bytes.set(plain, tape.end + 16);
    tape.push(plain.length);
  }
  encryptTape(key, tape);
  const bodyAt = (from: Uint8Array, i: number) => {
    const start = (tape.starts[i] as number) + 16;
    return Buffer.from(from.subarray(start, start + (tape.lengths[i] as number)));
  };
  for (const [i, { iv, plain }] of all.entries())
    expect(bodyAt(tape.bytes, i), `value ${i}`).toEqual(reference(key, iv, plain));
  const opened = new Uint8Array(tape.bytes.length);
  decryptTape(key, tape, opened);
  for (const [i, { plain }] of all.entries()) expect(bodyAt(opened, i), `value ${i}`).toEqual(plain);
});

test('a value that is taken back leaves its place to the next', () => {
  const tape = new CipherTape(1, 16);
  for (const length of [5, 40, 7]) {
    tape.reserve(length);
    tape.push(length);
  }
  const [, second] = tape.starts;
  tape.truncate(1);
  expect([tape.count, tape.end]).toEqual([1, second]);
  tape.truncate(1);
  expect(tape.end).toBe(second);
});
