import { stateDumps } from '#keyring/dump-statement';
import type { KeyEntry, KeyRingState } from '#keyring/key-entry';
import {
  assertDestroyable,
  isNeverUsed,
  isReleased,
  mayHaveEncrypted,
  neededUntil,
  usesOf,
} from '#keyring/key-memory';
import { readKeyRing } from '#keyring/key-ring-file';
import { entryOf } from '#keyring/key-states';
import { censusNeeds } from '#records/census-needs';
import { readCensuses } from '#records/census-record';
import { assertNoFleetNeeds, readFleetRecord } from '#records/fleet-record';
import { acceptancesOf, assertNotNeeded, type KeyNeed, rotationsNeeding } from '#records/key-needs';
import { databasesOf } from '#records/known-databases';
import { everyRecord } from '#records/key-change';

/**
 * What stands against destroying a key beside the dumps of its time, for the command line and the window alike: rotations, an undo,
 * and databases without a census. Empty for a destroyed key. Throws `key-not-in-ring`, `state-damaged`.
 */
export async function reasonsToKeep(folder: string, fingerprint: string): Promise<KeyNeed[]> {
  const ring = await readKeyRing(folder);
  const entry = entryOf(ring, fingerprint);
  if (entry.state === 'destroyed') return [];
  const records = await everyRecord(folder);
  const of = (fleet: boolean) => records.filter((one) => one.fleet === fleet).map(({ record }) => record);
  const rotations = rotationsNeeding(of(false), fingerprint, of(true));
  const unknown = isNeverUsed(ring, entry) && !isReleased(entry, ring.dumps) ? [neverUsed] : [];
  const reachedCutover = records.some(({ record }) => record.cutover && record.to === fingerprint);
  return [...rotations, ...unknown, ...(await missingCensuses(folder, entry, reachedCutover))];
}

/** The ring knows nothing of the time before such a key was adopted. */
const neverUsed: KeyNeed = {
  code: 'never-used',
  accept: 'never-used',
  message:
    'it was imported and never used here: it may belong to another deployment, or to a dump from before Keel managed this one',
  remedy: 'keep it, unless it is stored elsewhere or was imported by mistake',
  acceptable: true,
};

/** Which of the given accept a reason against destroying a key, as of now. */
export async function acceptedToDestroy(
  folder: string,
  fingerprint: string,
  given: readonly string[],
): Promise<string[]> {
  return given.length === 0 ? [] : acceptancesOf(await reasonsToKeep(folder, fingerprint), given);
}

/** The same for a statement about dumps: of any key that it would release. */
export async function acceptedToState(
  folder: string,
  noneBefore: Date,
  given: readonly string[],
): Promise<string[]> {
  if (given.length === 0) return [];
  const needs = await Promise.all(
    (await releasedKeys(folder, noneBefore)).map((key) => missingCensuses(folder, key)),
  );
  return acceptancesOf(needs.flat(), given);
}

/** Throws `key-needed` for the first reason against destroying a key that was not accepted, or cannot be. Changes nothing. */
export async function assertMayDestroy(
  folder: string,
  fingerprint: string,
  accepted: readonly string[],
): Promise<void> {
  const ring = await readKeyRing(folder);
  assertDestroyable(ring, entryOf(ring, fingerprint));
  await assertNothingNeeds(folder, fingerprint, accepted);
}

/**
 * Keeps the statement that no dump begun before a time exists. It releases keys, so each of those needs a census of every database
 * first that saw no value under it. Throws `key-needed`, and what `stateDumps` throws.
 */
export async function stateDumpsOf(
  folder: string,
  noneBefore: Date | undefined,
  accepted: readonly string[],
): Promise<KeyRingState> {
  if (noneBefore !== undefined) await assertMayState(folder, noneBefore, accepted);
  return stateDumps(folder, noneBefore);
}

/** Throws `key-needed` for the first key that the statement would release and that a database may need. Changes nothing. */
export async function assertMayState(
  folder: string,
  noneBefore: Date,
  accepted: readonly string[],
): Promise<void> {
  for (const key of await releasedKeys(folder, noneBefore)) {
    assertNotNeeded(
      await missingCensuses(folder, key),
      key.fingerprint,
      accepted,
      'nothing was recorded about dumps',
    );
  }
}

/** Fingerprints of the keys that no dump would need once this was stated. */
export async function releasedBy(folder: string, noneBefore: Date): Promise<string[]> {
  return (await releasedKeys(folder, noneBefore)).map(({ fingerprint }) => fingerprint);
}

async function releasedKeys(folder: string, noneBefore: Date): Promise<KeyEntry[]> {
  if (noneBefore.getTime() > Date.now()) return [];
  const { keys } = await readKeyRing(folder);
  const statement = { noneBefore: noneBefore.toISOString(), statedAt: new Date().toISOString() };
  return keys.filter((key) => {
    const isKept = key.state !== 'active' && key.state !== 'destroyed' && neededUntil(key) !== undefined;
    return isKept && isReleased(key, statement);
  });
}

/** Throws `key-needed` for the first reason beside the dumps of its time that was not accepted, or cannot be. */
export async function assertNothingNeeds(
  folder: string,
  fingerprint: string,
  accepted: readonly string[],
): Promise<void> {
  assertNoFleetNeeds(await readFleetRecord(folder), fingerprint);
  assertNotNeeded(await reasonsToKeep(folder, fingerprint), fingerprint, accepted);
}

/**
 * `mayBeUsed`: a rotation to the key came as far as its cutover, and was recorded as rolled back by what a database showed, which may have been
 * another one, or an older state of it.
 */
async function missingCensuses(folder: string, key: KeyEntry, mayBeUsed = false): Promise<KeyNeed[]> {
  if (neededUntil(key) === undefined && !mayBeUsed) return [];
  const { keys } = await readKeyRing(folder);
  return censusNeeds({
    fingerprint: key.fingerprint,
    others: keys
      .filter((other) => other !== key && mayHaveEncrypted(other))
      .map(({ fingerprint }) => fingerprint),
    databases: await databasesOf(folder),
    censuses: await readCensuses(folder),
    retiredAt: usesOf(key).at(-1)?.retiredAt ?? key.retiredAt,
  });
}
