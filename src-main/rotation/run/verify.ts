import type { Client } from 'pg';
import type { EncryptionKey } from '#crypto/encryption-key';
import type { KeelError } from '#errors/keel-error';
import { openCiphertexts } from '#forms/cipher';
import type { Form } from '#forms/entry';
import { aroundValues, findValues, type RowValue } from '#forms/row-values';
import type { Field } from '#postgres/copy-binary';
import { readCopy } from '#postgres/copy-reader';
import { fieldsOf, rowSizes, wholeRows } from '#postgres/copy-rows';
import type { TableTarget } from '#postgres/table-target';
import { CheckInPlace } from '#rotation/in-place/check-in-place';
import { describeRow } from './row-label.ts';
import type { KeyPair } from './decision.ts';
import { damaged } from '#rewrite/applied';
import type { StagingTable } from '#rewrite/staging-table';
import { formatCount } from '#shared/counted';

/*
 * The verification before COMMIT is a chain of equalities, for every row by itself:
 *   what the table held     = the staged old cell           the WHERE of the UPDATE (`applyStaged`)
 *   its plaintext, old key  = the staged new cell's, new key `checkStaged`
 *   the staged new cell     = what the table holds now       `applyCompared`, or `assertApplied`
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
  const inPlace = CheckInPlace.of(target, keys);
  const batches = readCopy(client, `SELECT ${fields.join(', ')} FROM ${sql}`, { sizes: rowSizes });
  for await (const batch of wholeRows(batches)) {
    signal?.throwIfAborted();
    const left = inPlace ? inPlace.check(batch) : Array.from({ length: batch.rows }, (_, row) => row);
    const rows = left.map((row) => fieldsOf(batch, row));
    await checkRows(target, keys, rows);
    checked += batch.rows;
    onRows?.(batch.rows);
  }
  if (checked !== expected)
    throw damaged(
      target,
      `${formatCount(expected)} rows were staged, but ${formatCount(checked)} were found`,
    );
}

/** A rewritten value as it was and as it is to be. */
interface ValuePair {
  readonly before: RowValue;
  readonly after: RowValue;
  readonly row: StagedRow;
}

interface StagedRow {
  readonly identity: readonly Field[];
  readonly before: readonly Field[];
  readonly after: readonly Field[];
  readonly left: Field;
}

async function checkRows(target: TableTarget, keys: KeyPair, batch: readonly Field[][]): Promise<void> {
  const pairs = target.columns.map(({ forms }) => forms.map((): ValuePair[] => []));
  for (const fields of batch) {
    const row = readStaged(target, fields);
    const before = findValues(target.columns, row.before);
    const after = findValues(target.columns, row.after);
    if (before.length !== after.length) throw differs(target, row);
    for (let i = 0; i < before.length; i++) {
      const pair = { before: before[i] as RowValue, after: after[i] as RowValue, row };
      if (row.left?.[i] === 1) {
        if (pair.before.leaf.text !== pair.after.leaf.text) throw differs(target, row);
      } else pairs[pair.before.column]?.[pair.before.form]?.push(pair);
    }
    if (!keepsSurroundings(row, before, after)) throw differs(target, row);
  }
  for (const [column, { forms }] of target.columns.entries()) {
    for (const [i, form] of forms.entries()) {
      await comparePlaintexts(target, form, keys, pairs[column]?.[i] as ValuePair[]);
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
function keepsSurroundings(row: StagedRow, before: readonly RowValue[], after: readonly RowValue[]): boolean {
  return row.before.every((cell, column) => {
    const fresh = row.after[column] ?? null;
    if (cell === null || fresh === null) return cell === fresh;
    const old = before.find((value) => value.column === column);
    // the cell is the ciphertext: there is nothing around it
    if (old?.ciphertext && !old.leaf.within && coversAll(old)) return true;
    return aroundValues(cell, column, before) === aroundValues(fresh, column, after);
  });
}

function coversAll({ leaf, ciphertext }: RowValue): boolean {
  const [only, ...more] = ciphertext?.spans ?? [];
  return only?.from === 0 && only.to === leaf.text.length && more.length === 0;
}

async function comparePlaintexts(
  target: TableTarget,
  { layout }: Form,
  keys: KeyPair,
  pairs: readonly ValuePair[],
): Promise<void> {
  if (pairs.length === 0) return;
  const open = async (key: EncryptionKey, side: 'before' | 'after') => {
    const ciphertexts = pairs.map((pair) => {
      const { ciphertext } = pair[side];
      if (!ciphertext) throw differs(target, pair.row);
      return ciphertext;
    });
    return openCiphertexts(layout, key, ciphertexts);
  };
  const before = await open(keys.from, 'before');
  const after = await open(keys.to, 'after');
  try {
    for (let i = 0; i < pairs.length; i++) {
      // what a cipher refuses is empty, and must not pass for a value that holds nothing
      const isRefused = before.refused?.[i] === true || after.refused?.[i] === true;
      const same =
        !isRefused &&
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
    `the row ${describeRow(target.identity, identity)} would decrypt to something else with the new key than with the old key`,
  );
}
