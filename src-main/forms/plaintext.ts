import type { Layout } from './layout.ts';

const blockLength = 16;

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
  if (padding === 'none') return plaintext;
  if (padding === 'one-byte') return last === 1 ? plaintext.subarray(0, -1) : undefined;
  if (plaintext.length % blockLength !== 0) return undefined;
  if (padding === 'pkcs7') {
    const valid = last >= 1 && last <= blockLength;
    return valid && plaintext.subarray(-last).every((byte) => byte === last)
      ? plaintext.subarray(0, -last)
      : undefined;
  }
  let end = plaintext.length;
  while (end > 0 && plaintext[end - 1] === 0) end--;
  return plaintext.length - end < blockLength ? plaintext.subarray(0, end) : undefined;
}

function paddingOf({ padding }: Layout, length: number): Uint8Array {
  const missing = blockLength - (length % blockLength);
  if (padding === 'none') return new Uint8Array();
  if (padding === 'one-byte') return Uint8Array.of(1);
  return padding === 'pkcs7' ? new Uint8Array(missing).fill(missing) : new Uint8Array(missing % blockLength);
}

function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
