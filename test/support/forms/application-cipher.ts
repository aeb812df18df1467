import { createCipheriv, createDecipheriv, createHmac, randomBytes, timingSafeEqual } from 'node:crypto';

/** How an application encrypts, with Node's own cipher and none of Keel's code. */
export interface ApplicationCipher {
  readonly algorithm: 'aes-256-cfb' | 'aes-256-cfb8';
  /** `one` is what .NET's CFB8 does by default: PKCS7 for blocks of a single byte. */
  readonly padding: 'none' | 'pkcs7' | 'zero' | 'one';
  readonly text: 'utf8' | 'utf16le';
}

export interface Sealed {
  readonly iv: Buffer;
  readonly body: Buffer;
}

export const plainCfb: ApplicationCipher = { algorithm: 'aes-256-cfb', padding: 'none', text: 'utf8' };

export function seal(
  plaintext: string,
  key: Buffer,
  { algorithm, padding, text } = plainCfb,
  iv: Buffer = randomBytes(16),
): Sealed {
  const cipher = createCipheriv(algorithm, key, iv);
  const padded = pad(Buffer.from(plaintext, text), padding);
  return { iv, body: Buffer.concat([cipher.update(padded), cipher.final()]) };
}

/** Throws where the padding is not what the application wrote. */
export function open({ iv, body }: Sealed, key: Buffer, { algorithm, padding, text } = plainCfb): string {
  const decipher = createDecipheriv(algorithm, key, iv);
  return unpad(Buffer.concat([decipher.update(body), decipher.final()]), padding).toString(text);
}

/** Encrypt-then-MAC, as many applications have it: a value whose MAC is another is refused by its application. */
export function macOf({ iv, body }: Sealed, key: Buffer): Buffer {
  return createHmac('sha256', key).update(iv).update(body).digest();
}

export function assertMac(mac: Buffer, sealed: Sealed, key: Buffer): void {
  if (mac.length !== 32 || !timingSafeEqual(mac, macOf(sealed, key))) throw new Error('the MAC is another');
}

const blockLength = 16;

function pad(bytes: Buffer, padding: ApplicationCipher['padding']): Buffer {
  const missing = blockLength - (bytes.length % blockLength);
  const paddings = {
    none: Buffer.alloc(0),
    pkcs7: Buffer.alloc(missing, missing),
    zero: Buffer.alloc(missing % blockLength),
    one: Buffer.of(1),
  };
  return Buffer.concat([bytes, paddings[padding]]);
}

function unpad(bytes: Buffer, padding: ApplicationCipher['padding']): Buffer {
  if (padding === 'none') return bytes;
  let end = bytes.length;
  if (padding === 'zero') {
    while (bytes[end - 1] === 0) end--;
    return bytes.subarray(0, end);
  }
  const last = bytes.at(-1) ?? 0;
  const fits = last >= 1 && last <= (padding === 'one' ? 1 : blockLength);
  if (!fits || !bytes.subarray(-last).every((byte) => byte === last))
    throw new Error('the padding is broken');
  return bytes.subarray(0, end - last);
}
