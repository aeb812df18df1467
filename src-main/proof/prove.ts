import type { Client } from 'pg';
import type { EncryptionKey } from '#crypto/encryption-key';
import { checkFrames } from '#discovery/check-frames';
import { type IvProof, ivProofOf } from '#environments/iv-proofs';
import {
  type ColumnFigures,
  ColumnStatistics,
  overallVerdict,
  type OverallVerdict,
} from '#evidence/column-statistics';
import { countInto } from '#evidence/count-cells';
import { judgeCells } from '#evidence/judge-cells';
import { ShortValues } from '#evidence/short-values';
import { hintAtLayout, type LayoutHint } from '#evidence/layout-hint';
import type { Form } from '#forms/entry';
import { findValues, type RowValue } from '#forms/row-values';
import { readCopy } from '#postgres/copy-reader';
import { fieldsOf, rowSizes, wholeRows } from '#postgres/copy-rows';
import { selectSpread } from '#postgres/sample';
import { filledCondition, readExpression, type TableTarget } from '#postgres/table-target';
import type { Ciphertext } from '#forms/ciphertext';
import type { EncryptedColumn } from '#contract/inventory';
import { type OnOpened, ProveInPlace } from './prove-in-place.ts';
import { type FoundWithin, type LookWithin, ValuesWithin } from './values-within.ts';

/** What a key opens of one inventory entry. */
export interface ColumnProof extends ColumnFigures {
  readonly entry: EncryptedColumn;
  /** A likely layout error, where the values count against the key, or why the layout is in doubt. */
  readonly hint?: LayoutHint;
  /** Of the values that open, those that are too short to tell whether that is luck. */
  readonly tooShort: number;
}

export interface Proof {
  readonly verdict: OverallVerdict;
  readonly bits: number;
  readonly columns: readonly ColumnProof[];
  /** What was found within the values that it opens; absent where nobody looked there. */
  readonly within?: FoundWithin;
}

export interface ProveOptions {
  /** At most this many rows a table, for a quick look; all without it. */
  readonly sampleRows?: number;
  /** They are from all over the table, whatever lies at its beginning. Needs SELECT on the whole of it. */
  readonly isSpread?: boolean;
  /** The caller has looked where the IVs are. */
  readonly framesChecked?: boolean;
  /** What values have shown of where IVs are, under whatever key. */
  readonly ivProofs?: readonly IvProof[];
  readonly lookWithin?: LookWithin;
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
  const statisticsOfForms = new Map<Form, FormStatistics>();
  const forms = tables.flatMap((table) => table.columns.flatMap((column) => column.forms));
  const within = options.lookWithin && new ValuesWithin(forms, options.lookWithin, key);
  const onOpened: OnOpened | undefined =
    within && ((form, bytes, start, end) => within.add(form, bytes, start, end));
  let done = 0;
  for (const table of tables) {
    for (const form of table.columns.flatMap((column) => column.forms)) {
      const { layout } = form;
      statisticsOfForms.set(form, {
        statistics: new ColumnStatistics(layout),
        short: new ShortValues(layout),
        refused: [],
      });
    }
    const accountOf = (form: Form) => statisticsOfForms.get(form) as FormStatistics;
    const inPlace = ProveInPlace.of(table, key, accountOf, onOpened);
    const batches = readCopy(client, selectCells(table, options), { sizes: rowSizes });
    for await (const batch of wholeRows(batches)) {
      options.signal?.throwIfAborted();
      const left = inPlace ? inPlace.prove(batch) : Array.from({ length: batch.rows }, (_, row) => row);
      const values = left.flatMap((row) => findValues(table.columns, fieldsOf(batch, row)));
      for (const [index, column] of table.columns.entries()) {
        for (const [number, form] of column.forms.entries()) {
          const here = values.filter((value) => value.column === index && value.form === number);
          await assess(accountOf(form), form, key, here, onOpened);
        }
      }
      within?.flush();
      done += batch.rows;
      options.onRows?.(done);
    }
  }
  const doubts = options.framesChecked ? noDoubts : await doubtsOf(client, key, tables, options);
  const columns: ColumnProof[] = [];
  for (const [form, { statistics, short, refused }] of statisticsOfForms) {
    const result = { entry: form.entry, ...statistics.result(), tooShort: short.tooShort() };
    const doubt = doubts.get(form.entry);
    if (doubt !== undefined) {
      // what is missing at the beginning of each value does not show in the rest of it
      columns.push({ ...result, bits: 0, verdict: 'inconclusive', hint: { seen: doubt } });
      continue;
    }
    const hint = refused.length > 0 ? await hintAtLayout(form.layout, key, refused) : undefined;
    columns.push({ ...result, ...(hint && { hint }) });
  }
  const bits = columns.reduce((sum, column) => sum + column.bits, 0);
  const verdict = overallVerdict(columns);
  return { verdict, bits: Math.round(bits * 10) / 10, columns, ...(within && { within: within.found() }) };
}

const noDoubts: ReadonlyMap<EncryptedColumn, string> = new Map();

/** Entries whose IV may not be where they say, but those of which a value proved that it is. */
async function doubtsOf(
  client: Client,
  key: EncryptionKey,
  tables: readonly TableTarget[],
  { ivProofs = [] }: ProveOptions,
): Promise<ReadonlyMap<EncryptedColumn, string>> {
  const entries = tables.flatMap(({ columns }) =>
    columns.flatMap(({ forms }) => forms.map(({ entry }) => entry)),
  );
  const doubts = await checkFrames(
    client,
    key,
    tables.map(({ catalog }) => catalog),
    entries,
  );
  return new Map(
    entries.flatMap((entry): [EncryptedColumn, string][] => {
      const shows = ivProofOf(ivProofs, key.fingerprint, entry)?.shows;
      const doubt = doubts.get(entry);
      if (shows === 'beginning-lost') return [[entry, 'a known value decrypts only from its 17th byte on']];
      return doubt && !(doubt.isProvable && shows === 'whole') ? [[entry, doubt.why]] : [];
    }),
  );
}

interface FormStatistics {
  readonly statistics: ColumnStatistics;
  readonly short: ShortValues;
  /** A few values that the key does not open. */
  readonly refused: Ciphertext[];
}

async function assess(
  { statistics, short, refused }: FormStatistics,
  form: Form,
  key: EncryptionKey,
  values: readonly RowValue[],
  onOpened: OnOpened | undefined,
): Promise<void> {
  const { layout } = form;
  using judged = await judgeCells(
    layout,
    key,
    values.map(({ ciphertext }) => ciphertext),
  );
  countInto(statistics, judged.cells, short);
  for (const cell of onOpened ? judged.cells : []) {
    if (cell && cell.evidence.verdict !== 'contradicted')
      onOpened?.(form, cell.plaintext, 0, cell.plaintext.length);
  }
  for (const cell of judged.cells) {
    if (refused.length >= hintSample) break;
    if (cell?.evidence.verdict === 'contradicted') refused.push(cell.ciphertext);
  }
}

function selectCells(
  table: TableTarget,
  { sampleRows, isSpread }: Pick<ProveOptions, 'sampleRows' | 'isSpread'>,
): string {
  const cells = table.columns.map((column) => readExpression('t', column));
  const where = filledCondition('t', table);
  if (sampleRows !== undefined && isSpread) return selectSpread(table, cells, { where, size: sampleRows });
  return `SELECT ${cells.join(', ')} FROM ${table.sql} AS t WHERE ${where}${sampleRows ? ` LIMIT ${sampleRows}` : ''}`;
}
