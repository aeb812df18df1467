import type { EncryptionKey } from '#crypto/encryption-key';
import { KeelError } from '#errors/keel-error';
import { fingerprintOfValue, maskOf, maskOfKey, textOfKey } from './key-text.ts';
import type { TextChange } from './text-file.ts';

/**
 * A file whose whole content is the key, as Docker Compose's `secrets: file:`, systemd's `LoadCredential=` and mounted
 * Kubernetes Secrets have it. Blanks and line ends around the key stay. Throws `file-unwritable` for a file that holds more.
 */
export function planKeyFile(text: string, key: EncryptionKey | undefined, file: string): TextChange {
  const [, before = '', value = '', after = ''] = /^(\s*)(\S*)(\s*)$/.exec(text) ?? [undefined, '', text];
  const holds = fingerprintOfValue(value, key);
  if (value !== '' && holds === undefined) {
    throw new KeelError(
      'file-unwritable',
      `${file} was not changed: it contains something other than a key`,
      'specify a file that contains nothing but the key, or choose the right kind of file',
    );
  }
  return {
    text: before + textOfKey(key) + after,
    diffMasked: `-[${maskOf(value, key)}]\n+[${maskOfKey(key)}]`,
    holds,
    vacant: value === '',
  };
}
