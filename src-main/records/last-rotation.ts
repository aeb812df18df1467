import { KeelError } from '#errors/keel-error';
import { text } from '#errors/text';
import type { RotationRecord, RotationRecords } from './rotation-record.ts';
import { isUnsettled } from './rotation-state.ts';

/** A record of a rotation that was committed: its transaction is known. */
export type CommittedRecord = RotationRecord & { readonly cutover: NonNullable<RotationRecord['cutover']> };

/**
 * The rotation whose key is the active one. Throws `nothing-to-undo` where none was committed, and `rotation-unsettled`
 * while one is not settled.
 */
export async function lastRotation({
  records,
  name,
}: {
  readonly records: RotationRecords;
  /** Of the environment, for the message. */
  readonly name: string;
}): Promise<CommittedRecord> {
  const all = await records.list();
  assertSettled(all);
  const last = all.findLast(({ state, purpose }) => purpose !== 'sweep' && state !== 'rolled-back');
  if (last?.cutover) return { ...last, cutover: last.cutover };
  throw new KeelError(
    'nothing-to-undo',
    `no rotation of ${name} is on record here; nothing was changed`,
    text`${{ do: 'use-rotating-machine' }}`,
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
