import type { CommittedRotation } from '#contract/rotation';
import type { EnvironmentSettings } from '#environments/environment-settings';
import type { RotationRecord } from '#records/rotation-record';

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
