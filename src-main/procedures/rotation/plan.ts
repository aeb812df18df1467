import { KeelError } from '#errors/keel-error';
import { type AcceptableStop, acceptableStops, type Finding } from '#rewrite/finding';
import { leftByName } from '#rotation/preflight/left-places';
import type { RewriteStep } from '#rotation/use-cases/rewrite';
import type { UseCaseContext } from '#workspace/use-case';
import type { Work } from '#procedures/implementations';
import { inWindowWords } from '#procedures/act-text';
import type { Subject } from './wizard-memory.ts';
import type { Workspace } from '#procedures/workspaces';

/** The fingerprints of an old and a new key. */
export interface Keys {
  readonly from: string;
  readonly to: string;
}

/** The fingerprints of two keys. */
export function fingerprintsOf({ from, to }: Record<keyof Keys, { readonly fingerprint: string }>): Keys {
  return { from: from.fingerprint, to: to.fingerprint };
}

/** What a preflight, rehearsal or rotation of these keys is about. */
export function subjectOf(workspace: Workspace, { from, to }: Keys, excluded: readonly string[]): Subject {
  return { purpose: 'rotate', from, to, columns: workspace.settings.inventory, excluded };
}

/** The codes among these that name a stop which may be taken on. Throws `usage` for another. */
export function acceptedStops(codes: readonly string[]): AcceptableStop[] {
  return codes.map((code) => {
    const known = acceptableStops.find((stop) => stop === code);
    if (known) return known;
    throw new KeelError(
      'usage',
      'this risk cannot be accepted; nothing was changed',
      'follow its remedy instead',
    );
  });
}

/** Preflight's findings for the window. A stop that was taken on is still a stop there, beside the codes and names that were. */
export function findingsForWindow(findings: readonly Finding[]) {
  return findings.map(({ code, level: found, message, remedy, accepted, column, sessions, places }) => {
    const isLeft = leftByName.includes(code);
    const level = isLeft || accepted ? 'stop' : found;
    return {
      code,
      level,
      message,
      ...(remedy !== undefined && { remedy: inWindowWords(remedy) }),
      ...(column !== undefined && { column }),
      ...(sessions && { sessions: [...sessions] }),
      ...(places && { places: places.map((place) => ({ ...place })) }),
      acceptable: level === 'stop' && (isLeft || (acceptableStops as readonly string[]).includes(code)),
    };
  });
}

const stepWords: Readonly<Record<Exclude<RewriteStep, 'verifying'>, string>> = {
  preflight: 'checking the server',
  census: 'reading every cell of the database',
  staging: 'preparing the new ciphertexts',
  locking: 'waiting for the write lock',
  cutover: 'writing the rows',
  delta: 'rows changed in the meantime',
  committing: 'committing',
  committed: 'committed',
};

/** Tells the window where a run stands; from the commit on it is not called off any more. */
export function reportTo(work: Work, rehearsal: boolean): UseCaseContext<RewriteStep>['onProgress'] {
  let standing: keyof typeof stepWords = 'preflight';
  return ({ step, done, total }) => {
    if (step === 'committing' && !rehearsal) work.pastCancelling();
    if (step !== 'verifying') standing = step;
    const words =
      step === 'verifying'
        ? comparingBeside(standing)
        : step === 'committing' && rehearsal
          ? 'rolling back'
          : stepWords[step];
    work.progress(words, done, total);
  };
}

/** Rows are compared beside another step. Whoever looks only now, as after a reload, has to see which one that is. */
function comparingBeside(standing: keyof typeof stepWords): string {
  return standing === 'staging' ? 'comparing the new ciphertexts' : 'writing and comparing the rows';
}
