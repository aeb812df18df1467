import type { EncryptionKey } from '#crypto/encryption-key';
import { type IvProof, readIvProofs } from '#environments/iv-proofs';
import { KeelError } from '#errors/keel-error';
import { readCatalog } from '#postgres/catalog';
import { resolveInventory } from '#postgres/table-target';
import { withoutExcluded } from '#proof/exclusion';
import { type Proof, proveKey } from '#proof/prove';
import type { UnaskingContext } from '#workspace/use-case';
import type { KnownWorkspace } from '#workspace/workspace';
import type { Outcome } from '#shared/in-parallel';
import {
  type FleetColumns,
  fleetColumns,
  type FleetMember,
  memberInventory,
  membersOf,
} from '#fleet/members';
import { overMembers } from '#fleet/over-members';
import type { Reach } from '#fleet/reach';

export interface FleetProofInput {
  readonly key: EncryptionKey;
  readonly databases: readonly string[];
  readonly reach?: Reach | undefined;
  readonly excluded: readonly string[];
  /** How many databases are worked on at once. */
  readonly limit: number;
}

/** What the key opens of one database, or why that is not known; without both it was not begun. */
export interface MemberProof {
  readonly name: string;
  readonly outcome: Outcome<Proof>;
}

/** What is asked of one database. */
export type MemberQuestion = Pick<FleetProofInput, 'key' | 'excluded'> & {
  readonly of: FleetColumns;
  readonly ivProofs: readonly IvProof[];
};

/** What the key opens of each database. Only reads. Throws `cancelled`. */
export async function proveFleet(
  workspace: KnownWorkspace,
  input: FleetProofInput,
  { signal, onProgress, audit }: UnaskingContext<'fleet'>,
): Promise<MemberProof[]> {
  const { key, limit } = input;
  const members = await membersOf(workspace, input.databases, input.reach);
  const ivProofs = await readIvProofs(workspace.folder);
  const of = fleetColumns(workspace.settings);
  const outcomes = await overMembers(members, { limit, signal, onProgress }, (member) =>
    proveMember(member, { ...input, of, ivProofs }, signal),
  );
  if (signal.aborted)
    throw new KeelError('cancelled', 'cancelled; nothing was changed', 'start it again when you are ready');
  const proofs = members.map(({ name }, at) => ({ name, outcome: outcomes[at] }));
  const right = proofs.filter(
    ({ outcome }) => outcome && 'value' in outcome && outcome.value.verdict === 'correct',
  ).length;
  await audit.after({
    environment: workspace.id,
    action: 'fleet proven',
    detail: `the key decrypts ${right} of ${proofs.length} databases`,
    outcome: right === proofs.length ? 'done' : 'failed',
    fingerprint: key.fingerprint,
  });
  return proofs;
}

/** What a key opens of one database. Only reads. */
export async function proveMember(
  { database }: FleetMember,
  { key, of, excluded, ivProofs }: MemberQuestion,
  signal: AbortSignal,
): Promise<Proof> {
  await using client = await database.open('keel prove');
  const inventory = await memberInventory(client, of, { key, signal });
  const tables = resolveInventory(inventory, await readCatalog(client));
  return withoutExcluded(
    await proveKey(client, key, tables, { signal, ivProofs, lookWithin: { keys: [key], isSample: true } }),
    excluded,
  );
}
