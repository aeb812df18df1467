import { type FleetRecord, giveUpMembers, takeBackMembers } from '#records/fleet-record';
import type { UnaskingContext } from '#workspace/use-case';
import type { KnownWorkspace } from '#workspace/workspace';

export interface GiveUpInput {
  /** As the server calls them. */
  readonly databases: readonly string[];
  /** Takes them into the rotation again instead. */
  readonly withdraw: boolean;
}

/**
 * Lets the unfinished rotation of a fleet come to its end without databases that cannot be done. They stay on record, and no key is destroyed
 * before a census of each, or an acceptance by its name. Throws `usage`; nothing is changed in any database.
 */
export async function giveUp(
  { folder, id }: KnownWorkspace,
  { databases: named, withdraw }: GiveUpInput,
  { audit }: Pick<UnaskingContext, 'audit'>,
): Promise<FleetRecord> {
  const databases = [...new Set(named)];
  const record = await (withdraw ? takeBackMembers : giveUpMembers)(folder, databases);
  await audit.after({
    environment: id,
    action: withdraw ? 'databases of a fleet taken back' : 'databases of a fleet given up',
    detail: databases.join(', '),
    outcome: 'done',
  });
  return record;
}
