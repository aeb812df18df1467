import { assertFitForEncryption, type EncryptionKey } from '#crypto/encryption-key';
import type { RotationResult } from '#contract/rotation';
import type { EnvironmentSettings } from '#environments/environment-settings';
import { KeelError } from '#errors/keel-error';
import type { KeyEntry } from '#keyring/key-entry';
import { type AcceptableStop, acceptableStops, type Finding } from '#rewrite/finding';
import { beyondReach } from '#rotation/beyond-reach';
import type { OnProgress } from '#rotation/progress';
import type { RunResult } from '#rotation/run';
import type { Work } from './implementations.ts';
import { inWindowWords } from './window-words.ts';
import type { Subject } from './wizard-memory.ts';
import type { Workspace } from './workspaces.ts';

/**
 * The two keys of the next rotation: the active one and the newest that was made here and waits. A key that was adopted is
 * a candidate for a proof and nothing else: taken by mistake, it must not become the one that everything is moved to.
 */
export function plannedKeys(keys: readonly KeyEntry[]): { from?: KeyEntry; to?: KeyEntry } {
  const from = keys.find(({ state }) => state === 'active');
  const to = keys.findLast(({ state, origin }) => state === 'pending' && origin === 'generated');
  return { ...(from && { from }), ...(from && to && { to }) };
}

/** A rotation's keys, loaded. The caller disposes both. */
export interface LoadedKeys {
  readonly from: EncryptionKey;
  readonly to: EncryptionKey;
}

/** Loads the keys of the next rotation. Throws `key-unproven` or `artefact-missing` where one is not there yet. */
export async function loadPlannedKeys(workspace: Workspace): Promise<LoadedKeys> {
  const { from, to } = plannedKeys((await workspace.readRing()).keys);
  if (!from) {
    throw new KeelError(
      'key-unproven',
      'no key of this environment has been proven yet; nothing was changed',
      'adopt the key that Ballast runs with, and prove it',
    );
  }
  if (!to) {
    throw new KeelError(
      'artefact-missing',
      'there is no new key to rotate to; nothing was changed',
      'generate one, back it up and drill the backup',
    );
  }
  const { keyRing } = await workspace.environment();
  const fromKey = await keyRing.load(from.fingerprint);
  try {
    const toKey = await keyRing.load(to.fingerprint);
    assertFitForEncryption(toKey);
    return { from: fromKey, to: toKey };
  } catch (error) {
    fromKey[Symbol.dispose]();
    throw error;
  }
}

/** What a preflight, rehearsal or rotation of these keys is about. */
export function subjectOf(
  workspace: Workspace,
  keys: { readonly from: { readonly fingerprint: string }; readonly to: { readonly fingerprint: string } },
  excluded: readonly string[],
): Subject {
  const [from, to] = [keys.from.fingerprint, keys.to.fingerprint];
  return { purpose: 'rotate', from, to, columns: workspace.settings.inventory, excluded };
}

/** The codes among these that name a stop which may be taken on. Throws `usage` for another. */
export function acceptedStops(codes: readonly string[]): AcceptableStop[] {
  return codes.map((code) => {
    const known = acceptableStops.find((stop) => stop === code);
    if (known) return known;
    throw new KeelError(
      'usage',
      'this stop cannot be taken on; nothing was changed',
      'follow its remedy instead',
    );
  });
}

/** Throws `confirmation-missing` unless the environment's name was typed. */
export function assertConfirmed(workspace: Workspace, typed: string): void {
  if (typed.trim() === workspace.settings.name) return;
  throw new KeelError(
    'confirmation-missing',
    'the name that was typed is not that of the environment; nothing was changed',
    'type the environment’s name as it stands above',
  );
}

const takenOn = / \(accepted\)$/;

/** What was named to stay as it is: a stop in the window, beside the names. */
const leftByName: readonly string[] = ['left-under-old-key', 'left-unread'];

/** Preflight's findings for the window. A stop that was taken on is still a stop there, beside the codes and names that were. */
export function findingsForWindow(findings: readonly Finding[]) {
  return findings.map(({ code, level: told, message, remedy, column, places }) => {
    const isLeft = leftByName.includes(code);
    const level = isLeft || takenOn.test(message) ? 'stop' : told;
    return {
      code,
      level,
      message: inWindowWords(message.replace(takenOn, '')),
      ...(remedy !== undefined && { remedy: inWindowWords(remedy) }),
      ...(column !== undefined && { column }),
      ...(places && { places: places.map((place) => ({ ...place })) }),
      acceptable: level === 'stop' && (isLeft || (acceptableStops as readonly string[]).includes(code)),
    };
  });
}

/** A run's outcome for the window. */
export function resultForWindow(
  id: string,
  keys: { readonly from: { readonly fingerprint: string }; readonly to: { readonly fingerprint: string } },
  rehearsal: boolean,
  { undropped, ...result }: RunResult,
): RotationResult {
  return {
    id,
    from: keys.from.fingerprint,
    to: keys.to.fingerprint,
    rehearsal,
    ...result,
    columns: result.columns.map((column) => ({ ...column })),
    ...(undropped && { undropped: { ...undropped, tables: [...undropped.tables] } }),
    ...(!rehearsal && {
      beyondReach: beyondReach(
        keys.from.fingerprint,
        result.columns.map(({ entry, rewritten, already }) => ({ entry, values: rewritten + already })),
      ),
    }),
    at: new Date().toISOString(),
  };
}

/** A committed run as the proof of the key it went to: every value was read back under it and compared. */
export function proofOf({ at, to, columns }: RotationResult): NonNullable<EnvironmentSettings['proof']> {
  const sum = (of: (column: RotationResult['columns'][number]) => number) =>
    columns.reduce((total, column) => total + of(column), 0);
  const opened = sum(({ rewritten, already }) => rewritten + already);
  const values = sum(({ rewritten, left }) => rewritten + left);
  // what was left by name speaks neither for nor against the key
  const isWhole = opened + sum(({ excluded }) => excluded) >= values;
  const bits = sum((column) => column.bits);
  return { at, fingerprint: to, verdict: isWhole ? 'correct' : 'mixed', opened, values, bits };
}

const stepWords: Readonly<Record<Parameters<OnProgress>[0]['step'], string>> = {
  staging: 'preparing the new ciphertexts',
  locking: 'waiting for the write lock',
  cutover: 'writing the rows',
  delta: 'rows changed meanwhile',
  verifying: 'comparing every row',
  committing: 'committing',
  committed: 'committed',
};

/** Tells the window where a run stands; from the commit on it is not called off any more. */
export function reportTo(work: Work, rehearsal: boolean): OnProgress {
  return ({ step, done, total }) => {
    if (step === 'committing' && !rehearsal) work.pastCancelling();
    work.progress(step === 'committing' && rehearsal ? 'rolling back' : stepWords[step], done, total);
  };
}
