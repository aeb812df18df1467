import { createCipheriv, randomBytes } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { countUnderOneKeystream } from '#discovery/iv/shared-keystream';

const key = randomBytes(32);
const token = () => randomBytes(24).toString('base64url');

/** The first ciphertext block of a text under an IV. */
function firstBlock(text: string, iv: Buffer, cipher = 'aes-256-cfb'): Buffer {
  return createCipheriv(cipher, key, iv).update(text, 'utf8').subarray(0, 16);
}

describe('first blocks', () => {
  test('of tokens under one IV are told as such, from six values on', () => {
    for (let run = 0; run < 50; run++) {
      const iv = randomBytes(16);
      const firsts = [...Array(6)].map(() => firstBlock(token(), iv));
      expect(countUnderOneKeystream('cfb128', firsts)).toBe(6);
    }
  });

  test('of tokens under a few IVs are told, where some share one', () => {
    const ivs = [...Array(4)].map(() => randomBytes(16));
    const firsts = [...Array(40)].map((_, i) => firstBlock(token(), ivs[i % 4] as Buffer));
    expect(countUnderOneKeystream('cfb128', firsts)).toBeGreaterThanOrEqual(10);
  });

  test('of CFB8 under one IV are told by their first bytes', () => {
    const iv = randomBytes(16);
    const firsts = [...Array(60)].map(() => firstBlock(token(), iv, 'aes-256-cfb8'));
    expect(countUnderOneKeystream('cfb8', firsts)).toBe(60);
  });

  test('that are random IVs, IVs with one beginning, or IVs written as text are not', () => {
    for (let run = 0; run < 100; run++) {
      const prefix = randomBytes(8);
      const random = [...Array(200)].map(() => randomBytes(16));
      const alike = [...Array(50)].map(() => Buffer.concat([prefix, randomBytes(8)]));
      const digits = [...Array(50)].map(() => Buffer.from(randomBytes(8).toString('hex')));
      for (const firsts of [random, alike, digits]) {
        expect(countUnderOneKeystream('cfb128', firsts)).toBe(0);
        expect(countUnderOneKeystream('cfb8', random)).toBe(0);
      }
    }
  });
});
