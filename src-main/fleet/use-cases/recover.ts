import { type OverRecorded, outcomesOf } from '#fleet/member-outcomes';
import { followNone, rotatedMembers } from '#fleet/member-workspace';
import { type FleetDatabase, readFleetRecord, recordFleetOutcome } from '#records/fleet-record';
import { lastCommitted } from '#records/last-rotation';
import { recover } from '#rotation/use-cases/recover';
import type { UnaskingContext } from '#workspace/use-case';
import type { KnownWorkspace, Workspace } from '#workspace/workspace';

/**
 * Finds out what became of rotations of the fleet's databases that did not come to their end, and keeps which of them went over. Throws
 * `nothing-to-undo` without any.
 */
export async function recoverFleet(
  workspace: KnownWorkspace,
  { limit, reach }: OverRecorded,
  { signal, onProgress, audit }: UnaskingContext<'fleet'>,
): Promise<FleetDatabase[]> {
  const names = await rotatedMembers(workspace.folder);
  return outcomesOf(workspace, names, { limit, reach, signal, onProgress }, async (member, name) => {
    const context = { signal, audit, onProgress: () => {}, confirm: followNone };
    const { failure, recovered } = await recover(member, context);
    if (failure) throw failure;
    await keepWhatWentOver(workspace.folder, name, member);
    return recovered.length;
  });
}

/** A run that was killed between a COMMIT and the list left the database on it as one that has not gone over. */
async function keepWhatWentOver(folder: string, name: string, { records }: Workspace): Promise<void> {
  const fleet = await readFleetRecord(folder);
  const last = lastCommitted(await records.list());
  const listed = fleet?.databases.find((one) => one.name === name);
  if (!fleet || !last || !listed || listed.state === 'done') return;
  if (last.from !== fleet.from || last.to !== fleet.to) return;
  await recordFleetOutcome(folder, fleet, { name, state: 'done', at: new Date().toISOString() });
}
