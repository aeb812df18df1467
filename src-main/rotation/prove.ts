import type { Client } from 'pg';
import type { EncryptionKey } from '#crypto/encryption-key';
import { checkFrames } from '#discovery/check-frames';
import { type AssayResult, ColumnAssay, overallVerdict, type OverallVerdict } from '#evidence/column-assay';
import { countInto, judgeCells } from '#evidence/judge-cells';
import { hintAtLayout } from '#evidence/layout-hint';
import type { Form } from '#forms/entry';
import { findValues, type RowValue } from '#forms/row-values';
import { readCopy } from '#postgres/copy-reader';
import { fieldsOf, rowSizes, wholeRows } from '#postgres/copy-rows';
import { filledCondition, readExpression, type TableTarget } from '#postgres/table-target';
import type { Ciphertext } from '#forms/ciphertext';
import type { EncryptedColumn } from '#contract/inventory';
import { ProveInPlace } from './prove-in-place.ts';

/** What a key opens of one inventory entry. */
export interface ColumnProof extends AssayResult {
  readonly entry: EncryptedColumn;
  /** A likely layout error, where the values speak against the key, or why the layout is in doubt. */
  readonly hint?: string;
}

export interface Proof {
  readonly verdict: OverallVerdict;
  readonly bits: number;
  readonly columns: readonly ColumnProof[];
}

export interface ProveOptions {
  /** At most this many rows a table, for a quick look; all without it. */
  readonly sampleRows?: number;
  /** The caller has looked where the IVs are. */
  readonly framesChecked?: boolean;
  readonly onRows?: (done: number) => void;
  readonly signal?: AbortSignal;
}

const hintSample = 50;

/** Opens every value of the tables with a key and judges it by evidence. Only reads. */
export async function proveKey(
  client: Client,
  key: EncryptionKey,
  tables: readonly TableTarget[],
  options: ProveOptions = {},
): Promise<Proof> {
  const columns: ColumnProof[] = [];
  let done = 0;
  for (const table of tables) {
    const assays = new Map<Form, FormAssay>();
    for (const form of table.columns.flatMap((column) => column.forms)) {
      assays.set(form, { assay: new ColumnAssay(form.layout), refused: [] });
    }
    const inPlace = ProveInPlace.of(table, key, (form) => (assays.get(form) as FormAssay).assay);
    const batches = readCopy(client, selectCells(table, options.sampleRows), { sizes: rowSizes });
    for await (const batch of wholeRows(batches)) {
      options.signal?.throwIfAborted();
      const left = inPlace ? inPlace.prove(batch) : Array.from({ length: batch.rows }, (_, row) => row);
      const values = left.flatMap((row) => findValues(table.columns, fieldsOf(batch, row)));
      for (const [index, column] of table.columns.entries()) {
        for (const [number, form] of column.forms.entries()) {
          const here = values.filter((value) => value.column === index && value.form === number);
          await assess(assays.get(form) as FormAssay, form, key, here);
        }
      }
      done += batch.rows;
      options.onRows?.(done);
    }
    const doubts = options.framesChecked
      ? new Map<EncryptedColumn, string>()
      : await checkFrames(
          client,
          key,
          table.catalog,
          Array.from(assays.keys(), ({ entry }) => entry),
        );
    for (const [form, { assay, refused }] of assays) {
      const doubt = doubts.get(form.entry);
      if (doubt !== undefined) {
        // what is missing at the beginning of each value does not show in the rest of it
        columns.push({ entry: form.entry, ...assay.result(), bits: 0, verdict: 'inconclusive', hint: doubt });
        continue;
      }
      const hint = refused.length > 0 ? await hintAtLayout(form.layout, key, refused) : undefined;
      columns.push({ entry: form.entry, ...assay.result(), ...(hint && { hint }) });
    }
  }
  const bits = columns.reduce((sum, column) => sum + column.bits, 0);
  return { verdict: overallVerdict(columns), bits: Math.round(bits * 10) / 10, columns };
}

interface FormAssay {
  readonly assay: ColumnAssay;
  /** A few values that the key does not open. */
  readonly refused: Ciphertext[];
}

async function assess(
  { assay, refused }: FormAssay,
  { layout }: Form,
  key: EncryptionKey,
  values: readonly RowValue[],
): Promise<void> {
  using judged = await judgeCells(
    layout,
    key,
    values.map(({ ciphertext }) => ciphertext),
  );
  countInto(assay, judged.cells);
  for (const cell of judged.cells) {
    if (refused.length >= hintSample) break;
    if (cell?.evidence.verdict === 'contradicted') refused.push(cell.ciphertext);
  }
}

function selectCells(table: TableTarget, limit: number | undefined): string {
  const cells = table.columns.map((column) => readExpression('t', column));
  return `SELECT ${cells.join(', ')} FROM ${table.sql} AS t WHERE ${filledCondition('t', table)}${limit ? ` LIMIT ${limit}` : ''}`;
}
