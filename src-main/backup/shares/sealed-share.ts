import { openAgeText } from '#backup/age/age-opening';
import type { ArtefactText } from '#backup/artefact-text';
import { Secret } from '#crypto/secret';
import { isShare } from './share-mnemonic.ts';

/**
 * The text of a share that was encrypted to its holder, for the caller to dispose; undefined for what `identities` do not decrypt,
 * and for what is no share.
 */
export async function openSealedShare(from: ArtefactText, identities: Secret): Promise<Secret | undefined> {
  const opened = await openAgeText(from, { identities });
  if ('broken' in opened) return undefined;
  const { plain } = opened;
  if (isShare(plain)) return new Secret(plain);
  plain.fill(0);
  return undefined;
}
