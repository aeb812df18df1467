import type { Secret } from '#crypto/secret';
import { type ArtefactSource, openArtefact } from './artefact.ts';
import type { ArtefactBreak } from './artefact-break.ts';

/** What restoring from an artefact gave: the expected key, another one, or none. */
export type DrillResult =
  | { readonly result: 'correct'; readonly fingerprint: string }
  | { readonly result: 'wrong'; readonly fingerprint: string; readonly expected: string }
  | ({ readonly result: 'invalid' } & ArtefactBreak);

/**
 * Proves an artefact: restores the key from it, and from nothing else, and compares fingerprints. The restored key is wiped;
 * the caller keeps the secrets of `source`. A bad artefact is a result; throws only `passphrase-missing`.
 */
export async function drillArtefact(
  source: ArtefactSource,
  expectedFingerprint: string,
): Promise<DrillResult> {
  const opened = await openArtefact(source, expectedFingerprint);
  if ('broken' in opened) return { result: 'invalid', ...opened.broken };
  using key = opened.key;
  const { fingerprint } = key;
  if (fingerprint === expectedFingerprint) return { result: 'correct', fingerprint };
  return { result: 'wrong', fingerprint, expected: expectedFingerprint };
}

/** `drillArtefact` of an age file under a passphrase. */
export function drillAgeFile(
  path: string,
  passphrase: Secret,
  expectedFingerprint: string,
): Promise<DrillResult> {
  return drillArtefact({ form: 'age-file', from: { path }, opener: { passphrase } }, expectedFingerprint);
}
