import { type EncryptionKey, parseEncryptionKey } from '#crypto/encryption-key';
import { expectedFailure } from '#errors/expected-failure';

/** The fingerprint of the key that `value` is in base64; undefined where it is none. */
export function fingerprintOfValue(value: string): string | undefined {
  try {
    using key = parseEncryptionKey(value, { allowWeak: true });
    return key.fingerprint;
  } catch (error) {
    expectedFailure(error);
    return undefined;
  }
}

/** What is shown in the place of a value: a key by its fingerprint, anything else by nothing but that it is none. */
export function maskOf(value: string): string {
  const fingerprint = fingerprintOfValue(value);
  if (fingerprint) return `key ${fingerprint}`;
  return value === '' ? 'empty' : 'no key';
}

/** What is shown in the place of what is written: a key by its fingerprint, or that nothing is. */
export function maskOfKey(key: EncryptionKey | undefined): string {
  return key ? `key ${key.fingerprint}` : 'empty';
}

/** What is written where a key is read: base64, or nothing. */
export function textOfKey(key: EncryptionKey | undefined): string {
  return key?.toBase64() ?? '';
}

/** The text that is in base64 of its own, as in the data of a Kubernetes Secret. One character a byte. */
export function textOfBase64(encoded: string): string {
  return reencoded(encoded, 'base64', 'latin1');
}

/** Base64 of a text of one character a byte. */
export function base64OfText(text: string): string {
  return reencoded(text, 'latin1', 'base64');
}

function reencoded(text: string, from: BufferEncoding, to: BufferEncoding): string {
  const bytes = Buffer.from(text, from);
  const other = bytes.toString(to);
  bytes.fill(0);
  return other;
}
