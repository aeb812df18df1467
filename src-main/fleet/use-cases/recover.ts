import { KeelError } from '#errors/keel-error';
import { text } from '#errors/text';
import { type OverRecorded, outcomesOf } from '#fleet/member-outcomes';
import { followNone, rotatedMembers } from '#fleet/member-workspace';
import {
  type FleetDatabase,
  readFleetRecord,
  recordFleetLapse,
  recordFleetOutcome,
} from '#records/fleet-record';
import { lastCommitted } from '#records/last-rotation';
import { recover } from '#rotation/use-cases/recover';
import type { UnaskingContext } from '#workspace/use-case';
import type { KnownWorkspace, Workspace } from '#workspace/workspace';

/**
 * Finds out what became of rotations of the fleet's databases that did not come to their end, and keeps which of them went over. A database
 * that a sample shows under another key than its records do, or whose key could not be tried, is a failure. Throws
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
    const { failure, recovered, untried, agrees, under } = await recover(member, context);
    if (failure) throw failure;
    await keepWhatWentOver(workspace.folder, name, member);
    if (untried) throw untried;
    if (agrees === false) await assertAsRecorded(workspace.folder, name, member, under);
    return recovered.length;
  });
}

/**
 * A database that is not under the active key of the fleet is right where its last rotation was rolled back, and the sample is under the key that it
 * came from. Else it was restored, or changed by others: the rotation that took it over is unfinished again. Throws `rotation-unsettled`.
 */
async function assertAsRecorded(
  folder: string,
  name: string,
  { records }: Workspace,
  under: string | undefined,
): Promise<void> {
  const all = await records.list();
  const expected = lastCommitted(all)?.to ?? all.at(-1)?.from;
  if (expected === undefined || under === expected) return;
  const found =
    under === undefined
      ? 'no key of the key ring decrypts a sample of it'
      : `most of a sample of it is encrypted with key ${under}`;
  const failure = new KeelError(
    'rotation-unsettled',
    `according to Keel’s records, ${name} is encrypted with key ${expected}, but ${found}; nothing was changed`,
    text`if it was restored from a dump, ${{ do: 'see-fleet' }} and run the unfinished rotation or undo again; otherwise restore the key that it is encrypted with`,
  );
  const fleet = await readFleetRecord(folder);
  const listed = fleet?.databases.find((one) => one.name === name);
  if (fleet && listed?.state === 'done' && fleet.to === expected) {
    const { code, message, remedy } = failure;
    const at = new Date().toISOString();
    await recordFleetLapse(folder, fleet, { name, state: 'failed', at, code, message, remedy });
  }
  throw failure;
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
