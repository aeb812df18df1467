import type { Client } from 'pg';
import type { EncryptionKey } from '#crypto/encryption-key';
import type { Secret } from '#crypto/secret';
import type { Slot } from '#postgres/cell-values';
import type { Field } from '#postgres/copy-binary';
import { streamRows } from '#postgres/row-stream';
import { damaged } from '#rewrite/applied';
import type { StagingTable } from '#rewrite/staging-table';
import { type ArchivedRows, openPacked, unpack } from './archived-rows.ts';
import type { ComparedRow, ComparedValue } from './compare-archive.ts';
import { describeKey } from './credential-table.ts';
import {
  type CellEdit,
  cellBefore,
  type CellForm,
  editedCell,
  isQuoted,
  newCells,
  type WrittenValue,
} from './new-cell.ts';
import { type FoundValue, openValues, valuesOf } from './open-values.ts';
import type { WriteBack } from './write-back.ts';

/** A credential that is written: where, and like which cell. */
interface Written {
  readonly row: ComparedRow;
  readonly value: ComparedValue;
  readonly archived: Uint8Array;
  readonly slot: Slot;
  readonly form: CellForm;
}

/**
 * The rows of a batch that change, as the staging table takes them: identity, cells as they are, cells with the archived secrets
 * under the key, and the archived secrets as they were packed. Only what `isWritten` is written.
 */
export async function stagedRows(
  key: EncryptionKey,
  rows: readonly ComparedRow[],
  isWritten: (value: ComparedValue) => boolean,
  { forms, slotOf }: WriteBack,
): Promise<Field[][]> {
  const changes = rows.flatMap((row) =>
    row.values.filter(isWritten).map((value): Written => {
      const slot = slotOf(value) as Slot;
      const own = value.here?.judged && {
        like: value.here.judged.opened,
        quoted: isQuoted(value.here.value),
      };
      return {
        row,
        value,
        slot,
        archived: value.archived as Uint8Array,
        form: own ?? (forms.get(slot) as CellForm),
      };
    }),
  );
  const edits = new Map<ComparedRow, (CellEdit & { readonly column: number })[]>();
  for (const slot of new Set(changes.map((change) => change.slot))) {
    const inSlot = changes.filter((change) => change.slot === slot);
    const likes = inSlot.map(({ form }) => form.like);
    const secrets = inSlot.map(({ archived }) => archived);
    for (const [i, fresh] of (await newCells(slot, key, likes, secrets)).entries()) {
      const { row, value, form } = inSlot[i] as Written;
      const { column, leaf, here } = value;
      const edit = { column, slot, leaf, fresh, quoted: form.quoted, ...(here && { value: here.value }) };
      edits.set(row, [...(edits.get(row) ?? []), edit]);
    }
  }
  return [...edits].map(([{ identity, row, packed }, ofRow]) => {
    const cells = row.cells.map((cell, column) => {
      const inCell = ofRow.filter((edit) => edit.column === column);
      return inCell.length > 0 ? editedCell(cell, inCell) : cell;
    });
    return [...identity, ...row.cells, ...cells, packed ?? null];
  });
}

export interface CheckRequest {
  readonly key: EncryptionKey;
  readonly packedKey: Secret;
  /** How many rows were staged. */
  readonly expected: number;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Reads staged rows back from the server: every credential that the archive has of them must open to the archive's bytes, and
 * every other one must be as it was. Throws `verification-failed` naming the first row where it is not so.
 */
export async function checkStagedRows(
  client: Client,
  archived: ArchivedRows,
  staging: StagingTable,
  { key, packedKey, expected, signal }: CheckRequest,
): Promise<void> {
  const { target } = archived.table;
  const keys = target.identity.columns.map((_, i) => `k${i}::pg_catalog.text`);
  const cells = (prefix: string) => target.columns.map((_, i) => `${prefix}${i}`);
  const fields = [...keys, ...cells('o'), ...cells('n'), 'note'];
  let checked = 0;
  for await (const batch of streamRows(client, `SELECT ${fields.join(', ')} FROM ${staging.sql}`)) {
    signal?.throwIfAborted();
    for (const row of batch) await checkRow(archived, row, { key, packedKey });
    checked += batch.length;
  }
  if (checked !== expected) throw damaged(target, `${expected} rows were staged, and ${checked} are there`);
}

async function checkRow(
  { table: { target } }: ArchivedRows,
  fields: readonly Field[],
  { key, packedKey }: Pick<CheckRequest, 'key' | 'packedKey'>,
): Promise<void> {
  const keys = target.identity.columns.length;
  const cells = target.columns.length;
  const text = fields.slice(0, keys).map((field) => field?.toString('utf8') ?? '');
  const before = { key: text, cells: fields.slice(keys, keys + cells) };
  const after = { key: text, cells: fields.slice(keys + cells, keys + 2 * cells) };
  const differs = () =>
    damaged(target, `the row ${describeKey(target, text)} would not hold what the archive has of it`);
  const wanted = unpack(fields.at(-1) ?? Buffer.alloc(0));
  const secrets = openPacked(wanted, packedKey);
  using open = await openValues(target, key, [after]);
  try {
    const nameOf = (column: number, slot: number, leaf = '') => `${column} ${slot} ${leaf}`;
    const was = new Map<string, FoundValue[]>();
    for (const found of valuesOf(target, before)) {
      const name = nameOf(found.value.column, found.value.slot, found.leaf);
      was.set(name, [...(was.get(name) ?? []), found]);
    }
    const written: WrittenValue[] = [];
    for (const { value, slot, leaf, secret } of open.values) {
      const name = nameOf(value.column, value.slot, leaf);
      const old = was.get(name)?.shift();
      if (old && value.text.equals(old.value.text)) continue;
      const at = wanted.findIndex((one) => nameOf(one.column, one.slot, one.leaf) === name);
      const isArchived =
        at >= 0 && secret && Buffer.compare(secret, secrets.plaintexts[at] as Uint8Array) === 0;
      if (!isArchived) throw differs();
      written.push({ slot, value, leaf, was: old?.value });
    }
    if ([...was.values()].some((left) => left.length > 0)) throw differs();
    for (const [column, cell] of before.cells.entries()) {
      const fresh = after.cells[column] ?? null;
      const inCell = written.filter(({ value }) => value.column === column);
      const whole = fresh && inCell.length > 0 ? cellBefore(fresh, cell, inCell) : fresh;
      if (whole === undefined || (whole === null ? cell !== null : !cell?.equals(whole))) throw differs();
    }
  } finally {
    secrets.storage.fill(0);
  }
}
