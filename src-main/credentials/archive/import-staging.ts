import type { Client } from 'pg';
import type { EncryptionKey } from '#crypto/encryption-key';
import type { Secret } from '#crypto/secret';
import { sealCiphertexts } from '#forms/cipher';
import type { Ciphertext } from '#forms/ciphertext';
import type { Edit } from '#forms/leaf';
import type { Form } from '#forms/entry';
import { outerBytes } from '#forms/plaintext';
import { renewIv } from '#forms/renew-iv';
import {
  type FormColumn,
  isSameValue,
  type Replacement,
  replaceValues,
  type RowValue,
} from '#forms/row-values';
import type { Field } from '#postgres/copy-binary';
import { streamRows } from '#postgres/row-stream';
import { damaged } from '#rewrite/applied';
import type { TableTarget } from '#postgres/table-target';
import type { StagingTable } from '#rewrite/staging-table';
import { type ArchivedRows, openPacked, type PackedValue, placeName, unpack } from './archived-rows.ts';
import type { CellForm } from '#credentials/cell-form';
import type { ComparedRow } from './compare-archive.ts';
import type { ComparedValue } from './compared-value.ts';
import { type CredentialRow, describeKey } from '#credentials/credential-table';
import { cellBefore, withExample, type WrittenValue } from '#credentials/new-cell';
import {
  type FoundValue,
  isNoDocument,
  type OpenedValue,
  openValues,
  placeOf,
  valuesByRow,
  valuesOf,
} from '#credentials/open-values';
import type { WriteBack } from './write-back.ts';
import { formatCount } from '#shared/counted';

/** A credential that is written: the ciphertext that is there, or a text in its form that was put there. */
interface Written extends FoundValue {
  readonly archived: Uint8Array;
}

/** A row that changes, with a ciphertext or an example of one wherever a credential is written. */
interface FilledRow {
  readonly row: ComparedRow;
  readonly cells: readonly Field[];
  readonly written: readonly Written[];
}

/**
 * The rows of a batch that change, as the staging table takes them: identity, cells as they are, cells with the archived secrets
 * under the key, and the archived secrets as they were packed. Only what `isWritten` is written.
 */
export async function stagedRows(
  key: EncryptionKey,
  rows: readonly ComparedRow[],
  isWritten: (value: ComparedValue) => boolean,
  writeBack: WriteBack,
): Promise<Field[][]> {
  const filled = rows.flatMap((row) =>
    row.values.some(isWritten) ? [filledRow(row, isWritten, writeBack)] : [],
  );
  const all = filled.flatMap(({ written }) => written);
  const fresh = new Map<Written, Edit[]>();
  for (const targetForm of new Set(all.map((one) => one.targetForm))) {
    const ofTargetForm = all.filter((one) => one.targetForm === targetForm);
    for (const [i, edits] of (await seal(targetForm, key, ofTargetForm)).entries())
      fresh.set(ofTargetForm[i] as Written, edits);
  }
  return filled.map(({ row: { identity, row, packed }, cells, written }) => {
    const replacements = written.map(
      (one): Replacement => ({ value: one.value, edits: fresh.get(one) as Edit[] }),
    );
    const replaced = cells.map((cell, column) => cell && replaceValues(cell, column, replacements));
    return [...identity, ...row.cells, ...replaced, packed ?? null];
  });
}

/** Puts texts in their columns' forms wherever a credential is written and no ciphertext is. */
function filledRow(
  compared: ComparedRow,
  isWritten: (value: ComparedValue) => boolean,
  { target, forms, targetFormOf }: WriteBack,
): FilledRow {
  const cells = [...compared.row.cells];
  for (const value of compared.values.filter(isWritten)) {
    const { column, leaf, here } = value;
    if (here?.judged) {
      const now = valuesOf(target, { ...compared.row, cells }).map((one) => one.value);
      const own = now.find((one) => isSameValue(one, here.value)) as RowValue;
      const renewed = renewIv(target.columns, cells[column] as Buffer, own, now);
      if (renewed.kind === 'renewed') cells[column] = renewed.cell;
      continue;
    }
    const targetForm = targetFormOf(value) as Form;
    const vacant = { targetForm, leaf, here: here?.value };
    const there = target.columns[column] as FormColumn;
    const cell = withExample(there, cells[column] ?? null, vacant, forms.get(targetForm) as CellForm);
    if (typeof cell === 'string') throw new Error(`a value has no place that had one: ${cell}`);
    cells[column] = cell;
  }
  const found = namedValues(valuesOf(target, { ...compared.row, cells }));
  const inDocuments = compared.values.filter(({ here }) => !here || !isNoDocument(here));
  const written = [...named(inDocuments, placeName)].flatMap(([name, values]) =>
    values.flatMap((value, i): Written[] => {
      if (!isWritten(value)) return [];
      const one = found.get(name)?.[i];
      if (!one?.value.ciphertext) throw new Error('a value is not found where it was put');
      return [{ ...one, archived: value.archived as Uint8Array }];
    }),
  );
  return { row: compared, cells, written };
}

