import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { EncryptionKey } from '#crypto/encryption-key';
import type { SetOfShares } from '#keyring/share-sets';
import { cannotWrite } from '#storage/durable-file';
import { sealText } from './age/age-file.ts';
import type { ArtefactNotes } from './key-text.ts';
import { writeNewFiles } from './new-files.ts';
import { recoveryWordsText } from './recovery-words.ts';
import { type KeyShare, makeShares, setOfMade, type ShareTerms, shareText } from './shares/share-making.ts';

/*
 * Files that contain the key, or a part of it, unsealed, and shares that are sealed to their holders. They are written where the admin named them and nowhere else, for the
 * owner alone, and are meant to leave the machine.
 */

/** Writes the recovery words to a new file. Throws `file-exists` or `file-unwritable`. Proven only by a drill. */
export async function writeRecoveryWords(
  path: string,
  key: EncryptionKey,
  notes: ArtefactNotes,
): Promise<void> {
  const text = recoveryWordsText(key, notes);
  try {
    await writeNewFiles([{ path, data: text }]);
  } finally {
    text.fill(0);
  }
}

/**
 * Splits a key and writes one new file for each holder into a folder, which is made if need be: all files or none. Throws what
 * `makeShares` throws, `usage` for a recipient that is none, and `file-exists` or `file-unwritable`. Proven only by a drill.
 */
export async function writeShares(
  folder: string,
  key: EncryptionKey,
  terms: ShareTerms,
  notes: ArtefactNotes,
): Promise<{ readonly paths: readonly string[]; readonly set: SetOfShares }> {
  const shares = await makeShares(key, terms);
  const files: { readonly path: string; readonly data: Buffer }[] = [];
  try {
    for (const [at, share] of shares.entries()) {
      const recipient = terms.recipients?.get(terms.holders[at] as string);
      const text = shareText(share, notes);
      files.push({
        path: join(folder, shareFileName(share, recipient === undefined ? 'txt' : 'age')),
        data: recipient === undefined ? text : Buffer.from(await sealText(text, { recipients: [recipient] })),
      });
    }
    await mkdir(folder, { recursive: true, mode: 0o700 }).catch((error: unknown) => {
      throw cannotWrite(folder, error);
    });
    await writeNewFiles(files);
  } finally {
    for (const { data } of files) data.fill(0);
  }
  return { paths: files.map(({ path }) => path), set: setOfMade(shares) };
}

/** `share-2-of-5-bob.txt`, or `.age` where it is encrypted to its holder: every system takes it, and the number tells names apart that look alike then. */
function shareFileName({ number, count, holder }: KeyShare, kind: 'txt' | 'age'): string {
  const slug = holder
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '')
    .slice(0, 40);
  return ['share', number, 'of', count, ...(slug === '' ? [] : [slug])].join('-') + `.${kind}`;
}
