import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { decryptBatch, encryptBatch, sealBatch, type Segment, segments } from '#crypto/cfb';

const hex = (text: string) => Buffer.from(text.replaceAll(' ', ''), 'hex');
const runtimeCipher: Record<Segment, string> = { cfb128: 'aes-256-cfb', cfb8: 'aes-256-cfb8' };

/** The runtime's own cipher: the reference. */
function reference(key: Uint8Array, segment: Segment, iv: Uint8Array, plaintext: Uint8Array): Buffer {
  const cipher = createCipheriv(runtimeCipher[segment], key, iv);
  return Buffer.concat([cipher.update(plaintext), cipher.final()]);
}

describe('NIST SP 800-38A, appendix F.3, AES-256', () => {
  const key = hex('603deb1015ca71be2b73aef0857d7781 1f352c073b6108d72d9810a30914dff4');
  const iv = hex('000102030405060708090a0b0c0d0e0f');
  test.for([
    [
      'CFB128 (F.3.17, F.3.18)',
      'cfb128',
      '6bc1bee22e409f96e93d7e117393172a ae2d8a571e03ac9c9eb76fac45af8e51 30c81c46a35ce411e5fbc1191a0a52ef f69f2445df4f9b17ad2b417be66c3710',
      'dc7e84bfda79164b7ecd8486985d3860 39ffed143b28b1c832113c6331e5407b df10132415e54b92a13ed0a8267ae2f9 75a385741ab9cef82031623d55b1e471',
    ],
    [
      'CFB8 (F.3.11, F.3.12)',
      'cfb8',
      '6bc1bee22e409f96e93d7e117393172aae2d',
      'dc1f1a8520a64db55fcc8ac554844e889700',
    ],
  ] as const)('%s', ([, segment, plain, cipher]) => {
    const [body] = encryptBatch(key, segment, [{ iv, plaintext: hex(plain) }]);
    expect(Buffer.from(body as Uint8Array)).toEqual(hex(cipher));
    const { plaintexts } = decryptBatch(key, segment, [{ iv, body: hex(cipher) }]);
    expect(Buffer.from(plaintexts[0] as Uint8Array)).toEqual(hex(plain));
  });
});

interface Fixture {
  readonly openssl: string;
  readonly key: string;
  readonly values: readonly { cipher: string; plaintext: string; iv: string; body: string }[];
}

describe('ciphertexts of `openssl enc`', () => {
  const file = join(import.meta.dirname, '../../fixtures/openssl/cfb.json');
  const fixture = JSON.parse(readFileSync(file, 'utf8')) as Fixture;
  test.for(segments)('in %s are opened in one batch, and made again to the byte', (segment) => {
    const values = fixture.values.filter(({ cipher }) => cipher === runtimeCipher[segment]);
    expect(values.length).toBeGreaterThan(5);
    const key = hex(fixture.key);
    const sealed = values.map(({ iv, body }) => ({ iv: hex(iv), body: hex(body) }));
    const { plaintexts } = decryptBatch(key, segment, sealed);
    expect(plaintexts.map((plaintext) => Buffer.from(plaintext).toString('hex'))).toEqual(
      values.map(({ plaintext }) => plaintext),
    );
    const again = encryptBatch(
      key,
      segment,
      sealed.map(({ iv }, i) => ({ iv, plaintext: plaintexts[i] as Uint8Array })),
    );
    expect(again.map((body) => Buffer.from(body).toString('hex'))).toEqual(values.map(({ body }) => body));
  });
});

describe.for(segments)('a batch in %s', (segment) => {
  const longest = segment === 'cfb128' ? 3_000 : 300;
  const plaintext = fc.uint8Array({ maxLength: longest });

  test('of any values is what each gives alone, and what the runtime gives', () => {
    const batch = fc.array(fc.tuple(fc.uint8Array({ minLength: 16, maxLength: 16 }), plaintext), {
      maxLength: 40,
    });
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 32, maxLength: 32 }), batch, (key, values) => {
        const pairs = values.map(([iv, plaintext]) => ({ iv, plaintext }));
        const bodies = encryptBatch(key, segment, pairs).map((body) => Buffer.from(body));
        expect(bodies).toEqual(pairs.map(({ iv, plaintext }) => reference(key, segment, iv, plaintext)));
        for (const [i, pair] of pairs.entries()) {
          const [alone] = encryptBatch(key, segment, [pair]);
          expect(Buffer.from(alone as Uint8Array)).toEqual(bodies[i]);
        }
        const sealed = pairs.map(({ iv }, i) => ({ iv, body: bodies[i] as Buffer }));
        const { plaintexts } = decryptBatch(key, segment, sealed);
        expect(plaintexts.map((bytes) => Buffer.from(bytes))).toEqual(
          pairs.map((pair) => Buffer.from(pair.plaintext)),
        );
      }),
    );
  });

  test('seals each value under an IV of its own, and opens again', () => {
    fc.assert(
      fc.property(fc.array(plaintext, { minLength: 1, maxLength: 40 }), (plaintexts) => {
        const key = randomBytes(32);
        const sealed = sealBatch(key, segment, plaintexts);
        expect(new Set(sealed.map((bytes) => bytes.toString('hex', 0, 16))).size).toBe(plaintexts.length);
        const opened = sealed.map((bytes) => {
          const decipher = createDecipheriv(runtimeCipher[segment], key, bytes.subarray(0, 16));
          return Buffer.concat([decipher.update(bytes.subarray(16)), decipher.final()]);
        });
        expect(opened).toEqual(plaintexts.map((bytes) => Buffer.from(bytes)));
      }),
    );
  });

  test('takes a value of megabytes beside small and empty ones', () => {
    const key = randomBytes(32);
    const large = randomBytes(segment === 'cfb128' ? 5_000_003 : 200_003);
    const plaintexts = [Buffer.alloc(0), large, Buffer.from('x')];
    const sealed = sealBatch(key, segment, plaintexts);
    const { plaintexts: opened } = decryptBatch(
      key,
      segment,
      sealed.map((bytes) => ({ iv: bytes.subarray(0, 16), body: bytes.subarray(16) })),
    );
    expect(opened.map((bytes) => Buffer.compare(bytes, plaintexts[opened.indexOf(bytes)] as Buffer))).toEqual(
      [0, 0, 0],
    );
    const iv = (sealed[1] as Buffer).subarray(0, 16);
    expect((sealed[1] as Buffer).subarray(16).equals(reference(key, segment, iv, large))).toBe(true);
  });

  test('keeps all plaintexts in the storage that its owner wipes', () => {
    const key = randomBytes(32);
    const [sealed] = sealBatch(key, segment, [Buffer.from('a secret that is wiped')]) as [Buffer];
    const value = { iv: sealed.subarray(0, 16), body: sealed.subarray(16) };
    const { plaintexts, storage } = decryptBatch(key, segment, [value]);
    storage.fill(0);
    expect(Buffer.from(plaintexts[0] as Uint8Array)).toEqual(Buffer.alloc(22));
  });

  test('of nothing is nothing', () => {
    expect(sealBatch(randomBytes(32), segment, [])).toEqual([]);
    expect(decryptBatch(randomBytes(32), segment, []).plaintexts).toEqual([]);
  });
});
