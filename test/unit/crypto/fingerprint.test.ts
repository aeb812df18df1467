import { createHmac, randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { fingerprintOf } from '#crypto/fingerprint';

const key32 = fc.uint8Array({ minLength: 32, maxLength: 32 });

describe('a fingerprint', () => {
  test('is four groups of four hex digits', () => {
    fc.assert(
      fc.property(key32, (key) => {
        expect(fingerprintOf(key)).toMatch(/^[0-9a-f]{4}(-[0-9a-f]{4}){3}$/);
      }),
    );
  });

  test('is the first 8 bytes of HMAC-SHA256 over its label', () => {
    fc.assert(
      fc.property(key32, (key) => {
        const mac = createHmac('sha256', key).update('keel key fingerprint v1').digest();
        expect(fingerprintOf(key).replaceAll('-', '')).toBe(mac.toString('hex', 0, 8));
      }),
    );
  });

  // printf %s 'keel key fingerprint v1' | openssl dgst -sha256 -mac HMAC -macopt hexkey:<64 digits>
  test.for([
    ['00'.repeat(32), '0bd5-c9c1-0440-6304'],
    ['000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f', '34b0-d22e-fff9-92e7'],
  ] as const)('of the key %s is what `openssl dgst` gives', ([key, expected]) => {
    expect(fingerprintOf(Buffer.from(key, 'hex'))).toBe(expected);
  });

  test('stays the same for the same key and differs for a key with one bit changed', () => {
    const key = randomBytes(32);
    const fingerprint = fingerprintOf(key);
    expect(fingerprintOf(Buffer.from(key))).toBe(fingerprint);
    for (let bit = 0; bit < 256; bit++) {
      const other = Buffer.from(key);
      other[bit >> 3] = (other[bit >> 3] as number) ^ (1 << (bit & 7));
      expect(fingerprintOf(other)).not.toBe(fingerprint);
    }
  });

  test('shows nothing of the key', () => {
    fc.assert(
      fc.property(key32, (key) => {
        const digits = fingerprintOf(key).replaceAll('-', '');
        const hex = Buffer.from(key).toString('hex');
        for (let at = 0; at + 8 <= 16; at++) expect(hex).not.toContain(digits.slice(at, at + 8));
      }),
    );
  });
});
