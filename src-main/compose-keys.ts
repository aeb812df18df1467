import type { Census } from '#census/census-result';
import { assertNoFleetNeeds, readFleetRecord } from '#fleet/fleet-record';
import { stateDumps } from '#keyring/dump-statement';
import type { KeyEntry, KeyRingState } from '#keyring/key-entry';
import { assertDestroyable, isReleased, neededUntil, usesOf } from '#keyring/key-memory';
import { readKeyRing } from '#keyring/key-ring-file';
import { entryOf } from '#keyring/key-states';
import { censusNeeds } from '#rotation/census-needs';
import { readCensuses, recordCensus } from '#rotation/census-record';
import { assertNotNeeded, type KeyNeed, rotationsNeeding } from '#rotation/key-needs';
import { type KnownDatabase, knownDatabases, ownDatabaseName } from '#rotation/known-databases';
import { RotationRecords } from '#rotation/rotation-record';
import type { Environment } from './compose.ts';

/** Every database that keys of the environment in `folder` may be in. Throws `state-damaged`. */
export async function databasesOf(folder: string): Promise<KnownDatabase[]> {
  const fleet = await readFleetRecord(folder);
  return knownDatabases(folder, fleet?.databases.map(({ name }) => name) ?? []);
}

/**
 * What stands against destroying a key beside the dumps of its time, for the command line and the window alike: rotations, an undo,
 * and databases without a census. Empty for a destroyed key. Throws `key-not-in-ring`, `state-damaged`.
 */
export async function reasonsToKeep(folder: string, fingerprint: string): Promise<KeyNeed[]> {
  const entry = entryOf(await readKeyRing(folder), fingerprint);
  if (entry.state === 'destroyed') return [];
  const rotations = rotationsNeeding(await new RotationRecords(folder).list(), fingerprint);
  return [...rotations, ...(await missingCensuses(folder, entry))];
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
 * Destroys a key of an environment unless something may need it and that was not accepted (by `KeyNeed.accept`). See
 * `KeyRing.destroy`.
 */
export function destroyKey(
  { folder, keyRing }: Pick<Environment, 'folder' | 'keyRing'>,
  fingerprint: string,
  accepted: readonly string[],
): Promise<KeyEntry> {
  return keyRing.destroy(fingerprint, () => assertNothingNeeds(folder, fingerprint, accepted));
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
  if (noneBefore !== undefined && noneBefore.getTime() <= Date.now()) {
    const { keys } = await readKeyRing(folder);
    const statement = { noneBefore: noneBefore.toISOString(), statedAt: new Date().toISOString() };
    for (const key of keys) {
      const isKept = key.state !== 'active' && key.state !== 'destroyed' && neededUntil(key) !== undefined;
      if (!isKept || !isReleased(key, statement)) continue;
      assertNotNeeded(
        await missingCensuses(folder, key),
        key.fingerprint,
        accepted,
        'nothing was stated of dumps',
      );
    }
  }
  return stateDumps(folder, noneBefore);
}

/** Keeps what a census of the environment's own database saw, or of another one on its server. */
export async function keepCensus(folder: string, census: Census, member?: string): Promise<void> {
  const own = await ownDatabaseName(folder);
  const name = member === undefined ? own : `${own.slice(0, own.lastIndexOf('/') + 1)}${member}`;
  await recordCensus(folder, name, census);
}

async function assertNothingNeeds(
  folder: string,
  fingerprint: string,
  accepted: readonly string[],
): Promise<void> {
  assertNoFleetNeeds(await readFleetRecord(folder), fingerprint);
  assertNotNeeded(await reasonsToKeep(folder, fingerprint), fingerprint, accepted);
}

async function missingCensuses(folder: string, key: KeyEntry): Promise<KeyNeed[]> {
  // a key that was made here and never used has encrypted nothing
  if (neededUntil(key) === undefined) return [];
  return censusNeeds({
    fingerprint: key.fingerprint,
    databases: await databasesOf(folder),
    censuses: await readCensuses(folder),
    retiredAt: usesOf(key).at(-1)?.retiredAt ?? key.retiredAt,
  });
}
