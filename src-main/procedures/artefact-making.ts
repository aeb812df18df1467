import { writeSealedKey } from '#backup/age-file';
import { writeRecoveryWords, writeShares } from '#backup/clear-artefact';
import type { ArtefactNotes } from '#backup/key-text';
import { writePaperKit } from '#backup/paper-kit';
import type { NewArtefact, NewPassphrase } from '#contract/backup';
import type { EncryptionKey } from '#crypto/encryption-key';
import type { Secret } from '#crypto/secret';
import type { MadeArtefact } from '#keyring/key-entry';

export interface MakingContext {
  readonly notes: ArtefactNotes;
  /** A copy for the caller to dispose. */
  readonly passphraseOf: (chosen: NewPassphrase) => Secret;
}

export interface Made {
  readonly made: Omit<MadeArtefact, 'madeAt'>;
  readonly files: readonly string[];
}

/** The one path that a dialog must have named before the artefact is made; undefined where nothing is written. */
export function placeOf(artefact: NewArtefact): string | undefined {
  if (artefact.form === 'words-by-hand') return undefined;
  return artefact.form === 'shares' ? artefact.folder : artefact.path;
}

/** Makes an artefact of a key. Durable on return, but proven only by a drill. Nothing that was begun is left where it throws. */
export async function makeArtefact(
  key: EncryptionKey,
  artefact: NewArtefact,
  { notes, passphraseOf }: MakingContext,
): Promise<Made> {
  if (artefact.form === 'words-by-hand') {
    return { made: { artefact: 'words', location: artefact.location, opensBy: 'words' }, files: [] };
  }
  if (artefact.form === 'shares') {
    const { folder, threshold, holders } = artefact;
    const written = await writeShares(folder, key, { threshold, holders }, notes);
    return {
      made: { artefact: 'shares', location: folder, opensBy: 'shares', threshold, holders: [...holders] },
      files: written.map(({ path }) => path),
    };
  }
  const { path } = artefact;
  if (artefact.form === 'words-file') {
    await writeRecoveryWords(path, key, notes);
    return { made: { artefact: 'words', location: path, opensBy: 'words' }, files: [path] };
  }
  if (artefact.form === 'paper') return makePaper(key, artefact, { notes, passphraseOf });
  if (artefact.form === 'recipients') {
    await writeSealedKey(path, key, { recipients: artefact.recipients }, notes);
    return { made: { artefact: 'age-file', location: path, opensBy: 'identity' }, files: [path] };
  }
  using passphrase = passphraseOf(artefact.passphrase);
  await writeSealedKey(path, key, { passphrase }, notes);
  return { made: { artefact: 'age-file', location: path, opensBy: 'passphrase' }, files: [path] };
}

/** What a sheet shows gave the key back before it was written; the print itself is proven by a drill. */
async function makePaper(
  key: EncryptionKey,
  { path, size: paper, content }: Extract<NewArtefact, { form: 'paper' }>,
  { notes, passphraseOf }: MakingContext,
): Promise<Made> {
  const made = { artefact: 'paper', location: path } as const;
  const files = [path];
  if (content.kind === 'words') {
    await writePaperKit(path, key, { kind: 'words' }, notes, { paper });
    return { made: { ...made, opensBy: 'words' }, files };
  }
  if (content.kind === 'shares') {
    const { threshold, holders } = content;
    await writePaperKit(path, key, { kind: 'share', terms: { threshold, holders } }, notes, { paper });
    return { made: { ...made, opensBy: 'shares', threshold, holders: [...holders] }, files };
  }
  using passphrase = passphraseOf(content.passphrase);
  await writePaperKit(path, key, { kind: 'sealed', passphrase }, notes, { paper });
  return { made: { ...made, opensBy: 'passphrase' }, files };
}
