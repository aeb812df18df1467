import { isArmored } from '#backup/age/age-armor';
import { type Broken, broken } from '#backup/artefact-break';
import { type ArtefactText, readArtefactText } from '#backup/artefact-text';
import type { Secret } from '#crypto/secret';
import { openSealedShare } from './sealed-share.ts';
import { readShare, type Share } from './share-mnemonic.ts';

/**
 * Reads the one share that a holder has; `identities` decrypt one that was encrypted to its holder. The caller wipes its value. A
 * bad one is an answer, whose message holds no word.
 */
export async function readHeldShare(
  from: ArtefactText,
  identities?: Secret,
): Promise<{ readonly share: Share } | Broken> {
  const file = await readArtefactText(from);
  if ('broken' in file) return file;
  try {
    if (!isArmored(file.bytes)) return shareIn(file.bytes);
    using text = identities && (await openSealedShare(from, identities));
    if (text) return shareIn(text.bytes);
    return broken(
      'identity',
      identities ? 'the identity does not decrypt it' : 'it is encrypted, and no identity was given',
      'pass the identity of its holder',
    );
  } finally {
    file.bytes.fill(0);
  }
}

function shareIn(bytes: Buffer): { readonly share: Share } | Broken {
  const read = readShare(bytes.toString('utf8'));
  if ('share' in read) return { share: read.share };
  const { message, words } = read;
  return {
    broken: {
      ...{ breaksAt: 'shares', message, ...(words && { words }) },
      remedy: 'compare it with the paper or the file, and enter it again',
    },
  };
}
