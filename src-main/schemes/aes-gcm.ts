import { type CipherGCMTypes, createCipheriv, createDecipheriv } from 'node:crypto';
import type { SchemeCipher } from './sealed-parts.ts';

/** AES-GCM (NIST SP 800-38D) with nonces of 12 or 16 bytes and tags of 12 to 16. */
export const aesGcm: SchemeCipher = {
  keys: [16, 24, 32],
  isAuthenticated: true,
  open(key, { iv, body, tag }, aad) {
    if (iv.length === 0 || tag.length < 12 || tag.length > 16) return undefined;
    const cipher = createDecipheriv(nameOf(key), key, iv, { authTagLength: tag.length });
    cipher.setAuthTag(tag).setAAD(aad);
    const opened = cipher.update(body);
    try {
      cipher.final();
      return opened;
    } catch {
      opened.fill(0);
      return undefined;
    }
  },
  seal(key, plaintext, { iv, tagLength, aad }) {
    const cipher = createCipheriv(nameOf(key), key, iv, { authTagLength: tagLength });
    cipher.setAAD(aad);
    const body = Buffer.concat([cipher.update(plaintext), cipher.final()]);
    return { body, tag: cipher.getAuthTag() };
  },
};

function nameOf(key: Uint8Array): CipherGCMTypes {
  return `aes-${key.length * 8}-gcm` as CipherGCMTypes;
}
