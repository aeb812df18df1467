const alphabet = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';

/** Characters that so many bytes take, whatever their value. */
function base62Length(bytes: number): number {
  return Math.ceil((bytes * 8) / Math.log2(62));
}

/**
 * Bytes as one number in base 62, padded to its fixed length. No two byte strings of a length share a text, so nothing of
 * their randomness is lost. ASCII in a buffer that the caller wipes; `bytes` is filled with zeros on the way.
 */
export function encodeBase62(bytes: Buffer): Buffer {
  const text = Buffer.alloc(base62Length(bytes.length));
  for (let place = text.length - 1; place >= 0; place--) {
    let remainder = 0;
    for (let i = 0; i < bytes.length; i++) {
      const value = remainder * 256 + bytes.readUInt8(i);
      bytes.writeUInt8(Math.floor(value / 62), i);
      remainder = value % 62;
    }
    text.write(alphabet.charAt(remainder), place, 'ascii');
  }
  return text;
}
