import type { EncryptionKey } from '#crypto/encryption-key';
import { type JudgedBatch, type JudgedCell, judgeCells } from '#evidence/judge-cells';
import type { Form } from '#forms/entry';
import { parsePath } from '#forms/path';
import { innerSecret } from '#forms/plaintext';
import { findValues, type RowValue, trailText } from '#forms/row-values';
import type { TableTarget } from '#postgres/table-target';
import type { Place } from './archive/archived-rows.ts';
import type { CredentialRow } from './credential-table.ts';

/** `opens`: under the key; `unopened`: noise under it; `foreign`: not in the layout of its column. */
export type ValueState = 'opens' | 'unopened' | 'foreign';

/** A ciphertext of a row, and what the key makes of it. */
export interface OpenedValue {
  readonly row: CredentialRow;
  readonly value: RowValue;
  readonly targetForm: Form;
  /** Where a path with `*` led to, like `$.list[1].secret`; absent where there is one way only. */
  readonly leaf?: string;
  readonly state: ValueState;
  /** Absent where the cell does not have the layout. */
  readonly judged?: JudgedCell;
  /** The secret itself, without padding and inner encoding; only of a value that opens. Wiped with the batch. */
  readonly secret?: Uint8Array;
}

/** Values in the order of their rows. Disposing wipes all plaintexts. */
export interface OpenedValues extends Disposable {
  readonly values: readonly OpenedValue[];
}

/** Opens all values of some rows with a key. The caller disposes the batch. */
export async function openValues(
  target: TableTarget,
  key: EncryptionKey,
  rows: readonly CredentialRow[],
): Promise<OpenedValues> {
  const found = rows.flatMap((row) => valuesOf(target, row));
  const batches: JudgedBatch[] = [];
  const wiped: Uint8Array[] = [];
  const judged = new Map<RowValue, JudgedCell>();
  for (const targetForm of target.columns.flatMap(({ forms }) => forms)) {
    const here = found.filter((one) => one.targetForm === targetForm);
    if (here.length === 0) continue;
    const batch = await judgeCells(
      targetForm.layout,
      key,
      here.map(({ value }) => value.ciphertext),
    );
    batches.push(batch);
    for (const [i, { value }] of here.entries()) {
      const cell = batch.cells[i];
      if (cell) judged.set(value, cell);
    }
  }
  const values = found.map((one): OpenedValue => {
    const cell = judged.get(one.value);
    if (!cell) return { ...one, state: 'foreign' };
    const opens = cell.evidence.verdict !== 'contradicted';
    const secret = opens ? innerSecret(one.targetForm.layout, cell.plaintext) : undefined;
    // of an inner encoding: bytes of their own
    if (secret && one.targetForm.layout.innerBase64) wiped.push(secret);
    return { ...one, state: secret ? 'opens' : 'unopened', judged: cell, ...(secret && { secret }) };
  });
  return {
    values,
    [Symbol.dispose]() {
      for (const batch of batches) batch[Symbol.dispose]();
      for (const secret of wiped) secret.fill(0);
    },
  };
}

/** The values of each of the rows that were opened together, in the order of the rows. */
export function valuesByRow(rows: readonly CredentialRow[], { values }: OpenedValues): OpenedValue[][] {
  const ofRow = new Map(rows.map((row): [CredentialRow, OpenedValue[]] => [row, []]));
  for (const value of values) ofRow.get(value.row)?.push(value);
  return [...ofRow.values()];
}

/** A ciphertext of a row, not opened. */
export type FoundValue = Pick<OpenedValue, 'row' | 'value' | 'targetForm' | 'leaf'>;

/** The ciphertexts of a row, in a fixed order. */
export function valuesOf({ columns }: TableTarget, row: CredentialRow): FoundValue[] {
  return findValues(columns, row.cells).map((value) => {
    const targetForm = columns[value.column]?.forms[value.form] as Form;
    const leaf = branches(targetForm) && value.trail ? leafOf(targetForm, value.trail) : undefined;
    return { row, value, targetForm, ...(leaf !== undefined && { leaf }) };
  });
}

/** Where a value belongs in its row, as an archive says it. */
export function placeOf({ value, leaf = '' }: Pick<FoundValue, 'value' | 'leaf'>): Place {
  return { column: value.column, targetForm: value.form, leaf };
}

/** Whether a value stands for all of a cell that should hold a document and does not. */
export function isNoDocument({ value, targetForm }: Pick<FoundValue, 'value' | 'targetForm'>): boolean {
  return targetForm.steps !== undefined && value.trail === undefined;
}

/** Whether a form's path may lead to several leaves. */
function branches({ steps }: Form): boolean {
  return steps?.some((step) => step === 'elements' || step === 'members') ?? false;
}

/** The exact path of a value. A place among its like would name another value once one is added. */
function leafOf({ entry }: Form, trail: readonly (string | number)[]): string {
  return trailText(trail.slice(0, parsePath(entry.path ?? '$').length));
}
