import { chacha20poly1305, xchacha20poly1305 } from '@noble/ciphers/chacha.js';
import { xsalsa20poly1305 } from '@noble/ciphers/salsa.js';
import type { SchemeCipher } from './sealed-parts.ts';

const tagLength = 16;

/** What is used of a library's cipher: a key, a nonce, and both texts in one. */
type Library = (
  key: Uint8Array,
  nonce: Uint8Array,
  aad: Uint8Array,
) => { encrypt(plaintext: Uint8Array): Uint8Array; decrypt(sealed: Uint8Array): Uint8Array };

function poly1305(library: Library, nonceLength: number, tagAt: 'start' | 'end'): SchemeCipher {
  return {
    keys: [32],
    isAuthenticated: true,
    open(key, { iv, body, tag }, aad) {
      if (iv.length !== nonceLength || tag.length !== tagLength) return undefined;
      try {
        const both = tagAt === 'start' ? [tag, body] : [body, tag];
        return library(key, iv, aad).decrypt(Buffer.concat(both));
      } catch {
        return undefined;
      }
    },
    seal(key, plaintext, { iv, aad }) {
      const both = library(key, iv, aad).encrypt(plaintext);
      return tagAt === 'start'
        ? { tag: both.subarray(0, tagLength), body: both.subarray(tagLength) }
        : { body: both.subarray(0, -tagLength), tag: both.subarray(-tagLength) };
    },
  };
}

/** RFC 8439. */
export const chacha = poly1305(chacha20poly1305, 12, 'end');
/** draft-irtf-cfrg-xchacha-03. */
export const xchacha = poly1305(xchacha20poly1305, 24, 'end');
/** NaCl's secretbox, whose tag comes first. */
export const xsalsa = poly1305((key, nonce) => xsalsa20poly1305(key, nonce), 24, 'start');
