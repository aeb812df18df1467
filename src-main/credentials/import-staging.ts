import type { Client } from 'pg';
import type { EncryptionKey } from '#crypto/encryption-key';
import type { Secret } from '#crypto/secret';
import { sealCiphertexts } from '#forms/cipher';
import type { Ciphertext, Edit } from '#forms/ciphertext';
import type { Form } from '#forms/entry';
import { outerBytes } from '#forms/plaintext';
import { aroundValues, type Replacement, replaceValues } from '#forms/row-values';
import type { Field } from '#postgres/copy-binary';
import { streamRows } from '#postgres/row-stream';
import { damaged } from '#rewrite/applied';
import type { StagingTable } from '#rewrite/staging-table';
import { type ArchivedRows, openPacked, unpack } from './archived-rows.ts';
import type { ComparedRow, ComparedValue } from './compare-archive.ts';
import { describeKey } from './credential-table.ts';
import { type FoundValue, type OpenedValue, openValues, valuesOf } from './open-values.ts';

/** A credential that is written: what stands there, and what is to stand there. */
interface Rewritten {
  readonly row: ComparedRow;
  readonly here: OpenedValue;
  readonly archived: Uint8Array;
}

/**
 * The rows of a batch that change, as the staging table takes them: identity, cells as they are, cells with the archived secrets
 * under the key, and the archived secrets as they were packed. Only what `isWritten` is written.
 */
export async function stagedRows(
  key: EncryptionKey,
  rows: readonly ComparedRow[],
  isWritten: (value: ComparedValue) => boolean,
): Promise<Field[][]> {
  const changes = rows.flatMap((row) =>
    row.values.flatMap((value): Rewritten[] => {
      const { here, archived } = value;
      return here?.judged && archived && isWritten(value) ? [{ row, here, archived }] : [];
    }),
  );
  const fresh = new Map<ComparedRow, Replacement[]>();
  for (const slot of new Set(changes.map(({ here }) => here.slot))) {
    const inSlot = changes.filter(({ here }) => here.slot === slot);
    for (const [i, edits] of (await seal(slot, key, inSlot)).entries()) {
      const { row, here } = inSlot[i] as Rewritten;
      fresh.set(row, [...(fresh.get(row) ?? []), { value: here.value, edits }]);
    }
  }
  return [...fresh].map(([{ identity, row, packed }, replacements]) => {
    const cells = row.cells.map((cell, column) => {
      const inCell = replacements.filter(({ value }) => value.column === column);
      return cell && inCell.length > 0 ? replaceValues(cell, inCell) : cell;
    });
    return [...identity, ...row.cells, ...cells, packed ?? null];
  });
}

async function seal(slot: Form, key: EncryptionKey, changes: readonly Rewritten[]): Promise<Edit[][]> {
  const plaintexts = changes.map(({ archived }) => outerBytes(slot.layout, archived));
  try {
    const values = changes.map(({ here }) => here.judged?.ciphertext as Ciphertext);
    return await sealCiphertexts(slot.layout, key, values, plaintexts);
  } finally {
    for (const plaintext of plaintexts) plaintext.fill(0);
  }
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
    const found = valuesOf(target, before);
    if (found.length !== open.values.length) throw differs();
    for (const [i, value] of open.values.entries()) {
      const old = found[i] as (typeof found)[number];
      const at = wanted.findIndex(
        ({ column, slot, leaf }) =>
          column === value.value.column && slot === value.value.form && leaf === (value.leaf ?? ''),
      );
      const isSame = value.value.leaf.text === old.value.leaf.text;
      const isArchived =
        at >= 0 &&
        value.secret !== undefined &&
        Buffer.compare(value.secret, secrets.plaintexts[at] as Uint8Array) === 0;
      if (!isSame && !isArchived) throw differs();
    }
    for (const [column, cell] of before.cells.entries()) {
      const fresh = after.cells[column] ?? null;
      const inColumn = (values: readonly FoundValue[]) =>
        values.map(({ value }) => value).filter((value) => value.column === column);
      const isKept =
        cell === null || fresh === null
          ? cell === fresh
          : aroundValues(cell, inColumn(found)) === aroundValues(fresh, inColumn(open.values));
      if (!isKept) throw differs();
    }
  } finally {
    secrets.storage.fill(0);
  }
}
