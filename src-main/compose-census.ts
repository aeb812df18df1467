import { takeCensus } from '#census/census';
import { type Census, isComplete } from '#census/census-result';
import type { EncryptedColumn } from '#contract/inventory';
import type { EncryptionKey } from '#crypto/encryption-key';
import type { KeelError } from '#errors/keel-error';
import { inParallel } from '#fleet/in-parallel';
import { asKeelError, type FleetMember } from './compose-fleet.ts';
import { databasesOf, keepCensus } from './compose-keys.ts';

export interface CensusesRequest {
  /** Of the environment, which keeps what each census saw. */
  readonly folder: string;
  readonly keys: readonly EncryptionKey[];
  readonly columns: readonly EncryptedColumn[];
  readonly limit: number;
  readonly signal: AbortSignal;
  readonly onEnded: (ended: number) => void;
}

/** The census of one database of several, or why there is none. */
export type MemberCensus =
  | { readonly name: string; readonly census: Census }
  | { readonly name: string; readonly failure: Pick<KeelError, 'code' | 'message' | 'remedy'> };

/** The names of databases on an environment's server that its keys may be in: its own, and those of fleets. */
export async function membersToSearch(folder: string, own: string): Promise<string[]> {
  const others = (await databasesOf(folder)).flatMap(({ member }) => member ?? []);
  return [...new Set([own, ...others])];
}

/** Takes and keeps a census of each database. One that cannot be read stops no other. */
export async function takeCensuses(
  members: readonly FleetMember[],
  { folder, keys, columns, limit, signal, onEnded }: CensusesRequest,
): Promise<MemberCensus[]> {
  const inventory = columns.length > 0 ? { version: 1 as const, columns: [...columns] } : undefined;
  let ended = 0;
  onEnded(0);
  const outcomes = await inParallel(members, { limit, signal }, async ({ name, database }) => {
    try {
      const client = await database.open('keel census');
      try {
        const census = await takeCensus(client, { keys, inventory, signal });
        await keepCensus(folder, census, name);
        return census;
      } finally {
        await client.end();
      }
    } finally {
      onEnded((ended += 1));
    }
  });
  return members.map(({ name }, at) => {
    const outcome = outcomes[at];
    if (outcome && 'value' in outcome) return { name, census: outcome.value };
    const { code, message, remedy } = asKeelError(outcome?.error);
    return { name, failure: { code, message, remedy } };
  });
}

/** How many were read throughout, with nothing under a key beside the inventory. */
export function completeOf(censuses: readonly MemberCensus[]): number {
  return censuses.filter((one) => 'census' in one && isComplete(one.census)).length;
}
