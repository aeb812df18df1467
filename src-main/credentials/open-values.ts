import { findNodeAtOffset, getNodePath, type JSONPath } from 'jsonc-parser';
import type { EncryptionKey } from '#crypto/encryption-key';
import { parseDocument } from '#crypto/json-document';
import { innerSecret } from '#crypto/layouts';
import { type JudgedBatch, type JudgedCell, judgeCells } from '#evidence/judge-cells';
import { type CellValue, findValues, type Slot } from '#postgres/cell-values';
import { formatJsonPath } from '#postgres/json-path';
import type { TableTarget } from '#postgres/table-target';
import type { CredentialRow } from './credential-table.ts';

/** `opens`: under the key; `unopened`: noise under it; `foreign`: not in the layout of its column. */
export type ValueState = 'opens' | 'unopened' | 'foreign';

/** A ciphertext of a row, and what the key makes of it. */
export interface OpenedValue {
  readonly row: CredentialRow;
  readonly value: CellValue;
  readonly slot: Slot;
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
  const judged = new Map<CellValue, JudgedCell>();
  for (const slot of target.columns.flatMap(({ slots }) => slots)) {
    const here = found.filter((one) => one.slot === slot);
    if (here.length === 0) continue;
    const batch = await judgeCells(
      slot.layout,
      key,
      here.map(({ value }) => value.text),
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
    const secret = opens ? innerSecret(one.slot.layout, cell.plaintext) : undefined;
    // of an inner encoding: bytes of their own
    if (secret && one.slot.layout.innerBase64) wiped.push(secret);
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

/** A ciphertext of a row, not opened. */
export type FoundValue = Pick<OpenedValue, 'row' | 'value' | 'slot' | 'leaf'>;

/** The ciphertexts of a row, in a fixed order. */
export function valuesOf(target: TableTarget, row: CredentialRow): FoundValue[] {
  return target.columns.flatMap(({ slots }, column) => {
    const cell = row.cells[column];
    if (!cell) return [];
    const values = findValues(cell, column, slots);
    const leafOf = values.some((value) => branches(slots[value.slot])) ? leavesOf(cell) : undefined;
    return values.map((value) => {
      const slot = slots[value.slot] as Slot;
      const leaf = branches(slot) ? leafOf?.(value) : undefined;
      return { row, value, slot, ...(leaf !== undefined && { leaf }) };
    });
  });
}

/** Whether a slot's path may lead to several leaves. */
function branches(slot: Slot | undefined): boolean {
  return slot?.path?.some((step) => step === 'elements' || step === 'members') ?? false;
}

/** The exact paths of a document's values. A place among them would name another value once one is added. */
function leavesOf(cell: Buffer): (value: CellValue) => string | undefined {
  const root = parseDocument(cell.toString('utf8'));
  return ({ range }) => {
    const node = root && range && findNodeAtOffset(root, range.offset);
    return node && formatLeaf(getNodePath(node));
  };
}

function formatLeaf(path: JSONPath): string {
  const step = (one: string | number) =>
    typeof one === 'number' ? `[${one}]` : formatJsonPath([{ member: one }]).slice(1);
  return `$${path.map(step).join('')}`;
}
