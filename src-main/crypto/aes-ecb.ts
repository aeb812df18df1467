import { createCipheriv } from 'node:crypto';
import { KeelError } from '#errors/keel-error';

/** Bytes of a block of AES. */
export const blockLength = 16;

/**
 * The forward block cipher, AES-256 or what the key's length says, over whole blocks, as the modes of operation need it (NIST SP 800-38A, 6.1). Stateless,
 * so one serves any number of calls. The answer is aligned to 32-bit words.
 */
export function blockCipher(key: Uint8Array): (blocks: Uint8Array) => Uint8Array {
  if (key.length !== 32 && key.length !== 16) throw notAKeyOfAes(key.length);
  const cipher = createCipheriv(`aes-${key.length * 8}-ecb`, key, null).setAutoPadding(false);
  return (blocks) => {
    const result = cipher.update(blocks);
    return result.byteOffset % 4 === 0 ? result : new Uint8Array(result);
  };
}

function notAKeyOfAes(length: number): KeelError {
  return new KeelError(
    'key-malformed',
    `the key is ${length} bytes long, but a layout without \`key:…\` needs a key of exactly 32 bytes; nothing was changed`,
    'specify the layout that the application uses, including how it reads its key',
  );
}

/** The same bytes as 32-bit words. `bytes` must be aligned. */
export function wordsOf(bytes: Uint8Array): Uint32Array {
  return new Uint32Array(bytes.buffer, bytes.byteOffset, bytes.byteLength >> 2);
}
