import type { EncryptionKey } from '#crypto/encryption-key';
import { expectedFailure } from '#errors/expected-failure';
import { type EnvAssignment, findAssignment } from './env-assignment.ts';
import { fingerprintOfValue, maskOf, maskOfKey, textOfKey } from './key-text.ts';
import { assertNoReference } from './reference.ts';
import type { TextChange } from './text-file.ts';

/**
 * What a `.env` becomes when `variable` gets a new key: nothing but the value changes. `file` names the text in errors.
 * Throws `file-unwritable` where the text does not set the variable exactly once.
 */
export function planEnvChange(
  variable: string,
): (text: string, key: EncryptionKey | undefined, file: string) => TextChange {
  return (text, key, file) => {
    const assignment = findAssignment(text, variable, file);
    const { before, value, after } = assignment;
    assertNoReference(value, file, before.split(/\r\n|\n|\r/).length);
    const cautions = [
      ...(assignment.colon ? [colonCaution(variable)] : []),
      ...(assignment.quote === '`' ? [backtickCaution(variable)] : []),
    ];
    // behind an empty value a comment may follow at once, but behind a key only after a blank
    const gap = assignment.quote === '' && after.startsWith('#') ? ' ' : '';
    return {
      text: before + textOfKey(key) + gap + after,
      diffMasked: `${shown('-', assignment, maskOf(value, key))}\n${shown('+', assignment, maskOfKey(key))}`,
      holds: fingerprintOfValue(value, key),
      vacant: value === '',
      ...(cautions.length > 0 && { cautions }),
    };
  };
}

function shown(sign: string, { lead, quote, commented }: EnvAssignment, mask: string): string {
  return `${sign}${lead}[${mask}]${quote}${commented ? ' # …' : ''}`;
}

function colonCaution(variable: string): string {
  return `${variable} is written with a colon, which Docker Compose and dotenv for Node.js read, but systemd, shells and python-dotenv do not.`;
}

function backtickCaution(variable: string): string {
  return `${variable} is in backticks, which dotenv for Node.js reads as quotes, but python-dotenv and systemd read as part of the value, and a shell runs as a command.`;
}

/** What the text of a `.env` sets a variable to; undefined where that is not clear, or nothing. */
export function readEnvValue(text: string, variable: string): string | undefined {
  try {
    return findAssignment(text, variable, '.env').value;
  } catch (error) {
    expectedFailure(error);
    return undefined;
  }
}
