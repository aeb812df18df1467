import { activeKeyOf } from '#shared/active-key';
import { KeelError } from '#errors/keel-error';
import { text } from '#errors/text';
import { lastKeyChange } from './key-change.ts';
import type { RotationRecord, RotationRecords } from './rotation-record.ts';
import { isUnsettled } from './rotation-state.ts';

/** A record of a rotation that was committed: its transaction is known. */
export type CommittedRecord = RotationRecord & { readonly cutover: NonNullable<RotationRecord['cutover']> };

/** What `lastRotation` needs of a workspace. */
export interface RotatedPlace {
  readonly folder: string;
  readonly records: RotationRecords;
  /** Of the environment, for messages. */
  readonly name: string;
  /** Its database is one of a fleet, whose record says which key it is to be under while the ring follows all of them. */
  readonly member?: string;
  readRing(): Promise<{ readonly keys: readonly RingKey[] }>;
}

type RingKey = { readonly fingerprint: string; readonly state: string };

/**
 * The rotation whose key is the active one. Throws `nothing-to-undo` where none was committed, or where another key is active by now,
 * which a fleet, or somebody elsewhere, brought the database to; and `rotation-unsettled` while one is not settled.
 */
export async function lastRotation(place: RotatedPlace): Promise<CommittedRecord> {
  const { records, name, folder, member } = place;
  const all = await records.list();
  assertSettled(all);
  const change = member === undefined ? await lastKeyChange(folder) : undefined;
  const last = all.findLast(({ state, purpose }) => purpose !== 'sweep' && state !== 'rolled-back');
  if (change?.fleet && (change.record.from !== last?.from || change.record.to !== last.to))
    throw ofFleet(name, change.record);
  if (last?.cutover) {
    if (member === undefined) assertActive(last, name, (await place.readRing()).keys);
    return { ...last, cutover: last.cutover };
  }
  throw new KeelError(
    'nothing-to-undo',
    `no rotation of ${name} is on record here; nothing was changed`,
    text`${{ do: 'use-rotating-machine' }}`,
  );
}

function ofFleet(name: string, { from, to }: RotationRecord): KeelError {
  return new KeelError(
    'nothing-to-undo',
    `the last rotation of ${name} on record here, from key ${from} to key ${to}, was of its fleet; nothing was changed`,
    text`undo or sweep the fleet instead: ${{ do: 'see-fleet' }}`,
  );
}

/** Throws `nothing-to-undo` unless the key that a rotation led to is the active one still. */
function assertActive({ to }: RotationRecord, name: string, keys: readonly RingKey[]): void {
  const active = activeKeyOf(keys)?.fingerprint;
  if (active === to) return;
  const now = active === undefined ? 'no key is active' : `key ${active} is the active one`;
  throw new KeelError(
    'nothing-to-undo',
    `the last rotation of ${name} on record here was to key ${to}, but ${now} now; nothing was changed`,
    text`${{ do: active === undefined ? 'prove-active-key' : 'use-rotating-machine' }}`,
  );
}

/** The last record that moved the database from one key to another; undefined where none did. */
export function lastCommitted(records: readonly RotationRecord[]): RotationRecord | undefined {
  return records.findLast(
    ({ purpose, state }) => purpose !== 'sweep' && (state === 'committed' || state === 'confirmed'),
  );
}

/** Throws `rotation-unsettled` while a rotation did not finish: until then nobody knows which key is the right one. */
export function assertSettled(records: readonly RotationRecord[]): void {
  const unsettled = records.find(({ state }) => isUnsettled(state));
  if (!unsettled) return;
  throw new KeelError(
    'rotation-unsettled',
    `rotation ${unsettled.id} did not finish; nothing was changed`,
    text`${{ do: 'recover' }} first`,
  );
}
