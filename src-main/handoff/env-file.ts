import { readFile, realpath, stat } from 'node:fs/promises';
import { type EncryptionKey, parseEncryptionKey } from '#crypto/encryption-key';
import { writeDurably } from '#environments/durable-file';
import { KeelError } from '#errors/keel-error';
import { type EnvAssignment, findAssignment } from './env-assignment.ts';

export interface EnvChange {
  /** The whole new text. Holds the key: not for showing. */
  readonly text: string;
  /** The change for showing: keys stand as their fingerprints, a comment on the line as `# …`. */
  readonly diffMasked: string;
  /** Of the key that stands there now; undefined where that is no key. */
  readonly oldFingerprint: string | undefined;
}

export interface AppliedEnvChange {
  /** The file that was written: the target, where the path given is a symlink. */
  readonly path: string;
  readonly diffMasked: string;
  /** False where the new key stood there already: then nothing was written. */
  readonly changed: boolean;
}

/**
 * What a `.env` becomes when `variable` gets a new key: nothing but the value changes. `newValue` is a key in base64;
 * `file` names the text in errors.
 * Throws `key-malformed` for another value, `file-unwritable` where the text does not set the variable exactly once.
 */
export function planEnvChange(
  text: string,
  variable: string,
  newValue: string,
  file = 'the file',
): EnvChange {
  using newKey = parseEncryptionKey(newValue, { allowWeak: true });
  const assignment = findAssignment(text, variable, file);
  const { before, value, after } = assignment;
  // behind an empty value a comment may follow at once, but behind a key only after a blank
  const gap = assignment.quote === '' && after.startsWith('#') ? ' ' : '';
  const oldFingerprint = fingerprintOfValue(value);
  const shown = (sign: string, mask: string) =>
    `${sign}${assignment.lead}[${mask}]${assignment.quote}${assignment.commented ? ' # …' : ''}`;
  return {
    text: before + newKey.toBase64() + gap + after,
    diffMasked: `${shown('-', maskOf(value, oldFingerprint))}\n${shown('+', `key ${newKey.fingerprint}`)}`,
    oldFingerprint,
  };
}

/**
 * Writes a new key into a `.env`, atomically and durably, with the file's mode and owner, and reads it back. Follows a
 * symlink. With `expectedOldFingerprint` the file must hold that key, or the new one already.
 * Throws `key-file-unreadable`, `key-wrong` (the file holds another key), `file-unwritable`, `verification-failed`.
 * The caller keeps `newKey`.
 */
export async function applyEnvChange(
  path: string,
  variable: string,
  expectedOldFingerprint: string | undefined,
  newKey: EncryptionKey,
): Promise<AppliedEnvChange> {
  const file = await readTarget(path);
  const { text, diffMasked, oldFingerprint } = planEnvChange(file.text, variable, newKey.toBase64(), path);
  if (oldFingerprint === newKey.fingerprint) return { path: file.target, diffMasked, changed: false };
  if (expectedOldFingerprint !== undefined && oldFingerprint !== expectedOldFingerprint) {
    throw new KeelError(
      'key-wrong',
      `${path} holds ${oldFingerprint ? `key ${oldFingerprint}` : 'no key'}, not key ${expectedOldFingerprint}; it was not changed`,
      `check that this file belongs to the environment; if it does, set ${variable} there yourself`,
    );
  }
  await writeDurably(file.target, Buffer.from(text, 'latin1'), { mode: file.mode, owner: file.owner });
  const written = await readTarget(file.target);
  if (written.text !== text) {
    throw new KeelError(
      'verification-failed',
      `${path} was written, but reads differently now: another program changes it`,
      `stop that program, then check ${variable} in the file`,
    );
  }
  return { path: file.target, diffMasked, changed: true };
}

/** The text has one character a byte, so that whatever encoding the file has survives. */
async function readTarget(path: string) {
  try {
    const target = await realpath(path);
    const { mode, uid, gid } = await stat(target);
    return { target, mode: mode & 0o7777, owner: { uid, gid }, text: await readFile(target, 'latin1') };
  } catch (error) {
    throw new KeelError(
      'key-file-unreadable',
      `${path} cannot be read (${(error as NodeJS.ErrnoException).code}); it was not changed`,
      'check the path and its permissions',
      { cause: error },
    );
  }
}

function fingerprintOfValue(value: string): string | undefined {
  try {
    using key = parseEncryptionKey(value, { allowWeak: true });
    return key.fingerprint;
  } catch (error) {
    if (error instanceof KeelError) return undefined;
    throw error;
  }
}

function maskOf(value: EnvAssignment['value'], fingerprint: string | undefined): string {
  if (fingerprint) return `key ${fingerprint}`;
  return value === '' ? 'empty' : 'no key';
}
