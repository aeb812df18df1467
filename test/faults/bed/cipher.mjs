// AES-256-CFB of Node's own crypto, one value at a time. Nothing of Keel's is used here: it is what Keel is judged by.
import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';

/** IV and ciphertext in one. */
export function seal(key, plaintext) {
  const iv = randomBytes(16);
  const cipher = createCipheriv('aes-256-cfb', key, iv);
  return Buffer.concat([iv, cipher.update(plaintext, 'utf8'), cipher.final()]);
}

/** What a key makes of IV and ciphertext: with a wrong key noise, never a failure. */
export function open(key, sealed) {
  const decipher = createDecipheriv('aes-256-cfb', key, sealed.subarray(0, 16));
  return Buffer.concat([decipher.update(sealed.subarray(16)), decipher.final()]).toString('utf8');
}
