import type { EncryptionKey } from '#crypto/encryption-key';
import { type EnvAssignment, findAssignment } from './env-assignment.ts';
import { fingerprintOfValue, maskOf } from './key-text.ts';
import type { TextChange } from './text-file.ts';

/**
 * What a `.env` becomes when `variable` gets a new key: nothing but the value changes. `file` names the text in errors.
 * Throws `file-unwritable` where the text does not set the variable exactly once.
 */
export function planEnvChange(
  variable: string,
): (text: string, key: EncryptionKey, file: string) => TextChange {
  return (text, key, file) => {
    const assignment = findAssignment(text, variable, file);
    const { before, value, after } = assignment;
    // behind an empty value a comment may follow at once, but behind a key only after a blank
    const gap = assignment.quote === '' && after.startsWith('#') ? ' ' : '';
    return {
      text: before + key.toBase64() + gap + after,
      diffMasked: `${shown('-', assignment, maskOf(value))}\n${shown('+', assignment, `key ${key.fingerprint}`)}`,
      holds: fingerprintOfValue(value),
    };
  };
}

function shown(sign: string, { lead, quote, commented }: EnvAssignment, mask: string): string {
  return `${sign}${lead}[${mask}]${quote}${commented ? ' # …' : ''}`;
}
