import { createCipheriv } from 'node:crypto';

/** Bytes of a block of AES. */
export const blockLength = 16;

/**
 * The forward AES-256 block cipher over whole blocks, as the modes of operation need it (NIST SP 800-38A, 6.1). Stateless,
 * so one serves any number of calls. The answer is aligned to 32-bit words.
 */
export function blockCipher(key: Uint8Array): (blocks: Uint8Array) => Uint8Array {
  const cipher = createCipheriv('aes-256-ecb', key, null).setAutoPadding(false);
  return (blocks) => {
    const result = cipher.update(blocks);
    return result.byteOffset % 4 === 0 ? result : new Uint8Array(result);
  };
}

/** The same bytes as 32-bit words. `bytes` must be aligned. */
export function wordsOf(bytes: Uint8Array): Uint32Array {
  return new Uint32Array(bytes.buffer, bytes.byteOffset, bytes.byteLength >> 2);
}
