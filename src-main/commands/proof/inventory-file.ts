import { z } from 'zod';
import { inventory, type Inventory } from '#contract/inventory';
import { readEntry } from '#forms/entry';
import { writeDurably } from '#storage/durable-file';
import { parseJson, readTextFile } from '#storage/text-file';
import { KeelError } from '#errors/keel-error';
import type { Named } from '#commands/environments/named-environment';

/** Reads and checks an inventory. Throws `inventory-unreadable` or `inventory-malformed` naming the place. */
export async function readInventory(path: string): Promise<Inventory> {
  const text = await readTextFile(path, {
    code: 'inventory-unreadable',
    what: 'the inventory',
    remedy: 'check the path, or create one with `keel discover --out FILE`',
    max: longestInventory,
  });
  const json = parseJson(text);
  if ('why' in json) throw malformed(path, json.why);
  const result = inventory.safeParse(json.value);
  if (!result.success) throw malformed(path, z.prettifyError(result.error).replace(/\s*\n\s*/g, ' '));
  if (result.data.columns.length === 0) throw malformed(path, 'it lists no columns');
  for (const column of result.data.columns) readEntry(column);
  return result.data;
}

/** The inventory of `--inventory`, else the one that the environment of `--env` has; undefined where neither is there. */
export async function givenInventory({
  inventory,
  named,
}: Named & { readonly inventory?: string }): Promise<Inventory | undefined> {
  if (inventory !== undefined) return readInventory(inventory);
  const columns = named?.settings.inventory ?? [];
  return columns.length > 0 ? { version: 1, columns } : undefined;
}

/** Writes an inventory for review; refuses to replace a file. */
export async function writeInventory(path: string, value: Inventory): Promise<void> {
  await writeDurably(path, `${JSON.stringify(value, null, 2)}\n`, { mode: 0o644, mustBeNew: true });
}

/** Of the largest database anybody has. */
const longestInventory = 16 << 20;

function malformed(path: string, why: string): KeelError {
  return new KeelError(
    'inventory-malformed',
    `the inventory ${path} cannot be used: ${why}; nothing was changed`,
    'compare it with what `keel discover` writes',
  );
}
