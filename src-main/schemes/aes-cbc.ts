import { createCipheriv, createDecipheriv } from 'node:crypto';
import type { SchemeCipher } from './sealed-parts.ts';

const blockLength = 16;
const noTag = new Uint8Array();

/**
 * AES-CBC (NIST SP 800-38A, 6.2). Padding is part of the bytes under the cipher: it is moved as it is, and tells the evidence
 * whether the key is right.
 */
export const aesCbc: SchemeCipher = {
  keys: [16, 24, 32],
  isAuthenticated: false,
  open: (key, { iv, body }) => decryptCbc(key, iv, body),
  seal: (key, plaintext, { iv }) => ({ body: encryptCbc(key, iv, plaintext), tag: noTag }),
};

/** Undefined where the body is not in whole blocks. */
export function decryptCbc(key: Uint8Array, iv: Uint8Array, body: Uint8Array): Uint8Array | undefined {
  if (iv.length !== blockLength || body.length === 0 || body.length % blockLength !== 0) return undefined;
  const cipher = createDecipheriv(nameOf(key), key, iv).setAutoPadding(false);
  return Buffer.concat([cipher.update(body), cipher.final()]);
}

export function encryptCbc(key: Uint8Array, iv: Uint8Array, padded: Uint8Array): Uint8Array {
  const cipher = createCipheriv(nameOf(key), key, iv).setAutoPadding(false);
  return Buffer.concat([cipher.update(padded), cipher.final()]);
}

function nameOf(key: Uint8Array): string {
  return `aes-${key.length * 8}-cbc`;
}