/** The values that are where they should be: what is no document is compared as a whole. */
function namedValues(values: readonly FoundValue[]): Map<string, FoundValue[]> {
  return named(
    values.filter((one) => !isNoDocument(one)),
    (one) => placeName(placeOf(one)),
  );
}

/** By name, in their order: a document that names a member twice has several values of one name. */
function named<Value>(values: readonly Value[], nameOf: (value: Value) => string): Map<string, Value[]> {
  const byName = new Map<string, Value[]>();
  for (const value of values) byName.set(nameOf(value), [...(byName.get(nameOf(value)) ?? []), value]);
  return byName;
}

async function seal(targetForm: Form, key: EncryptionKey, written: readonly Written[]): Promise<Edit[][]> {
  const plaintexts = written.map(({ archived }) => outerBytes(targetForm.layout, archived));
  try {
    const values = written.map(({ value }) => value.ciphertext as Ciphertext);
    return await sealCiphertexts(targetForm.layout, key, values, plaintexts);
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
    await checkBatch(
      target,
      batch.map((row) => readStaged(target, row)),
      { key, packedKey },
    );
    checked += batch.length;
  }
  if (checked !== expected)
    throw damaged(
      target,
      `${formatCount(expected)} rows were staged, but ${formatCount(checked)} were found`,
    );
}

interface StagedRow {
  readonly before: CredentialRow;
  readonly after: CredentialRow;
  readonly wanted: readonly PackedValue[];
}

function readStaged(target: TableTarget, fields: readonly Field[]): StagedRow {
  const keys = target.identity.columns.length;
  const cells = target.columns.length;
  const key = fields.slice(0, keys).map((field) => field?.toString('utf8') ?? '');
  return {
    before: { key, cells: fields.slice(keys, keys + cells) },
    after: { key, cells: fields.slice(keys + cells, keys + 2 * cells) },
    wanted: unpack(fields.at(-1) ?? Buffer.alloc(0)),
  };
}

/** All rows are opened together: row by row, their ciphers would take longer than all else. */
async function checkBatch(
  target: TableTarget,
  rows: readonly StagedRow[],
  { key, packedKey }: Pick<CheckRequest, 'key' | 'packedKey'>,
): Promise<void> {
  const secrets = openPacked(
    rows.flatMap(({ wanted }) => wanted),
    packedKey,
  );
  try {
    const fresh = rows.map(({ after }) => after);
    using open = await openValues(target, key, fresh);
    const opened = valuesByRow(fresh, open);
    let next = 0;
    for (const [i, row] of rows.entries()) {
      const archived = secrets.plaintexts.slice(next, next + row.wanted.length);
      next += row.wanted.length;
      checkRow(target, row, opened[i] as OpenedValue[], archived);
    }
  } finally {
    secrets.storage.fill(0);
  }
}

function checkRow(
  target: TableTarget,
  { before, after, wanted }: StagedRow,
  opened: readonly OpenedValue[],
  archived: readonly Uint8Array[],
): void {
  const differs = () =>
    damaged(
      target,
      `the row ${describeKey(target, before.key)} would not contain what the archive has for it`,
    );
  const was = namedValues(valuesOf(target, before));
  const written: WrittenValue[] = [];
  for (const one of opened) {
    if (isNoDocument(one)) continue;
    const { value, targetForm, leaf, secret } = one;
    const name = placeName(placeOf(one));
    const old = was.get(name)?.shift();
    if (old && value.leaf.text === old.value.leaf.text) continue;
    const at = wanted.findIndex((place) => placeName(place) === name);
    const isArchived = at >= 0 && secret && Buffer.compare(secret, archived[at] as Uint8Array) === 0;
    if (!isArchived) throw differs();
    written.push({ targetForm, value, leaf, here: old?.value });
  }
  if ([...was.values()].some((left) => left.length > 0)) throw differs();
  for (const [column, cell] of before.cells.entries()) {
    const fresh = after.cells[column] ?? null;
    const inCell = written.filter(({ value }) => value.column === column);
    const whole =
      fresh && inCell.length > 0
        ? cellBefore(target.columns[column] as FormColumn, fresh, cell, inCell)
        : fresh;
    if (whole === undefined || (whole === null ? cell !== null : !cell?.equals(whole))) throw differs();
  }
}
