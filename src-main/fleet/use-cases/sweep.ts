import { KeelError } from '#errors/keel-error';
import { text } from '#errors/text';
import { type OverRecorded, outcomesOf } from '#fleet/member-outcomes';
import { rotatedMembers } from '#fleet/member-workspace';
import { type FleetDatabase, readFleetRecord } from '#records/fleet-record';
import { lastCommitted } from '#records/last-rotation';
import { sweep } from '#rotation/use-cases/sweep';
import type { UnaskingContext } from '#workspace/use-case';
import type { KnownWorkspace } from '#workspace/workspace';
import { formatCount } from '#shared/counted';

/**
 * Looks for values encrypted with the key that the last rotation of each of the fleet's databases came from. Only reads the databases. One of the
 * list that has not gone over is a failure: it is encrypted with that key as a whole. Throws `nothing-to-undo` without any database.
 */
export async function sweepFleet(
  workspace: KnownWorkspace,
  { limit, reach }: OverRecorded,
  { signal, onProgress, audit }: UnaskingContext<'fleet'>,
): Promise<FleetDatabase[]> {
  const listed = (await readFleetRecord(workspace.folder))?.databases.map(({ name }) => name) ?? [];
  const names = [...new Set([...listed, ...(await rotatedMembers(workspace.folder))])];
  return outcomesOf(workspace, names, { limit, reach, signal, onProgress }, async (member, name) => {
    if (!lastCommitted(await member.records.list())) throw notOver(name);
    const { allClear, stragglers, from } = await sweep(member, { signal, audit, onProgress: () => {} });
    if (allClear) return 0;
    throw new KeelError(
      'rows-unopened',
      `the sweep of ${name} was not clear: ${formatCount(stragglers)} rows encrypted with key ${from}, or places that were not read`,
      'rotate the rest of it as a separate environment, then sweep again',
    );
  });
}

function notOver(name: string): KeelError {
  return new KeelError(
    'rotation-unsettled',
    `no rotation of ${name} is on record as completed; it was not swept`,
    text`${{ do: 'finish-fleet' }}`,
  );
}
