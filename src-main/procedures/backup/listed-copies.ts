import { isAbsolute } from 'node:path';
import type { ArtefactName, GivenArtefact, WordMistake } from '#contract/backup';
import type { KeyEntry, KeyRingState } from '#keyring/key-entry';
import { isSameSet, type SetOfShares, setsOf } from '#keyring/share-sets';
import type { DrillResult } from '#backup/drill';
import { splitWords } from '#backup/word-list';
import { formOf } from './given-artefact.ts';

// What the list of copies is good for when a copy is tested. The page may have had a copy listed under any name that is no path.

/**
 * Whether the window may have a file read as what is in hand without a dialog: Keel wrote it for a copy of this form, or, where a form is
 * one file, restored the key from it.
 */
export function isListedFile(path: string, from: GivenArtefact, entry: KeyEntry | undefined): boolean {
  const form = formOf(from);
  const isOne = form === 'age-file' || form === 'paper';
  return (
    (entry?.made ?? []).some(({ artefact, files = [] }) => artefact === form && files.includes(path)) ||
    (isOne && (entry?.proofs ?? []).some(({ artefact, location }) => artefact === form && location === path))
  );
}

/**
 * Whether what is in hand is the copy that the list calls `name`, though it names itself otherwise: the print of a paper kit, words that were
 * written by hand, or the shares of the set that was made there. A file names itself, and is no other copy.
 */
export function isListedCopy(
  name: ArtefactName,
  from: GivenArtefact,
  tested: SetOfShares | undefined,
  ring: KeyRingState,
  fingerprint: string,
): boolean {
  const made = ring.keys
    .find((key) => key.fingerprint === fingerprint)
    ?.made?.find(({ artefact, location }) => artefact === name.artefact && location === name.location);
  if (!made) return false;
  if (from.from === 'photo') return made.artefact === 'paper' && made.opensBy === 'passphrase';
  if (from.from === 'words')
    return (
      made.opensBy === 'words' &&
      (made.artefact === 'paper' || (made.files === undefined && !isAbsolute(name.location)))
    );
  if (from.from !== 'shares' || made.opensBy !== 'shares' || !tested) return false;
  return setsOf(ring).some(
    (known) =>
      known.fingerprint === fingerprint &&
      known.location === name.location &&
      known.set === tested.set &&
      isSameSet(known, tested),
  );
}

/** The result without words that the window did not type: it may learn where a file is wrong, not what is in it. */
export function withoutReadWords(result: DrillResult, from: GivenArtefact): DrillResult {
  if (result.result === 'wrong') return result;
  const texts = from.from === 'words' ? [from.words] : from.from === 'shares' ? from.typed : [];
  const typed = new Set(texts.flatMap((text) => splitWords(text)));
  const shown = ({ typed: word, ...mistake }: WordMistake): WordMistake => ({
    ...mistake,
    ...(word !== undefined && typed.has(word) && { typed: word }),
  });
  const shares = result.shares && {
    shares: result.shares.map((share) => ({
      ...share,
      ...(share.words && { words: share.words.map(shown) }),
    })),
  };
  if (result.result === 'correct') return { ...result, ...shares };
  return { ...result, ...shares, ...(result.words && { words: result.words.map(shown) }) };
}
