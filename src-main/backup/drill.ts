import type { ShareReport } from '#contract/backup';
import type { Application } from '#contract/application';
import type { Secret } from '#crypto/secret';
import type { SetOfShares } from '#keyring/share-sets';
import { type ArtefactSource, openArtefact, type OpenedArtefact } from './artefact.ts';
import type { ArtefactBreak, Broken } from './artefact-break.ts';
import type { Waiting } from './pictures/qr-image.ts';
import { enumerated } from '#shared/enumerated';

/** What restoring from an artefact gave: the expected key, another one, or none. */
export type DrillResult =
  | {
      readonly result: 'correct';
      readonly fingerprint: string;
      /** Of a set of shares: all of them, good every one. */
      readonly shares?: readonly ShareReport[];
    }
  | {
      readonly result: 'wrong';
      readonly fingerprint: string;
      readonly expected: string;
      /** Shares were combined without a passphrase: with the one that another tool set they give another key. */
      readonly mayLackPassphrase?: true;
    }
  | ({ readonly result: 'invalid' } & ArtefactBreak);

/**
 * Proves an artefact: restores the key from it, and from nothing else, and compares fingerprints. The restored key is wiped;
 * the caller keeps the secrets of `source`. Of a set of shares every one has to be there and good, not just as many as are
 * needed. A bad artefact is a result; throws only `passphrase-missing`, and `cancelled` while a picture is read.
 */
export async function drillArtefact(
  source: ArtefactSource,
  expectedFingerprint: string,
): Promise<DrillResult> {
  return (await testArtefact(source, expectedFingerprint)).drill;
}

/**
 * `drillArtefact`, with what a register keeps of the shares that restored the expected key. `reader` is the application of the environment,
 * as which another key is read.
 */
export async function testArtefact(
  source: ArtefactSource,
  expectedFingerprint: string,
  { reader, ...waiting }: Waiting & { readonly reader?: Application | undefined } = {},
): Promise<{ readonly drill: DrillResult; readonly set?: SetOfShares }> {
  const opened = await openArtefact(source, { expected: expectedFingerprint, reader }, waiting);
  if ('broken' in opened) return { drill: { result: 'invalid', ...opened.broken } };
  const drill = judge(opened, source, expectedFingerprint);
  return drill.result !== 'wrong' && opened.set ? { drill, set: opened.set } : { drill };
}

function judge(
  opened: Exclude<OpenedArtefact, Broken>,
  source: ArtefactSource,
  expectedFingerprint: string,
): DrillResult {
  using key = opened.key;
  const { fingerprint } = key;
  if (fingerprint !== expectedFingerprint) {
    const mayLack = source.form === 'shares' && !source.passphrase;
    return {
      result: 'wrong',
      fingerprint,
      expected: expectedFingerprint,
      ...(mayLack && { mayLackPassphrase: true }),
    };
  }
  const { shares } = opened;
  if (!shares) return { result: 'correct', fingerprint };
  // a note beside the shares is named, and no fault of theirs
  const bad = shares.filter(({ state }) => state !== 'good' && state !== 'other');
  if (bad.length === 0) return { result: 'correct', fingerprint, shares };
  return {
    result: 'invalid',
    breaksAt: 'shares',
    message: `the key can be restored, but ${inWords(bad)}`,
    remedy: bad.some(({ state }) => state !== 'missing')
      ? 'replace the bad shares: make a new set while you still have the key'
      : 'test again with every share, so that each is checked',
    shares,
  };
}

/** `b.txt is damaged and share 4 of 5 is missing` */
function inWords(bad: readonly ShareReport[]): string {
  const words = bad.map(({ name, state }) => `${name} is ${state === 'duplicate' ? 'given twice' : state}`);
  if (words.length > 4) return `${words.length} shares are unusable`;
  return enumerated(words);
}

/** `drillArtefact` of an age file under a passphrase. */
export function drillAgeFile(
  path: string,
  passphrase: Secret,
  expectedFingerprint: string,
): Promise<DrillResult> {
  return drillArtefact({ form: 'age-file', from: { path }, opener: { passphrase } }, expectedFingerprint);
}
