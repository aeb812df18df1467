import type { ApplicationForm } from '#applications/applications';
import type { EncryptionKey } from '#crypto/encryption-key';
import { placements } from '#discovery/foreign/placements';
import { groupTexts } from '#discovery/texts';
import { judgeCells } from '#evidence/judge-cells';
import { openCiphertexts, sealCiphertexts } from '#forms/cipher';
import type { Ciphertext } from '#forms/ciphertext';
import { type Form, readEntry } from '#forms/entry';
import { formatLayout } from '#forms/layout';
import { formatPath } from '#forms/path';
import { innerSecret } from '#forms/plaintext';
import { findValues, type FormColumn, replaceValues, type RowValue } from '#forms/row-values';
import type { EncryptedColumn } from '#contract/inventory';
import type { CatalogColumn } from '#postgres/catalog';
import { cellOf, type Vector, writtenAs } from './vectors.ts';

/** A row with nothing but the columns of a vector, as a table might have it. */
export interface VectorRow {
  readonly columns: readonly CatalogColumn[];
  readonly cells: readonly (Buffer | null)[];
}

export function rowOf(ciphertext: Vector['ciphertext']): VectorRow {
  const texts = Object.entries(typeof ciphertext === 'string' ? { secret: ciphertext } : ciphertext);
  const columns = texts.map(([name, text]): CatalogColumn => {
    const kind = text?.startsWith('\\x') ? 'bytes' : 'text';
    const type = kind === 'bytes' ? 'bytea' : 'text';
    return { name, generated: false, type, shape: { kind }, input: type };
  });
  return { columns, cells: texts.map(([, text]) => (text === null ? null : cellOf(text))) };
}

/** What a form of an application makes of a row under a key. */
export interface OpenedRow {
  readonly row: VectorRow;
  readonly columns: readonly FormColumn[];
  readonly form: Form;
  readonly entry: EncryptedColumn;
  readonly values: readonly RowValue[];
  readonly ciphertexts: readonly Ciphertext[];
  readonly secret: string;
  readonly bits: number;
}

/** Opens the row by the first place and form, of those that discovery tries, which the key does not contradict. */
export async function openRow(
  row: VectorRow,
  forms: readonly ApplicationForm[],
  key: EncryptionKey,
): Promise<OpenedRow | undefined> {
  const groups = row.columns.flatMap((column, i) => groupTexts(column, [row.cells[i] ?? null], true));
  for (const form of forms) {
    for (const group of groups) {
      for (const parts of placements(form, group, groups)) {
        const entry: EncryptedColumn = {
          ...{ schema: 'public', table: 'store', column: group.column.name },
          ...(group.steps && { path: formatPath(group.steps) }),
          ...{ layout: formatLayout(form.layout), kind: 'unknown', ...parts },
        };
        const opened = await openEntry(row, entry, key);
        if (opened) return opened;
      }
    }
  }
  return undefined;
}

/** The same by an entry of an inventory. */
export async function openEntry(
  row: VectorRow,
  entry: EncryptedColumn,
  key: EncryptionKey,
): Promise<OpenedRow | undefined> {
  const form = readEntry(entry);
  const columns = row.columns.map(
    ({ name, shape }): FormColumn => ({ name, shape, forms: name === entry.column ? [form] : [] }),
  );
  const values = findValues(columns, row.cells);
  const ciphertexts = values.flatMap(({ ciphertext }) => ciphertext ?? []);
  if (ciphertexts.length === 0 || ciphertexts.length < values.length) return undefined;
  using judged = await judgeCells(form.layout, key, ciphertexts);
  const cells = judged.cells.flatMap((cell) => cell ?? []);
  if (cells.some(({ evidence }) => evidence.verdict === 'contradicted')) return undefined;
  const secret = Buffer.from(innerSecret(form.layout, cells[0]?.plaintext ?? Buffer.alloc(0)) ?? []);
  const bits = cells.reduce((sum, { evidence }) => sum + evidence.bits, 0);
  return { row, columns, form, entry, values, ciphertexts, secret: secret.toString('utf8'), bits };
}

/** The row's cells under another key. */
export async function rotateRow(
  { row, form, values, ciphertexts }: OpenedRow,
  from: EncryptionKey,
  to: EncryptionKey,
): Promise<(Buffer | null)[]> {
  const { plaintexts, storage } = await openCiphertexts(form.layout, from, ciphertexts);
  const edits = await sealCiphertexts(form.layout, to, ciphertexts, plaintexts);
  storage.fill(0);
  const replacements = values.map((value, i) => ({ value, edits: edits[i] ?? [] }));
  return row.cells.map((cell, column) => cell && replaceValues(cell, column, replacements));
}

/** Cells as the vector writes them. */
export function asVector(
  cells: readonly (Buffer | null)[],
  like: Vector['ciphertext'],
): Vector['ciphertext'] {
  if (typeof like === 'string') return writtenAs(cells[0] as Buffer, like);
  return Object.fromEntries(
    Object.entries(like).map(([name, old], i) => [name, old && writtenAs(cells[i] as Buffer, old)]),
  );
}
