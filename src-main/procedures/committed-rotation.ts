import type { CommittedRotation } from '#contract/rotation';
import type { EnvironmentSettings } from '#environments/environment-settings';
import type { RotationRecord } from '#records/rotation-record';

/** The last record that moved the database from one key to another; undefined where none did. */
export function lastCommitted(records: readonly RotationRecord[]): RotationRecord | undefined {
  return records.findLast(
    ({ purpose, state }) => purpose !== 'sweep' && (state === 'committed' || state === 'confirmed'),
  );
}

/** A committed record for the window, with its counts where they are still known. */
export function committedForWindow(
  { id, purpose, from, to, state, history }: RotationRecord,
  { lastResult, handedOff, addedAt }: EnvironmentSettings,
): CommittedRotation {
  return {
    id,
    at: history.find((entry) => entry.state === 'committed')?.at ?? addedAt,
    purpose: purpose === 'undo' ? 'undo' : 'rotate',
    from,
    to,
    handedOff: handedOff === id,
    confirmed: state === 'confirmed',
    // after a crash the counts are lost, the rotation is not
    ...(lastResult?.id === id && { result: lastResult }),
  };
}
