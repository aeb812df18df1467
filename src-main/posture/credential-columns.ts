import type { Client } from 'pg';
import type { EncryptedColumn } from '#contract/inventory';
import { readCell } from '#crypto/layouts';
import { KeelError } from '#errors/keel-error';
import { readCatalog } from '#postgres/catalog';
import { findValues, type Slot } from '#postgres/cell-values';
import { sampleTable } from '#postgres/sample';
import { resolveInventory } from '#postgres/table-target';
import type { ColumnFacts, CredentialFacts } from './facts.ts';
import { readOnly } from './read-only.ts';
import { shownText } from './shown-text.ts';

/** Looks at a sample of each encrypted column, without any key: whether values are ciphertexts, each under an IV of its own. */
export async function lookAtColumns(
  client: Client,
  inventory: readonly EncryptedColumn[],
): Promise<Pick<CredentialFacts, 'columns' | 'fault'>> {
  try {
    return { columns: await readOnly(client, () => readColumns(client, inventory)) };
  } catch (error) {
    return { fault: error instanceof KeelError ? error.message : 'the columns could not be read' };
  }
}

async function readColumns(client: Client, inventory: readonly EncryptedColumn[]): Promise<ColumnFacts[]> {
  const columns: ColumnFacts[] = [];
  const catalog = await readCatalog(client);
  for (const target of resolveInventory({ version: 1, columns: [...inventory] }, catalog)) {
    const named = new Set(target.columns.map(({ name }) => name));
    const table = {
      ...target.catalog,
      columns: target.catalog.columns.filter(({ name }) => named.has(name)),
    };
    const samples = await sampleTable(client, table);
    for (const { name, slots } of target.columns) {
      const cells = [...samples].find(([column]) => column.name === name)?.[1] ?? [];
      const values = cells.flatMap((cell) => findValues(cell, 0, slots));
      for (const [at, slot] of slots.entries()) {
        const mine = values.filter((value) => value.slot === at).map(({ text }) => text);
        columns.push({ ...judgeSample(mine, slot), label: shownText(labelOf(slot.entry)) });
      }
    }
  }
  return columns;
}

function judgeSample(texts: readonly Buffer[], { entry, layout }: Slot): Omit<ColumnFacts, 'label'> {
  const seen = new Map<string, number>();
  let unencrypted = 0;
  for (const text of texts) {
    const opened = readCell(layout, text);
    if (!opened) unencrypted++;
    else {
      const iv = Buffer.from(opened.iv).toString('hex');
      seen.set(iv, (seen.get(iv) ?? 0) + 1);
    }
  }
  const repeatedIvs = [...seen.values()].reduce((sum, times) => sum + (times > 1 ? times : 0), 0);
  return { kind: entry.kind, looked: texts.length, unencrypted, repeatedIvs };
}

function labelOf({ schema, table, column, path }: EncryptedColumn): string {
  return `${schema}.${table}.${column}${path === undefined ? '' : ` ${path}`}`;
}
