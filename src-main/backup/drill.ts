import { passphraseBytes } from '#crypto/age-passphrase';
import type { Secret } from '#crypto/secret';
import { type AgeBreak, openAgeFile } from './age-opening.ts';

/** What restoring from an artefact gave: the expected key, another one, or none. */
export type DrillResult =
  | { readonly result: 'correct'; readonly fingerprint: string }
  | { readonly result: 'wrong'; readonly fingerprint: string; readonly expected: string }
  | ({ readonly result: 'invalid' } & AgeBreak);

/**
 * Proves an age file: restores the key from the file and the passphrase, and from nothing else, and compares
 * fingerprints. The restored key is wiped; the caller keeps `passphrase`. A bad file is a result; throws only
 * `passphrase-missing`.
 */
export async function drillAgeFile(
  path: string,
  passphrase: Secret,
  expectedFingerprint: string,
): Promise<DrillResult> {
  const opened = await openAgeFile(path, passphraseBytes(passphrase));
  if ('broken' in opened) return { result: 'invalid', ...opened.broken };
  using key = opened.key;
  const { fingerprint } = key;
  if (fingerprint === expectedFingerprint) return { result: 'correct', fingerprint };
  return { result: 'wrong', fingerprint, expected: expectedFingerprint };
}
