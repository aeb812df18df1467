import { createHmac, timingSafeEqual } from 'node:crypto';
import { decryptCbc, encryptCbc } from './aes-cbc.ts';
import type { SchemeCipher } from './sealed-parts.ts';

/** AES-CBC whose IV and body are signed with HMAC-SHA256 before they are decrypted. */
function cbcWithMac(
  keys: readonly number[],
  /** The halves of the key: what signs, and what encrypts. */
  halves: (key: Uint8Array) => { readonly signing: Uint8Array; readonly encrypting: Uint8Array },
  signed: (iv: Uint8Array, body: Uint8Array, kept: Uint8Array) => Uint8Array,
): SchemeCipher {
  const mac = (key: Uint8Array, iv: Uint8Array, body: Uint8Array, kept: Uint8Array) =>
    createHmac('sha256', halves(key).signing)
      .update(signed(iv, body, kept))
      .digest();
  return {
    keys,
    isAuthenticated: true,
    open(key, { iv, body, tag, kept }) {
      const made = mac(key, iv, body, kept);
      if (tag.length !== made.length || !timingSafeEqual(made, tag)) return undefined;
      return decryptCbc(halves(key).encrypting, iv, body);
    },
    seal(key, plaintext, { iv, kept }) {
      const body = encryptCbc(halves(key).encrypting, iv, plaintext);
      return { body, tag: mac(key, iv, body, kept) };
    },
  };
}

/**
 * Fernet (github.com/fernet/spec): the first half of the key signs, the second encrypts. Version and time stamp are kept, since
 * "encrypted at" would be lost, and signed with the rest.
 */
export const fernet = cbcWithMac(
  [32],
  (key) => ({ signing: key.subarray(0, 16), encrypting: key.subarray(16) }),
  (iv, body, kept) => Buffer.concat([kept, iv, body]),
);

/** Laravel's Encrypter in CBC: the MAC is over the base64 texts of IV and body. */
export const laravelCbc = cbcWithMac(
  [16, 32],
  (key) => ({ signing: key, encrypting: key }),
  (iv, body) => Buffer.from(base64(iv) + base64(body), 'latin1'),
);

function base64(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64');
}
