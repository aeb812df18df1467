import type { MultisetDigest } from '#crypto/digest';
import type { Opened } from '#crypto/envelopes';
import { sealCells } from '#crypto/layouts';
import { type JudgedBatch, judgeCells, judgeOpened } from '#evidence/judge-cells';
import { type CellValue, findValues, replaceValues } from '#postgres/cell-values';
import type { Field } from '#postgres/copy-binary';
import type { TableTarget, TargetColumn } from '#postgres/table-target';
import { describeRow } from './row-label.ts';
import { type KeyPair, type Ruling, rule, type WrittenUnder } from './ruling.ts';
import type { SlotTally } from './slot-tally.ts';
import { recordLeft, recordSecret } from './value-records.ts';

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

/** Taken-apart row: its values in order, with the column each stands in and what becomes of it. */
interface Work {
  readonly row: SourceRow;
  readonly values: { column: number; value: CellValue; ruling?: Ruling; fresh?: Buffer }[];
}

/**
 * Re-encrypts a batch of rows: rules on every ciphertext, rewrites those under the old key, and adds what each row will
 * hold to `digest`, that of rows which stay untouched only if `digestUntouched`. Returns the rows that change.
 */
export async function rewriteRows(
  table: TableTarget,
  keys: KeyPair,
  rows: readonly SourceRow[],
  tallies: TableTallies,
  digest: MultisetDigest,
  digestUntouched: boolean,
): Promise<RewrittenRow[]> {
  const works: Work[] = rows.map((row) => ({ row, values: valuesOf(table, row.cells) }));
  for (const [column, { slots }] of table.columns.entries()) {
    for (const slot of slots.keys()) await rewriteSlot(table, keys, works, column, slot, tallies, digest);
  }
  return works.flatMap((work) => {
    const changes = work.values.some(({ fresh }) => fresh !== undefined);
    if (changes || digestUntouched) digestLeft(table, work, digest);
    return changes ? [finishRow(work)] : [];
  });
}

/** The values of a row's cells in a fixed order, the same before and after rewriting. */
export function valuesOf(
  table: TableTarget,
  cells: readonly Field[],
): { column: number; value: CellValue }[] {
  return table.columns.flatMap(({ slots }, column) => {
    const cell = cells[column];
    return cell ? findValues(cell, slots).map((value) => ({ column, value })) : [];
  });
}

async function rewriteSlot(
  table: TableTarget,
  keys: KeyPair,
  works: readonly Work[],
  column: number,
  slot: number,
  tallies: TableTallies,
  digest: MultisetDigest,
): Promise<void> {
  const { layout } = (table.columns[column] as TargetColumn).slots[slot] as TargetColumn['slots'][number];
  const tally = (tallies[column] as readonly SlotTally[])[slot] as SlotTally;
  const places = works.flatMap((work) =>
    work.values.flatMap((item, position) =>
      item.column === column && item.value.slot === slot ? [{ work, item, position }] : [],
    ),
  );
  using underFrom = await judgeCells(
    layout,
    keys.from,
    places.map(({ item }) => item.value.text),
  );
  using underTo = await judgeUnderTo(layout, keys, underFrom);
  const opened: Opened[] = [];
  const plaintexts: Uint8Array[] = [];
  const rewritten: typeof places = [];
  for (const [i, place] of places.entries()) {
    const fromCell = underFrom.cells[i];
    const toCell = underTo.cells[i];
    const seen = keys.toMayBePresent ? toCell : undefined;
    const ruling = rule(fromCell, seen, place.work.row.writtenUnder, keys.takeAmbiguousAsFrom);
    place.item.ruling = ruling;
    tally.count(ruling, fromCell, toCell, () => describeRow(table.identity, place.work.row.identity));
    if (ruling !== 'rewrite' || !fromCell) continue;
    opened.push(fromCell.opened);
    plaintexts.push(fromCell.plaintext);
    rewritten.push(place);
    digest.add(...recordSecret(table, place.work.row.identity, place.position, fromCell.plaintext));
  }
  const fresh = await sealCells(layout, keys.to, opened, plaintexts);
  for (const [i, { item }] of rewritten.entries()) item.fresh = fresh[i] as Buffer;
}

/** The new key is asked only where it may have been used, or to explain why the old one does not open a value. */
function judgeUnderTo(
  layout: TargetColumn['slots'][number]['layout'],
  keys: KeyPair,
  underFrom: JudgedBatch,
): Promise<JudgedBatch> {
  return judgeOpened(
    layout,
    keys.to,
    underFrom.cells.map((cell) =>
      keys.toMayBePresent || cell?.evidence.verdict === 'contradicted' ? cell?.opened : undefined,
    ),
  );
}

function digestLeft(table: TableTarget, { row, values }: Work, digest: MultisetDigest): void {
  for (const [position, { value, fresh }] of values.entries()) {
    if (!fresh) digest.add(...recordLeft(table, row.identity, position, value.text));
  }
}

function finishRow({ row, values }: Work): RewrittenRow {
  const fresh = row.cells.map((cell, column) => {
    const replacements = values.flatMap((item) =>
      item.column === column && item.fresh ? [{ value: item.value, text: item.fresh }] : [],
    );
    return cell && replacements.length > 0 ? replaceValues(cell, replacements) : cell;
  });
  const isPartial = values.some((item) => !item.fresh);
  const left = isPartial ? Buffer.from(values.map((item) => (item.fresh ? 0 : 1))) : null;
  return { ...row, fresh, left };
}
