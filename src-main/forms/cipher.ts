import { pbkdf2, randomBytes } from 'node:crypto';
import { promisify } from 'node:util';
import { blockLength } from '#crypto/aes-ecb';
import { decryptBatch, sealUnder } from '#crypto/cfb';
import type { EncryptionKey } from '#crypto/encryption-key';
import type { OpenedBatch } from '#crypto/sealed';
import type { Ciphertext, KeyIv } from './ciphertext.ts';
import type { Edit } from './leaf.ts';
import type { Layout } from './layout.ts';
import { openScheme, sealScheme } from './scheme-cipher.ts';

/**
 * Decrypts ciphertexts of one layout. The bytes are those under the cipher: padding and inner encoding included; of a value that its
 * cipher refused there are none.
 */
export async function openCiphertexts(
  layout: Layout,
  key: EncryptionKey,
  values: readonly Ciphertext[],
): Promise<OpenedBatch> {
  if (layout.scheme) return openScheme(layout, layout.scheme, key, values);
  if (layout.derivation === 'none') {
    return decryptBatch(
      key.bytes,
      layout.segment,
      values.map(({ iv, body }) => ({ iv: ivBytes(iv, key), body })),
    );
  }
  const plaintexts = await Promise.all(
    values.map(async ({ iv, body, salt }) => {
      const derived = await deriveKey(layout, key, salt as Buffer);
      const [plaintext] = decryptBatch(derived, layout.segment, [{ iv: ivBytes(iv, key), body }]).plaintexts;
      derived.fill(0);
      return plaintext as Uint8Array;
    }),
  );
  const storage = Buffer.concat(plaintexts);
  let at = 0;
  return {
    storage,
    plaintexts: plaintexts.map((plaintext) => {
      plaintext.fill(0);
      at += plaintext.length;
      return storage.subarray(at - plaintext.length, at);
    }),
  };
}

/**
 * Encrypts `plaintexts` and answers the changes that put each in the place of the ciphertext it came from. IVs are fresh random
 * bytes, but where an IV stands apart from its body, which is kept: another key makes the same IV a new one, and nobody knows
 * what else reads it. `isUpper`: the case of digits in place of those that show none.
 */
export async function sealCiphertexts(
  layout: Layout,
  key: EncryptionKey,
  values: readonly Ciphertext[],
  plaintexts: readonly Uint8Array[],
  isUpper?: boolean,
): Promise<Edit[][]> {
  if (layout.scheme) return sealScheme(layout, layout.scheme, key, values, plaintexts, isUpper);
  const ivs = randomBytes(values.length * blockLength);
  for (const [i, { iv, keepsIv }] of values.entries()) {
    if (keepsIv) ivs.set(ivBytes(iv, key), i * blockLength);
  }
  if (layout.derivation === 'none') {
    const sealed = sealUnder(key.bytes, layout.segment, ivs, plaintexts);
    return values.map((value, i) => value.rewrite({ sealed: sealed[i] as Buffer, isUpper }));
  }
  return Promise.all(
    values.map(async (value, i) => {
      const salt = randomBytes((value.salt as Buffer).length);
      const derived = await deriveKey(layout, key, salt);
      const iv = ivs.subarray(i * blockLength, (i + 1) * blockLength);
      const [sealed] = sealUnder(derived, layout.segment, iv, [plaintexts[i] as Uint8Array]);
      derived.fill(0);
      return value.rewrite({ sealed: sealed as Buffer, salt, isUpper });
    }),
  );
}

/** The 16 bytes of an IV, which may be a part of the key. */
export function ivBytes(iv: Uint8Array | KeyIv, key: EncryptionKey): Uint8Array {
  switch (iv) {
    case 'key-start':
      return key.bytes.subarray(0, blockLength);
    case 'key-end':
      return key.bytes.subarray(-blockLength);
    case 'key-text-start':
      return key.written.subarray(0, blockLength);
    default:
      return iv;
  }
}

/** An IV as text, to compare two of them. */
export function ivBytesOrName(iv: Uint8Array | KeyIv): string {
  return typeof iv === 'string' ? iv : Buffer.from(iv).toString('latin1');
}

/** PBKDF2-HMAC-SHA256, 10 000 rounds, 32 bytes, as in Grafana's pkg/util/encryption.go. */
function deriveKey({ derivation }: Layout, key: EncryptionKey, salt: Buffer): Promise<Buffer> {
  const secret = derivation === 'key-bytes' ? key.bytes : key.written;
  return promisify(pbkdf2)(secret, salt, 10_000, 32, 'sha256');
}
