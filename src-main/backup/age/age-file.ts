import { ageLibrary } from '#crypto/age-library';
import { passphraseBytes, passphraseRecipient } from '#crypto/age-passphrase';
import type { EncryptionKey } from '#crypto/encryption-key';
import type { Secret } from '#crypto/secret';
import { writeDurably } from '#storage/durable-file';
import { KeelError } from '#errors/keel-error';
import { openAgeFile } from './age-opening.ts';
import { onlyKey } from '#backup/reading/read-key-text';
import { assertRecipient } from './age-recipient.ts';
import { type ArtefactNotes, keyText } from '#backup/key-text';
import type { StreamSeal } from '#crypto/age-stream';

export interface AgeFileOptions {
  /** Base-2 logarithm of the scrypt cost. Tests lower it; people's keys get the default of age (18: about a second). */
  readonly workFactor?: number;
}

/**
 * A key as the text of an armored age file (age v1), which `age --decrypt` opens without Keel. The caller keeps `key` and the
 * passphrase. Throws `passphrase-missing`, or `usage` for a recipient that is none.
 */
export function sealKey(
  key: EncryptionKey,
  seal: StreamSeal,
  notes: ArtefactNotes,
  options: AgeFileOptions = {},
): Promise<string> {
  return sealText(keyText(key, notes), seal, options);
}

/** Any text as an armored age file; `plain` is wiped. Throws what `sealKey` throws. */
export async function sealText(
  plain: Buffer,
  seal: StreamSeal,
  { workFactor }: AgeFileOptions = {},
): Promise<string> {
  try {
    const { armor, Encrypter } = await ageLibrary();
    const encrypter = new Encrypter();
    if ('passphrase' in seal) {
      encrypter.addRecipient(passphraseRecipient(passphraseBytes(seal.passphrase), workFactor));
    } else {
      for (const recipient of seal.recipients) {
        await assertRecipient(recipient);
        encrypter.addRecipient(recipient);
      }
    }
    return armor.encode(await encrypter.encrypt(plain));
  } finally {
    plain.fill(0);
  }
}

/**
 * Writes what `sealKey` makes to a new file. Durable on return, but proven only by a drill. Throws what that throws, and
 * `file-exists` or `file-unwritable`.
 */
async function writeSealedKey(
  path: string,
  key: EncryptionKey,
  seal: StreamSeal,
  notes: ArtefactNotes,
  options: AgeFileOptions = {},
): Promise<void> {
  await writeDurably(path, await sealKey(key, seal, notes, options), { mustBeNew: true });
}

/** `writeSealedKey` under a passphrase. */
export async function writeAgeFile(
  path: string,
  key: EncryptionKey,
  passphrase: Secret,
  notes: ArtefactNotes,
  options: AgeFileOptions = {},
): Promise<void> {
  await writeSealedKey(path, key, { passphrase }, notes, options);
}

/**
 * The key in an age file, for the caller to dispose. The caller keeps `passphrase`. Throws `key-file-unreadable` saying
 * where the file breaks, or `passphrase-missing`.
 */
export async function readAgeFile(path: string, passphrase: Secret): Promise<EncryptionKey> {
  const opened = onlyKey(await openAgeFile({ path }, { passphrase }));
  if ('key' in opened) return opened.key;
  const { message, remedy } = opened.broken;
  throw new KeelError(
    'key-file-unreadable',
    `no key could be restored from ${path}: ${message}; nothing changed`,
    remedy,
  );
}
