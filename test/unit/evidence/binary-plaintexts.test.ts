import { createCipheriv, createHash, generateKeyPairSync } from 'node:crypto';
import { deflateSync, gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { EncryptionKey } from '#crypto/encryption-key';
import { CellScanner } from '#evidence/scan/cell-scanner';
import { noise } from './noise.ts';
import { often } from '#test/support/how-often';

/** Plaintexts that are no text. */

const keys = [1, 2, 3].map((seed) => new EncryptionKey(noise(seed, 32)));
const secret = JSON.stringify({ host: 'db-7.internal.example.org', port: 5432, password: 'x7Gh-3_kQ!vB2' });

function seal(plain: string | Buffer, seed: number, key = 1): Buffer {
  const iv = Buffer.from(noise(seed, 16));
  const cipher = createCipheriv('aes-256-cfb', (keys[key] as EncryptionKey).bytes, iv);
  return Buffer.concat([iv, cipher.update(plain), cipher.final()]);
}

const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 });
const ec = generateKeyPairSync('ed25519');
const random = (length: number) => Buffer.from(noise(500 + length, length));

/** A map of strings as MessagePack writes it. */
function messagePack(object: Readonly<Record<string, string>>): Buffer {
  const text = (value: string) =>
    Buffer.concat([
      value.length < 32 ? Buffer.of(0xa0 | value.length) : Buffer.of(0xd9, value.length),
      Buffer.from(value),
    ]);
  const entries = Object.entries(object).flat();
  return Buffer.concat([Buffer.of(0x80 | (entries.length / 2)), ...entries.map(text)]);
}

/** Fields of strings as Protocol Buffers write them. */
const protobuf = (values: readonly string[]) =>
  Buffer.concat(
    values.flatMap((value, i) => [Buffer.of(((i + 1) << 3) | 2, value.length), Buffer.from(value)]),
  );

const plaintexts: Readonly<Record<string, { plain: Buffer; least: number }>> = {
  'a gzip': { plain: gzipSync(secret), least: 64 },
  'a zlib': { plain: deflateSync(secret), least: 24 },
  // by hand, since not every runtime has zstd: one raw block of 64 bytes
  'a frame of zstd': {
    plain: Buffer.concat([Buffer.from('28b52ffd2040010200', 'hex'), random(64)]),
    least: 40,
  },
  'a private key in DER': { plain: rsa.privateKey.export({ type: 'pkcs8', format: 'der' }), least: 64 },
  'a short private key in DER': { plain: ec.privateKey.export({ type: 'pkcs8', format: 'der' }), least: 40 },
  'a public key in DER': { plain: rsa.publicKey.export({ type: 'spki', format: 'der' }), least: 64 },
  'a PNG': {
    plain: Buffer.concat([Buffer.from('89504e470d0a1a0a0000000d49484452', 'hex'), random(200)]),
    least: 64,
  },
  'a key store of Java': {
    plain: Buffer.concat([Buffer.from('feedfeed0000000200000001', 'hex'), random(200)]),
    least: 64,
  },
  'what OpenSSL encrypted with a password': {
    plain: Buffer.concat([Buffer.from('Salted__'), random(200)]),
    least: 40,
  },
  MessagePack: {
    plain: messagePack({ user: 'reader', password: 'x7Gh-3_kQ!vB2', host: 'db-7.internal.example.org' }),
    least: 40,
  },
  'Protocol Buffers': {
    plain: protobuf(['reader', 'x7Gh-3_kQ!vB2', 'db-7.internal.example.org', 'public']),
    least: 40,
  },
  'UTF-16, the high byte first': { plain: Buffer.from(secret, 'utf16le').swap16(), least: 64 },
};

function hitsOf(cell: string) {
  const scanner = new CellScanner(keys);
  const data = Buffer.from(cell);
  scanner.add(0, 0, data, 0, data.length, 'text');
  return scanner.flush();
}

describe('a plaintext that is no text', () => {
  test.each(Object.entries(plaintexts))('is told if it is %s', (_name, { plain, least }) => {
    for (let seed = 40; seed < 46; seed++) {
      const hits = hitsOf(seal(plain, seed).toString('base64'));
      expect(
        Math.max(0, ...hits.filter(({ key }) => key === 1).map(({ bits }) => bits)),
        plain.toString('hex').slice(0, 80),
      ).toBeGreaterThan(least);
      expect(hits.filter(({ key, bits }) => key !== 1 && bits > 20)).toEqual([]);
    }
  });

  test.each([
    ['the same key', 1, [1, 1]],
    ['another key of the ring', 2, [1, 2]],
  ] as const)('is told if it is a ciphertext under %s', (_name, inner, reported) => {
    for (let seed = 40; seed < 46; seed++) {
      const hits = hitsOf(seal(seal(secret, seed + 100, inner), seed).toString('base64'));
      expect(
        hits
          .filter(({ bits }) => bits > 64)
          .map(({ key }) => key)
          .sort((a, b) => a - b),
      ).toEqual(reported);
    }
  });

  test('is told if it is a ciphertext in base64', () => {
    const [hit] = hitsOf(seal(seal(secret, 141, 2).toString('base64'), 41).toString('hex'));
    expect(hit).toMatchObject({ key: 1, frame: 'start' });
  });
});

test('noise is no structure', () => {
  const scanner = new CellScanner(keys);
  let strongest = 0;
  for (let seed = 0; seed < often(20_000); seed++) {
    const bytes = Buffer.concat([0, 1, 2].map((k) => createHash('sha512').update(`${seed} ${k}`).digest()));
    const data = Buffer.from(bytes.toString('base64'));
    scanner.add(seed, 0, data, 0, data.length, 'text');
    if (!scanner.full) continue;
    for (const { bits, frame } of scanner.flush())
      if (frame === 'binary') strongest = Math.max(strongest, bits);
  }
  expect(strongest).toBeLessThan(40);
});
