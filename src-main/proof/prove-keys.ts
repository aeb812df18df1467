import type { Client } from 'pg';
import type { ApplicationForm } from '#applications/applications';
import type { Inventory } from '#contract/inventory';
import type { EncryptionKey } from '#crypto/encryption-key';
import { isOfOtherApplication } from '#applications/of-inventory';
import { readCatalog } from '#postgres/catalog';
import { discoverColumns } from '#discovery/discovery';
import { resolveInventory } from '#postgres/table-target';
import { assertNamesKnown, withoutExcluded } from './exclusion.ts';
import { type Proof, proveKey } from './prove.ts';

export interface ProveKeysOptions {
  /** Without it, what the first key that opens anything opens. */
  readonly inventory?: Inventory;
  /** The forms in which values are searched for then, where they are not Ballast's. */
  readonly forms?: readonly ApplicationForm[] | undefined;
  /** Tables and columns that do not count, by name. */
  readonly excluded: readonly string[];
  readonly signal?: AbortSignal;
}

/**
 * What each of several keys opens of one database, all judged by the same columns. Where none of them opens anything, and no inventory
 * says what is encrypted, a key is wrong if something there looks encrypted; in a database without anything of the kind, one whose dump
 * was not loaded yet, it is neither right nor wrong. Only reads. The caller keeps the keys.
 */
export async function proveKeys(
  client: Client,
  keys: readonly EncryptionKey[],
  { inventory: given, forms, excluded, signal }: ProveKeysOptions,
): Promise<readonly Proof[]> {
  const found = given ? { inventory: given } : await discoverByAny(client, keys, { forms, signal });
  if ('looksEncrypted' in found) {
    const verdict = found.looksEncrypted ? 'wrong' : 'inconclusive';
    return keys.map(() => ({ verdict, bits: 0, columns: [] }));
  }
  const { inventory } = found;
  assertNamesKnown(excluded, inventory);
  const tables = resolveInventory(inventory, await readCatalog(client));
  // a key that is needed within a single value is not a wrong one
  const lookWithin = isOfOtherApplication(inventory) ? undefined : { keys, isSample: false };
  const proofs: Proof[] = [];
  for (const key of keys) {
    const proof = await proveKey(client, key, tables, {
      ...(lookWithin && { lookWithin }),
      ...(signal && { signal }),
    });
    proofs.push(withoutExcluded(proof, excluded));
  }
  return keys.map((key, at) => withNested(proofs[at] as Proof, key, proofs));
}

/** A proof with the values encrypted with its key within what any of the keys opens: a key that is needed for these is not called wrong. */
function withNested(proof: Proof, { fingerprint }: EncryptionKey, proofs: readonly Proof[]): Proof {
  const all = proofs.flatMap(({ within }) => within?.nested ?? []);
  const nested = all.filter(({ key }) => key === fingerprint);
  const verdict = proof.verdict === 'wrong' && nested.length > 0 ? 'mixed' : proof.verdict;
  return { ...proof, verdict, within: { nested, cut: proof.within?.cut ?? 0 } };
}

async function discoverByAny(
  client: Client,
  keys: readonly EncryptionKey[],
  { forms, signal }: { forms: ProveKeysOptions['forms']; signal: AbortSignal | undefined },
): Promise<{ readonly inventory: Inventory } | { readonly looksEncrypted: boolean }> {
  let looksEncrypted = false;
  for (const key of keys) {
    const { inventory, unopened, inconclusive } = await discoverColumns(client, {
      key,
      forms,
      ...(signal && { signal }),
    });
    if (inventory.columns.length > 0) return { inventory };
    looksEncrypted ||= unopened.length + inconclusive.length > 0;
  }
  return { looksEncrypted };
}

/** Whether a proof had nothing to go by: no value at all, so that it says nothing about the key. */
export function isWithoutValues({ columns }: Proof): boolean {
  return columns.every(({ rows }) => rows === 0);
}
