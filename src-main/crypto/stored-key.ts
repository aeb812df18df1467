import { ApplicationKey, parseApplicationKey } from './application-key.ts';
import { type EncryptionKey, parseEncryptionKey } from './encryption-key.ts';

/** What precedes the text of another application's key, in base64 since it may be any bytes. No key of Ballast begins so. */
const mark = 'text:';

/** A key as a store of the key ring keeps it. A reveal. */
export function storedKeyText(key: EncryptionKey): string {
  return key instanceof ApplicationKey ? mark + key.written.toString('base64') : key.toBase64();
}

/** Reads it back. Throws `key-malformed` for what no Keel wrote. */
export function parseStoredKey(text: string): EncryptionKey {
  if (!text.startsWith(mark)) return parseEncryptionKey(text, { allowWeak: true });
  const bytes = Buffer.from(text.slice(mark.length), 'base64');
  try {
    return parseApplicationKey(bytes);
  } finally {
    bytes.fill(0);
  }
}
