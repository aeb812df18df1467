import { type JudgedBatch, judgeCells } from '#evidence/judge-cells';
import { sealCiphertexts } from '#forms/cipher';
import type { Ciphertext } from '#forms/ciphertext';
import type { Edit } from '#forms/leaf';
import { inEitherAlphabet } from '#forms/either-alphabet';
import type { Form } from '#forms/entry';
import type { Layout } from '#forms/layout';
import { holdsAlphabetSign } from '#forms/spelling';
import { findValues, type Replacement, replaceValues, type RowValue } from '#forms/row-values';
import type { Field } from '#postgres/copy-binary';
import type { TableTarget, TargetColumn } from '#postgres/table-target';
import { type KeyPair, decide, type WrittenUnder } from './decision.ts';
import type { FormCounter } from './form-counter.ts';
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

/** Form by form, what was ruled in all batches of a table. In the order of columns and their forms. */
export type TableCounters = readonly (readonly FormCounter[])[];

/** A ciphertext on its way: what was ruled on it, and what takes its place. */
interface WorkedValue {
  readonly value: RowValue;
  readonly row: SourceRow;
  edits: readonly Edit[] | undefined;
}

/**
 * Re-encrypts a batch of rows: rules on every ciphertext, and rewrites those under the old key. Returns the rows that
 * change; their values enter `counts`, those of rows which stay untouched only if `countUntouched`.
 */
export async function rewriteRows(
  table: TableTarget,
  keys: KeyPair,
  rows: readonly SourceRow[],
  counters: TableCounters,
  counts: ValueCounts,
  countUntouched: boolean,
): Promise<RewrittenRow[]> {
  const works = rows.map((row) =>
    findValues(table.columns, row.cells).map((value): WorkedValue => ({ value, row, edits: undefined })),
  );
  const all = works.flat();
  for (const [column, { forms }] of table.columns.entries()) {
    for (const form of forms.keys()) {
      const values = all.filter(({ value }) => value.column === column && value.form === form);
      const counter = (counters[column] as readonly FormCounter[])[form] as FormCounter;
      await rewriteForm(table, keys, values, counter);
    }
  }
  const changed: RewrittenRow[] = [];
  for (let i = 0; i < rows.length; i++) {
    const values = works[i] as WorkedValue[];
    let rewritten = 0;
    for (const { edits } of values) if (edits) rewritten++;
    if (rewritten > 0) changed.push(finishRow(rows[i] as SourceRow, values, rewritten < values.length));
    else if (!countUntouched) continue;
    for (const { value, edits } of values) {
      counts.add({ column: value.column, form: value.form, rewritten: edits !== undefined });
    }
  }
  return changed;
}

async function rewriteForm(
  table: TableTarget,
  keys: KeyPair,
  values: readonly WorkedValue[],
  counter: FormCounter,
): Promise<void> {
  const [first] = values;
  if (!first) return;
  const { layout } = formOf(table, first.value);
  using underFrom = await judgeCells(
    layout,
    keys.from,
    values.map(({ value }) => value.ciphertext),
  );
  using underTo = await judgeUnderTo(layout, keys, underFrom);
  const ciphertexts: Ciphertext[] = [];
  const plaintexts: Uint8Array[] = [];
  const rewritten: WorkedValue[] = [];
  for (let i = 0; i < values.length; i++) {
    const worked = values[i] as WorkedValue;
    const { row } = worked;
    const fromCell = underFrom.cells[i];
    const toCell = underTo.cells[i];
    const seen = keys.toMayBePresent ? toCell : undefined;
    const writtenUnder = counter.vouchedKey(row.writtenUnder, fromCell);
    const isVouched = writtenUnder !== undefined;
    const opens = decide(fromCell, seen, writtenUnder, keys.inDoubt);
    const isInQuestion = (opens === 'rewrite' || opens === 'ambiguous') && !isVouched;
    const isLeft = isInQuestion && fromCell && counter.leaves(fromCell);
    const decision = isLeft ? 'too-short' : opens;
    counter.count(decision, fromCell, toCell, row.identity, isVouched);
    if (decision === 'rewrite' || decision === 'already' || decision === 'empty')
      seeSpelling(counter, worked.value);
    if (decision !== 'rewrite' || !fromCell) continue;
    ciphertexts.push(fromCell.ciphertext);
    plaintexts.push(fromCell.plaintext);
    rewritten.push(worked);
  }
  const { inEither, isUpper } = counter.written;
  const drawn = await sealCiphertexts(layout, keys.to, ciphertexts, plaintexts, isUpper);
  const edits: (readonly Edit[] | undefined)[] = [...drawn];
  if (inEither) {
    for (const [i, { value }] of rewritten.entries()) {
      // of several forms of a column, a value may show its own alphabet
      if (showsAlphabet(value)) continue;
      const one = [ciphertexts[i] as Ciphertext];
      const plaintext = [plaintexts[i] as Uint8Array];
      const first = [drawn[i] as Edit[]];
      [edits[i]] = await inEitherAlphabet(layout, keys.to, one, plaintext, first, counter.draws);
    }
  }
  for (let i = 0; i < rewritten.length; i++) {
    (rewritten[i] as WorkedValue).edits = edits[i];
    if (!edits[i]) counter.unspelled++;
  }
}

function showsAlphabet({ leaf, ciphertext }: RowValue): boolean {
  return ciphertext?.spans.some(({ from, to }) => holdsAlphabetSign(leaf.text.slice(from, to))) ?? false;
}

function seeSpelling({ spelling }: FormCounter, { leaf, ciphertext, ivAt }: RowValue): void {
  if (ciphertext) spelling.see(leaf.text, ciphertext.spans);
  if (ivAt) spelling.seeIv(ivAt.leaf.text);
}

function formOf(table: TableTarget, { column, form }: RowValue): Form {
  return (table.columns[column] as TargetColumn).forms[form] as Form;
}

const nobody: JudgedBatch = { cells: [], [Symbol.dispose]: () => undefined };

/** The new key is asked only where it may have been used, or to explain why the old one does not open a value. */
async function judgeUnderTo(layout: Layout, keys: KeyPair, underFrom: JudgedBatch): Promise<JudgedBatch> {
  const isAsked = (cell: JudgedBatch['cells'][number]) =>
    keys.toMayBePresent || cell?.evidence.verdict === 'contradicted';
  if (!underFrom.cells.some(isAsked)) return nobody;
  return judgeCells(
    layout,
    keys.to,
    underFrom.cells.map((cell) => (isAsked(cell) ? cell?.ciphertext : undefined)),
  );
}

function finishRow(row: SourceRow, values: readonly WorkedValue[], isPartial: boolean): RewrittenRow {
  const { identity, cells, writtenUnder } = row;
  const rewritten = values.filter(({ edits }) => edits) as unknown as Replacement[];
  const fresh = cells.map((cell, column) => cell && replaceValues(cell, column, rewritten));
  const left = isPartial ? Buffer.from(values.map((worked) => (worked.edits ? 0 : 1))) : null;
  return { identity, cells, writtenUnder, fresh, left };
}
