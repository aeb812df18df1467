import { KeelError } from '#errors/keel-error';
import { type FleetDatabase, type FleetKeys, readFleetRecord } from '#records/fleet-record';
import { inNaturalOrder } from '#shared/natural-order';
import type { UnaskingContext } from '#workspace/use-case';
import type { KnownWorkspace, Workspace } from '#workspace/workspace';
import { memberWorkspace } from './member-workspace.ts';
import { asKeelError, membersOf } from './members.ts';
import { overMembers } from './over-members.ts';
import type { Reach } from './reach.ts';

export interface OverRecorded {
  /** How many databases are worked on at once. */
  readonly limit: number;
  readonly reach?: Reach | undefined;
}

interface Over extends Pick<UnaskingContext<'fleet'>, 'signal' | 'onProgress'>, OverRecorded {
  /** Those of the last rotation without them. */
  readonly keys?: FleetKeys;
}

/**
 * The work for each of these databases of a fleet, which answers a number of rows; a failure is its outcome, and stops no other. In natural order. Throws
 * `nothing-to-undo` without any database.
 */
export async function outcomesOf(
  workspace: KnownWorkspace,
  names: readonly string[],
  { limit, reach, signal, onProgress, keys }: Over,
  work: (member: Workspace, name: string) => Promise<number>,
): Promise<FleetDatabase[]> {
  const record = await readFleetRecord(workspace.folder);
  if (!record || names.length === 0) throw nothingOnRecord(workspace.name);
  const members = await membersOf(workspace, inNaturalOrder(names), reach);
  const outcomes = await overMembers(members, { limit, signal, onProgress }, (member) =>
    work(memberWorkspace(workspace, member, keys ?? record), member.name),
  );
  return members.map(({ name }, index): FleetDatabase => {
    const outcome = outcomes[index];
    if (outcome === undefined || (signal.aborted && 'error' in outcome)) return { name, state: 'waiting' };
    const at = new Date().toISOString();
    if ('value' in outcome) return { name, state: 'done', at, rows: outcome.value };
    const { code, message, remedy } = asKeelError(outcome.error);
    return { name, state: 'failed', at, code, message, remedy };
  });
}

function nothingOnRecord(name: string): KeelError {
  return new KeelError(
    'nothing-to-undo',
    `no rotation of any database in the fleet of ${name} is on record here; nothing was changed`,
    'run this on the machine, and with the KEEL_HOME, that the fleet was rotated from',
  );
}
