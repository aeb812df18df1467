import { takeCensus } from '#census/census';
import type { CensusKeys } from '#census/census-keys';
import { type Census, isComplete } from '#census/census-result';
import { KeelError } from '#errors/keel-error';
import { asKeelError, inventoryFrom, membersOf } from '#fleet/members';
import { overMembers } from '#fleet/over-members';
import type { Reach } from '#fleet/reach';
import { keepCensus, membersToSearch } from '#records/known-databases';
import type { UnaskingContext } from '#workspace/use-case';
import type { KnownWorkspace } from '#workspace/workspace';

export interface FleetCensusInput extends CensusKeys {
  /** Every database on record that the keys may be in, where none are named. */
  readonly databases?: readonly string[] | undefined;
  readonly reach?: Reach | undefined;
  readonly limit: number;
}

/** The census of one database of several, or why there is none. */
export type MemberCensus =
  | { readonly name: string; readonly census: Census }
  | { readonly name: string; readonly failure: Pick<KeelError, 'code' | 'message' | 'remedy'> };

export interface FleetCensus {
  readonly members: readonly MemberCensus[];
  /** How many were read throughout, with nothing encrypted with a key beside the inventory. */
  readonly complete: number;
}

/** Takes and keeps a census of each database. One that cannot be read stops no other. Throws `cancelled`. */
export async function takeFleetCensus(
  workspace: KnownWorkspace,
  { keys, alsoOpened, databases, reach, limit }: FleetCensusInput,
  { signal, onProgress, audit }: UnaskingContext<'fleet'>,
): Promise<FleetCensus> {
  const { folder, settings, id } = workspace;
  const names = databases ?? (await membersToSearch(folder, settings.address.database));
  const members = await membersOf(workspace, names, reach);
  const inventory = inventoryFrom(settings.inventory);
  const over = { limit, signal, onProgress };
  const outcomes = await overMembers(members, over, async ({ name, database }) => {
    await using client = await database.open('keel census');
    const census = await takeCensus(client, { keys, alsoOpened, inventory, signal });
    await keepCensus(folder, census, name);
    return census;
  });
  if (signal.aborted) {
    throw new KeelError(
      'cancelled',
      'cancelled; the censuses that had finished are kept',
      'start it again when you are ready',
    );
  }
  const taken = members.map(({ name }, at): MemberCensus => {
    const outcome = outcomes[at];
    if (outcome && 'value' in outcome) return { name, census: outcome.value };
    const { code, message, remedy } = asKeelError(outcome?.error);
    return { name, failure: { code, message, remedy } };
  });
  const complete = taken.filter((one) => 'census' in one && isComplete(one.census)).length;
  await audit.after({
    environment: id,
    action: 'fleet census taken',
    detail: `${complete} of ${taken.length} databases read completely, with nothing encrypted with a key outside the inventory`,
    outcome: complete === taken.length ? 'done' : 'failed',
  });
  return { members: taken, complete };
}
