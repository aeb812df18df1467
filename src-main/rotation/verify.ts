import type { Client } from 'pg';
import type { EncryptionKey } from '#crypto/encryption-key';
import { openCells, readCell } from '#crypto/layouts';
import type { KeelError } from '#errors/keel-error';
import { type CellValue, type Replacement, replaceValues, type Slot } from '#postgres/cell-values';
import type { Field } from '#postgres/copy-binary';
import { streamRows } from '#postgres/row-stream';
import type { TableTarget } from '#postgres/table-target';
import { describeRow } from './row-label.ts';
import type { KeyPair } from './ruling.ts';
import { damaged } from '#rewrite/applied';
import type { StagingTable } from '#rewrite/staging-table';
import { valuesOf } from './table-rewriter.ts';

/*
 * The verification before COMMIT is a chain of equalities, for every row by itself:
 *   what the table held     = the staged old cell           the WHERE of the UPDATE (`applyStaged`)
 *   its plaintext, old key  = the staged new cell's, new key `checkStaged`
 *   the staged new cell     = what the table holds now       `assertApplied`
 */

export interface CheckOptions {
  readonly onRows?: (count: number) => void;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Reads staged rows back from the server, opens every old value with the old key and every new one with the new key, and
 * compares their bytes; what was not to be rewritten must be the same text. Memory is that of one batch.
 * Throws `verification-failed` naming the first row where they differ, or if there are not `expected` rows.
 */
export async function checkStaged(
  client: Client,
  staging: StagingTable,
  keys: KeyPair,
  expected: number,
  { onRows, signal }: CheckOptions = {},
): Promise<void> {
  const { target, sql } = staging;
  const identity = target.identity.columns.map((_, i) => `k${i}`);
  const cells = (prefix: string) => target.columns.map((_, i) => `${prefix}${i}`);
  const fields = ['note', ...identity, ...cells('o'), ...cells('n')];
  let checked = 0;
  for await (const batch of streamRows(client, `SELECT ${fields.join(', ')} FROM ${sql}`)) {
    signal?.throwIfAborted();
    await checkRows(target, keys, batch);
    checked += batch.length;
    onRows?.(batch.length);
  }
  if (checked !== expected) throw damaged(target, `${expected} rows were staged, and ${checked} are there`);
}

/** A rewritten value as it was and as it is to be. */
interface ValuePair {
  readonly before: CellValue;
  readonly after: CellValue;
  readonly row: StagedRow;
}

interface StagedRow {
  readonly identity: readonly Field[];
  readonly before: readonly Field[];
  readonly after: readonly Field[];
  readonly left: Field;
}

async function checkRows(target: TableTarget, keys: KeyPair, batch: readonly Field[][]): Promise<void> {
  const pairs = target.columns.map(({ slots }) => slots.map((): ValuePair[] => []));
  for (const fields of batch) {
    const row = readStaged(target, fields);
    const before = valuesOf(target, row.before);
    const after = valuesOf(target, row.after);
    if (before.length !== after.length) throw differs(target, row);
    for (let i = 0; i < before.length; i++) {
      const pair = { before: before[i] as CellValue, after: after[i] as CellValue, row };
      if (row.left?.[i] === 1) {
        if (!pair.before.text.equals(pair.after.text)) throw differs(target, row);
      } else pairs[pair.before.column]?.[pair.before.slot]?.push(pair);
    }
    if (!keepsSurroundings(row, before, after)) throw differs(target, row);
  }
  for (const [column, { slots }] of target.columns.entries()) {
    for (const [i, slot] of slots.entries()) {
      await comparePlaintexts(target, slot, keys, pairs[column]?.[i] as ValuePair[]);
    }
  }
}

function readStaged({ identity, columns }: TableTarget, fields: readonly Field[]): StagedRow {
  const beforeFrom = 1 + identity.columns.length;
  const afterFrom = beforeFrom + columns.length;
  return {
    left: fields[0] ?? null,
    identity: fields.slice(1, beforeFrom),
    before: fields.slice(beforeFrom, afterFrom),
    after: fields.slice(afterFrom),
  };
}

/** Whether the new cells are the old ones with other ciphertexts in the same places. */
function keepsSurroundings(
  row: StagedRow,
  before: readonly CellValue[],
  after: readonly CellValue[],
): boolean {
  return row.before.every((cell, column) => {
    const fresh = row.after[column] ?? null;
    if (cell === null || fresh === null) return cell === fresh;
    const replacements: Replacement[] = [];
    for (let i = 0; i < before.length; i++) {
      const value = before[i] as CellValue;
      if (value.column !== column) continue;
      // the cell is the ciphertext: there is nothing around it
      if (!value.range) return true;
      replacements.push({ value, fresh: (after[i] as CellValue).text });
    }
    return (replacements.length > 0 ? replaceValues(cell, replacements) : cell).equals(fresh);
  });
}

async function comparePlaintexts(
  target: TableTarget,
  { layout }: Slot,
  keys: KeyPair,
  pairs: readonly ValuePair[],
): Promise<void> {
  if (pairs.length === 0) return;
  const open = async (key: EncryptionKey, side: 'before' | 'after') => {
    const cells = pairs.map((pair) => {
      const cell = readCell(layout, pair[side].text);
      if (!cell) throw differs(target, pair.row);
      return cell;
    });
    return openCells(layout, key, cells);
  };
  const before = await open(keys.from, 'before');
  const after = await open(keys.to, 'after');
  try {
    for (let i = 0; i < pairs.length; i++) {
      const same =
        Buffer.compare(before.plaintexts[i] as Uint8Array, after.plaintexts[i] as Uint8Array) === 0;
      if (!same) throw differs(target, (pairs[i] as ValuePair).row);
    }
  } finally {
    before.storage.fill(0);
    after.storage.fill(0);
  }
}

function differs(target: TableTarget, { identity }: StagedRow): KeelError {
  return damaged(
    target,
    `the row ${describeRow(target.identity, identity)} would not be under the new key what it is under the old one`,
  );
}
