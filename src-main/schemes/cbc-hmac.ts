import { createHmac, timingSafeEqual } from 'node:crypto';
import { decryptCbc, encryptCbc } from './aes-cbc.ts';
import type { SchemeCipher } from './sealed-parts.ts';

/** A tag shorter than this says too little. */
const shortestTag = 12;

/** AES-CBC whose IV and body are signed with an HMAC before they are decrypted; a short tag is the beginning of one. */
function cbcWithMac(
  keys: readonly number[],
  /** The halves of the key: what signs, and what encrypts. */
  halves: (key: Uint8Array) => { readonly signing: Uint8Array; readonly encrypting: Uint8Array },
  signed: (iv: Uint8Array, body: Uint8Array, kept: Uint8Array) => Uint8Array,
  digest = 'sha256',
): SchemeCipher {
  const mac = (key: Uint8Array, iv: Uint8Array, body: Uint8Array, kept: Uint8Array, length: number) =>
    createHmac(digest, halves(key).signing)
      .update(signed(iv, body, kept))
      .digest()
      .subarray(0, length);
  return {
    keys,
    isAuthenticated: true,
    open(key, { iv, body, tag, kept }) {
      const made = mac(key, iv, body, kept, tag.length);
      if (tag.length < shortestTag || tag.length !== made.length || !timingSafeEqual(made, tag))
        return undefined;
      return decryptCbc(halves(key).encrypting, iv, body);
    },
    seal(key, plaintext, { iv, kept, tagLength }) {
      const body = encryptCbc(halves(key).encrypting, iv, plaintext);
      return { body, tag: mac(key, iv, body, kept, tagLength) };
    },
  };
}

const oneKey = (key: Uint8Array) => ({ signing: key, encrypting: key });
const signingFirst = (key: Uint8Array) => ({
  signing: key.subarray(0, key.length / 2),
  encrypting: key.subarray(key.length / 2),
});
const encryptingFirst = (key: Uint8Array) => ({
  signing: key.subarray(key.length / 2),
  encrypting: key.subarray(0, key.length / 2),
});

/**
 * AES-CBC with a MAC as a layout describes it: digest, what is signed, and, where its halves are two keys, in which order they are:
 * `sha256/iv+body`, `sha512/body/sign+encrypt`. Undefined for a text that says something else.
 */
export function cbcWithMacOf(text: string): SchemeCipher | undefined {
  const [, digest, signed, order] =
    /^(sha1|sha256|sha384|sha512)\/(iv\+body|body)(?:\/(sign\+encrypt|encrypt\+sign))?$/.exec(text) ?? [];
  if (!digest) return undefined;
  const halves = order === undefined ? oneKey : order === 'sign+encrypt' ? signingFirst : encryptingFirst;
  return cbcWithMac(
    order === undefined ? [16, 24, 32] : [32, 48, 64],
    halves,
    (iv, body) => (signed === 'body' ? body : Buffer.concat([iv, body])),
    digest,
  );
}

/**
 * Fernet (github.com/fernet/spec): the first half of the key signs, the second encrypts. Version and time stamp are kept, since
 * "encrypted at" would be lost, and signed with the rest.
 */
export const fernet = cbcWithMac([32], signingFirst, (iv, body, kept) => Buffer.concat([kept, iv, body]));

/** Laravel's Encrypter in CBC: the MAC is over the base64 texts of IV and body. */
export const laravelCbc = cbcWithMac([16, 32], oneKey, (iv, body) =>
  Buffer.from(base64(iv) + base64(body), 'latin1'),
);

function base64(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64');
}
