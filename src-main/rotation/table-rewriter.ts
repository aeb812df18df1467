import type { Opened } from '#crypto/envelopes';
import { type Layout, sealCells } from '#crypto/layouts';
import { type JudgedBatch, judgeCells, judgeOpened } from '#evidence/judge-cells';
import {
  type CellValue,
  findValues,
  type Replacement,
  replaceValues,
  type Slot,
} from '#postgres/cell-values';
import type { Field } from '#postgres/copy-binary';
import type { TableTarget, TargetColumn } from '#postgres/table-target';
import { type KeyPair, rule, type WrittenUnder } from './ruling.ts';
import type { SlotTally } from './slot-tally.ts';
import type { ValueCounts } from './value-counts.ts';

/** A row as the reading queries give it. */
export interface SourceRow {
  readonly identity: readonly Field[];
  /** One for each column of the table target. */
  readonly cells: readonly Field[];
  readonly writtenUnder: WrittenUnder;
}

export interface RewrittenRow extends SourceRow {
  readonly fresh: readonly Field[];
  /** One byte for each value of the row, 1 where it was left as it is; null where all were rewritten. */
  readonly left: Buffer | null;
}

/** Slot by slot, what was ruled in all batches of a table. In the order of columns and their slots. */
export type TableTallies = readonly (readonly SlotTally[])[];

/** A ciphertext on its way: what was ruled on it, and what takes its place. */
interface WorkedValue {
  readonly value: CellValue;
  readonly row: SourceRow;
  fresh: Buffer | undefined;
}

/**
 * Re-encrypts a batch of rows: rules on every ciphertext, and rewrites those under the old key. Returns the rows that
 * change; their values enter `counts`, those of rows which stay untouched only if `countUntouched`.
 */
export async function rewriteRows(
  table: TableTarget,
  keys: KeyPair,
  rows: readonly SourceRow[],
  tallies: TableTallies,
  counts: ValueCounts,
  countUntouched: boolean,
): Promise<RewrittenRow[]> {
  const works = rows.map((row) =>
    valuesOf(table, row.cells).map((value): WorkedValue => ({ value, row, fresh: undefined })),
  );
  const all = works.flat();
  for (const [column, { slots }] of table.columns.entries()) {
    for (const slot of slots.keys()) {
      const values = all.filter(({ value }) => value.column === column && value.slot === slot);
      const tally = (tallies[column] as readonly SlotTally[])[slot] as SlotTally;
      await rewriteSlot(table, keys, values, tally);
    }
  }
  const changed: RewrittenRow[] = [];
  for (let i = 0; i < rows.length; i++) {
    const values = works[i] as WorkedValue[];
    let rewritten = 0;
    for (const { fresh } of values) if (fresh) rewritten++;
    if (rewritten > 0) changed.push(finishRow(rows[i] as SourceRow, values, rewritten < values.length));
    else if (!countUntouched) continue;
    for (const { value, fresh } of values) {
      counts.add({ column: value.column, slot: value.slot, rewritten: fresh !== undefined });
    }
  }
  return changed;
}

/** The values of a row's cells in a fixed order, the same before and after rewriting. */
export function valuesOf(table: TableTarget, cells: readonly Field[]): CellValue[] {
  const [only] = table.columns;
  if (only && table.columns.length === 1) return cells[0] ? findValues(cells[0], 0, only.slots) : [];
  return table.columns.flatMap(({ slots }, column) => {
    const cell = cells[column];
    return cell ? findValues(cell, column, slots) : [];
  });
}

async function rewriteSlot(
  table: TableTarget,
  keys: KeyPair,
  values: readonly WorkedValue[],
  tally: SlotTally,
): Promise<void> {
  const [first] = values;
  if (!first) return;
  const { layout } = slotOf(table, first.value);
  using underFrom = await judgeCells(
    layout,
    keys.from,
    values.map(({ value }) => value.text),
  );
  using underTo = await judgeUnderTo(layout, keys, underFrom);
  const opened: Opened[] = [];
  const plaintexts: Uint8Array[] = [];
  const rewritten: WorkedValue[] = [];
  for (let i = 0; i < values.length; i++) {
    const worked = values[i] as WorkedValue;
    const { row } = worked;
    const fromCell = underFrom.cells[i];
    const toCell = underTo.cells[i];
    const seen = keys.toMayBePresent ? toCell : undefined;
    const ruling = rule(fromCell, seen, row.writtenUnder, keys.takeAmbiguousAsFrom);
    tally.count(ruling, fromCell, toCell, row.identity);
    if (ruling !== 'rewrite' || !fromCell) continue;
    opened.push(fromCell.opened);
    plaintexts.push(fromCell.plaintext);
    rewritten.push(worked);
  }
  const fresh = await sealCells(layout, keys.to, opened, plaintexts);
  for (let i = 0; i < rewritten.length; i++) (rewritten[i] as WorkedValue).fresh = fresh[i];
}

function slotOf(table: TableTarget, { column, slot }: CellValue): Slot {
  return (table.columns[column] as TargetColumn).slots[slot] as Slot;
}

const nobody: JudgedBatch = { cells: [], [Symbol.dispose]: () => undefined };

/** The new key is asked only where it may have been used, or to explain why the old one does not open a value. */
async function judgeUnderTo(layout: Layout, keys: KeyPair, underFrom: JudgedBatch): Promise<JudgedBatch> {
  const isAsked = (cell: JudgedBatch['cells'][number]) =>
    keys.toMayBePresent || cell?.evidence.verdict === 'contradicted';
  if (!underFrom.cells.some(isAsked)) return nobody;
  return judgeOpened(
    layout,
    keys.to,
    underFrom.cells.map((cell) => (isAsked(cell) ? cell?.opened : undefined)),
  );
}

function finishRow(row: SourceRow, values: readonly WorkedValue[], isPartial: boolean): RewrittenRow {
  const { identity, cells, writtenUnder } = row;
  const [only] = values;
  const fresh =
    only && values.length === 1 && cells.length === 1
      ? [replaceValues(cells[0] as Buffer, [only as Replacement])]
      : cells.map((cell, column) => {
          const inCell = values.filter(({ value, fresh }) => value.column === column && fresh);
          return cell && inCell.length > 0 ? replaceValues(cell, inCell as Replacement[]) : cell;
        });
  const left = isPartial ? Buffer.from(values.map((worked) => (worked.fresh ? 0 : 1))) : null;
  return { identity, cells, writtenUnder, fresh, left };
}
