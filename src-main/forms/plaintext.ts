import { blockLength } from '#crypto/aes-ecb';
import type { Layout } from './layout.ts';

/**
 * The secret itself, from the bytes under the cipher: without padding and inner encoding.
 * Undefined where those are not as the layout says, which a wrong key would cause.
 */
export function innerSecret(layout: Layout, plaintext: Uint8Array): Uint8Array | undefined {
  const secret = withoutPadding(layout, plaintext);
  if (!secret || !layout.innerBase64) return secret;
  const text = asBuffer(secret).toString('latin1');
  const bytes = Buffer.from(text, 'base64');
  return bytes.toString('base64') === text ? bytes : undefined;
}

/** The bytes under the cipher, from the secret itself: what `innerSecret` takes off. The caller wipes both. */
export function outerBytes(layout: Layout, secret: Uint8Array): Uint8Array {
  const inner = layout.innerBase64 ? Buffer.from(asBuffer(secret).toString('base64'), 'latin1') : secret;
  return Buffer.concat([inner, paddingOf(layout, inner.length)]);
}

function withoutPadding({ padding }: Layout, plaintext: Uint8Array): Uint8Array | undefined {
  const last = plaintext.at(-1) ?? 0;
  switch (padding) {
    case 'one-byte':
      return last === 1 ? plaintext.subarray(0, -1) : undefined;
    case 'pkcs7': {
      const valid = last >= 1 && last <= blockLength && plaintext.length % blockLength === 0;
      return valid && plaintext.subarray(-last).every((byte) => byte === last)
        ? plaintext.subarray(0, -last)
        : undefined;
    }
    case 'zero': {
      if (plaintext.length % blockLength !== 0) return undefined;
      let end = plaintext.length;
      while (end > 0 && plaintext[end - 1] === 0) end--;
      return plaintext.length - end < blockLength ? plaintext.subarray(0, end) : undefined;
    }
    case 'none':
    default:
      return plaintext;
  }
}

function paddingOf({ padding }: Layout, length: number): Uint8Array {
  const missing = blockLength - (length % blockLength);
  switch (padding) {
    case 'one-byte':
      return Uint8Array.of(1);
    case 'pkcs7':
      return new Uint8Array(missing).fill(missing);
    case 'zero':
      return new Uint8Array(missing % blockLength);
    case 'none':
    default:
      return new Uint8Array();
  }
}

function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
