import type { Client } from 'pg';
import type { Inventory } from '#contract/inventory';
import type { EncryptionKey } from '#crypto/encryption-key';
import { readCatalog } from '#postgres/catalog';
import { discoverColumns } from '#discovery/discovery';
import { resolveInventory } from '#postgres/table-target';
import { assertNamesKnown, withoutExcluded } from './exclusion.ts';
import { type Proof, proveKey } from './prove.ts';

export interface ProveKeysOptions {
  /** Without it, what the first key that opens anything opens. */
  readonly inventory?: Inventory;
  /** Tables and columns that do not count, by name. */
  readonly excluded: readonly string[];
  readonly signal?: AbortSignal;
}

/**
 * What each of several keys opens of one database, all judged by the same columns; undefined for each if, without an inventory,
 * none of them opens anything. Only reads. The caller keeps the keys.
 */
export async function proveKeys(
  client: Client,
  keys: readonly EncryptionKey[],
  { inventory: given, excluded, signal }: ProveKeysOptions,
): Promise<readonly (Proof | undefined)[]> {
  const inventory = given ?? (await discoverByAny(client, keys, signal));
  if (!inventory) return keys.map(() => undefined);
  assertNamesKnown(excluded, inventory);
  const tables = resolveInventory(inventory, await readCatalog(client));
  const proofs: Proof[] = [];
  for (const key of keys) {
    const proof = await proveKey(client, key, tables, { ...(signal && { signal }) });
    proofs.push(withoutExcluded(proof, excluded));
  }
  return proofs;
}

async function discoverByAny(
  client: Client,
  keys: readonly EncryptionKey[],
  signal: AbortSignal | undefined,
): Promise<Inventory | undefined> {
  for (const key of keys) {
    const { inventory } = await discoverColumns(client, { key, ...(signal && { signal }) });
    if (inventory.columns.length > 0) return inventory;
  }
  return undefined;
}
