import type { EncryptedColumn } from '#contract/inventory';
import type { EncryptionKey } from '#crypto/encryption-key';
import { discoverColumns } from '#discovery/discovery';
import { type IvProof, readIvProofs } from '#environments/iv-proofs';
import { KeelError } from '#errors/keel-error';
import { readCatalog } from '#postgres/catalog';
import { resolveInventory } from '#postgres/table-target';
import { withoutExcluded } from '#proof/exclusion';
import { type Proof, proveKey } from '#proof/prove';
import type { UnaskingContext } from '#workspace/use-case';
import type { Workspace } from '#workspace/workspace';
import { inParallel, type Outcome } from '#shared/in-parallel';
import { type FleetMember, inventoryFrom, membersOf } from '#fleet/members';

export interface FleetProofInput {
  readonly key: EncryptionKey;
  readonly databases: readonly string[];
  /** Found in each database where there are none. */
  readonly columns: readonly EncryptedColumn[];
  readonly excluded: readonly string[];
  /** How many databases are worked on at once. */
  readonly limit: number;
}

/** What the key opens of one database, or why that is not known; without both it was not begun. */
export interface MemberProof {
  readonly name: string;
  readonly outcome: Outcome<Proof>;
}

/** What the key opens of each database. Only reads. Throws `cancelled`. */
export async function proveFleet(
  workspace: Workspace,
  input: FleetProofInput,
  { signal, onProgress, audit }: UnaskingContext<'fleet'>,
): Promise<MemberProof[]> {
  const { key, limit } = input;
  const members = await membersOf(workspace, input.databases);
  const ivProofs = await readIvProofs(workspace.folder);
  let ended = 0;
  onProgress({ step: 'fleet', done: 0, total: members.length });
  const outcomes = await inParallel(members, { limit, signal }, async (member) => {
    try {
      return await proveMember(member, { ...input, ivProofs }, signal);
    } finally {
      ended += 1;
      onProgress({ step: 'fleet', done: ended, total: members.length });
    }
  });
  if (signal.aborted)
    throw new KeelError('cancelled', 'cancelled; nothing was changed', 'start it again when you like');
  const proofs = members.map(({ name }, at) => ({ name, outcome: outcomes[at] }));
  const right = proofs.filter(
    ({ outcome }) => outcome && 'value' in outcome && outcome.value.verdict === 'correct',
  ).length;
  await audit.after({
    environment: workspace.id,
    action: 'fleet proven',
    detail: `the key opens ${right} of ${proofs.length} databases`,
    outcome: right === proofs.length ? 'done' : 'failed',
    fingerprint: key.fingerprint,
  });
  return proofs;
}

async function proveMember(
  { database }: FleetMember,
  { key, columns, excluded, ivProofs }: FleetProofInput & { readonly ivProofs: readonly IvProof[] },
  signal: AbortSignal,
): Promise<Proof> {
  const client = await database.open('keel prove');
  try {
    const inventory = inventoryFrom(columns) ?? (await discoverColumns(client, { key, signal })).inventory;
    const tables = resolveInventory(inventory, await readCatalog(client));
    return withoutExcluded(
      await proveKey(client, key, tables, { signal, ivProofs, lookWithin: [key] }),
      excluded,
    );
  } finally {
    await client.end();
  }
}
