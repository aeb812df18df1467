import { folderNameOf } from '#environments/environment-name';
import { KeelError } from '#errors/keel-error';
import { RotationRecords } from '#records/rotation-record';
import { type FleetKeys, readFleetRecord } from '#records/fleet-record';
import { membersOnRecord } from '#records/known-databases';
import type { Database } from '#workspace/database';
import type { KnownWorkspace, Workspace } from '#workspace/workspace';
import { fleetKeyPort } from './rotate-members.ts';

/** The records of one database of a fleet. */
function memberRecords(folder: string, name: string): RotationRecords {
  return new RotationRecords(folder, folderNameOf(name));
}

/**
 * What a use case for one database works on, for a database of a fleet: its own records, and the environment's key ring as all share it.
 * Disposed with the environment's.
 */
export function memberWorkspace(
  workspace: KnownWorkspace,
  { name, database }: { readonly name: string; readonly database: Database },
  keys: FleetKeys,
): Workspace {
  return {
    ...workspace,
    member: name,
    records: memberRecords(workspace.folder, name),
    ringNotes: fleetKeyPort(workspace.ringNotes, keys),
    database: async (other) => (other === undefined ? database : workspace.database(other)),
    async openKeys() {
      const open = await workspace.openKeys();
      return { ...open, keyRing: fleetKeyPort(open.keyRing, keys) };
    },
    // the settings are the environment's: what was last done with its own database
    change: async () => {},
  };
}

/** What a recovery of one database of a fleet is answered where it would make another key the active one: the ring that all share follows none of them alone. */
export async function followNone(): Promise<never> {
  throw new KeelError(
    'confirmation-missing',
    'the databases of a fleet share one active key; the key ring was not changed',
    'recover each database on its own',
  );
}

/** The databases of the fleet, this one's and earlier ones', that have records here: those that a rotation was begun of. */
export async function rotatedMembers(folder: string): Promise<string[]> {
  const listed = (await readFleetRecord(folder))?.databases.map(({ name }) => name) ?? [];
  const names = new Set([...listed, ...(await membersOnRecord(folder))]);
  const found: string[] = [];
  for (const name of names) if ((await memberRecords(folder, name).list()).length > 0) found.push(name);
  return found;
}
