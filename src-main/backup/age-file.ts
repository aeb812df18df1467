import { armor, Encrypter } from 'age-encryption';
import { passphraseBytes, passphraseRecipient } from '#crypto/age-passphrase';
import type { EncryptionKey } from '#crypto/encryption-key';
import type { Secret } from '#crypto/secret';
import { writeDurably } from '#environments/durable-file';
import { KeelError } from '#errors/keel-error';
import { openAgeFile } from './age-opening.ts';

export interface AgeFileNotes {
  /** The environment's name, for the person who opens the file years later. */
  readonly environment: string;
  readonly createdAt: Date;
}

export interface AgeFileOptions {
  /** Base-2 logarithm of the scrypt cost. Tests lower it; people's keys get the default of age (18: about a second). */
  readonly workFactor?: number;
}

/**
 * Writes a key to a new armored age file under a passphrase (age v1, scrypt recipient), which `age --decrypt` opens
 * without Keel. The caller keeps `key` and `passphrase`. Durable on return, but proven only by a drill.
 * Throws `file-exists`, `file-unwritable` or `passphrase-missing`.
 */
export async function writeAgeFile(
  path: string,
  key: EncryptionKey,
  passphrase: Secret,
  notes: AgeFileNotes,
  { workFactor }: AgeFileOptions = {},
): Promise<void> {
  const encrypter = new Encrypter();
  encrypter.addRecipient(passphraseRecipient(passphraseBytes(passphrase), workFactor));
  const plain = Buffer.from(
    [
      '# ENCRYPTION_KEY of Ballast, backed up by Keel',
      `# environment: ${onOneLine(notes.environment)}`,
      `# fingerprint: ${key.fingerprint}`,
      `# written: ${notes.createdAt.toISOString()}`,
      `ENCRYPTION_KEY=${key.toBase64()}`,
      '',
    ].join('\n'),
  );
  try {
    await writeDurably(path, armor.encode(await encrypter.encrypt(plain)), { mustBeNew: true });
  } finally {
    plain.fill(0);
  }
}

/**
 * The key in an age file, for the caller to dispose. The caller keeps `passphrase`. Throws `key-file-unreadable` saying
 * where the file breaks, or `passphrase-missing`.
 */
export async function readAgeFile(path: string, passphrase: Secret): Promise<EncryptionKey> {
  const opened = await openAgeFile(path, passphraseBytes(passphrase));
  if ('key' in opened) return opened.key;
  const { message, remedy } = opened.broken;
  throw new KeelError('key-file-unreadable', `${path} gave no key back: ${message}; nothing changed`, remedy);
}

/** A name with a line break in it could pass for the line of the key. */
function onOneLine(text: string): string {
  return text.replace(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, ' ');
}
