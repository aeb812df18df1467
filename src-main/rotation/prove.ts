import type { Client } from 'pg';
import type { EncryptionKey } from '#crypto/encryption-key';
import { type AssayResult, ColumnAssay, overallVerdict, type OverallVerdict } from '#evidence/column-assay';
import { countInto, judgeCells } from '#evidence/judge-cells';
import { hintAtLayout } from '#evidence/layout-hint';
import { findValues, type Slot } from '#postgres/cell-values';
import { streamRows } from '#postgres/row-stream';
import { readExpression, type TableTarget } from '#postgres/table-target';
import type { EncryptedColumn } from '#contract/inventory';

/** What a key opens of one inventory entry. */
export interface ColumnProof extends AssayResult {
  readonly entry: EncryptedColumn;
  /** A likely layout error, where the values speak against the key. */
  readonly hint?: string;
}

export interface Proof {
  readonly verdict: OverallVerdict;
  readonly bits: number;
  readonly columns: readonly ColumnProof[];
}

export interface ProveOptions {
  /** At most this many rows a table, for a quick look; all without it. */
  readonly sampleRows?: number;
  readonly onRows?: (done: number) => void;
  readonly signal?: AbortSignal;
}

const hintSample = 50;

/** Opens every value of the tables with a key and judges it by evidence. Only reads. */
export async function proveKey(
  client: Client,
  key: EncryptionKey,
  tables: readonly TableTarget[],
  options: ProveOptions = {},
): Promise<Proof> {
  const columns: ColumnProof[] = [];
  let done = 0;
  for (const table of tables) {
    const assays = new Map<Slot, SlotAssay>();
    for (const slot of table.columns.flatMap((column) => column.slots)) {
      assays.set(slot, { assay: new ColumnAssay(slot.layout), refused: [] });
    }
    for await (const rows of streamRows(client, selectCells(table, options.sampleRows))) {
      options.signal?.throwIfAborted();
      for (const [index, column] of table.columns.entries()) {
        const values = rows.flatMap((row) => (row[index] ? findValues(row[index], index, column.slots) : []));
        for (const [number, slot] of column.slots.entries()) {
          const texts = values.filter((value) => value.slot === number).map((value) => value.text);
          await assess(assays.get(slot) as SlotAssay, slot, key, texts);
        }
      }
      done += rows.length;
      options.onRows?.(done);
    }
    for (const [slot, { assay, refused }] of assays) {
      const hint = refused.length > 0 ? await hintAtLayout(slot.layout, key, refused) : undefined;
      columns.push({ entry: slot.entry, ...assay.result(), ...(hint && { hint }) });
    }
  }
  const bits = columns.reduce((sum, column) => sum + column.bits, 0);
  return { verdict: overallVerdict(columns), bits: Math.round(bits * 10) / 10, columns };
}

interface SlotAssay {
  readonly assay: ColumnAssay;
  /** A few values that the key does not open. */
  readonly refused: Buffer[];
}

async function assess({ assay, refused }: SlotAssay, slot: Slot, key: EncryptionKey, texts: Buffer[]) {
  using judged = await judgeCells(slot.layout, key, texts);
  countInto(assay, judged.cells);
  for (const [i, cell] of judged.cells.entries()) {
    if (refused.length >= hintSample) break;
    if (cell?.evidence.verdict === 'contradicted') refused.push(Buffer.from(texts[i] as Buffer));
  }
}

function selectCells(table: TableTarget, limit: number | undefined): string {
  const cells = table.columns.map((column) => readExpression('t', column));
  const filled = cells.map((cell) => `${cell} IS NOT NULL`).join(' OR ');
  return `SELECT ${cells.join(', ')} FROM ${table.sql} AS t WHERE ${filled}${limit ? ` LIMIT ${limit}` : ''}`;
}
