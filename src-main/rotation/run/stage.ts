import type { CopyBatch } from '#postgres/copy-batches';
import { CopyRows, fieldsOf } from '#postgres/copy-rows';
import type { TableTarget } from '#postgres/table-target';
import type { KeyPair, WrittenUnder } from './decision.ts';
import { RewriteInPlace } from '#rotation/in-place/rewrite-in-place';
import { readSource } from './source-query.ts';
import { rewriteRows, type TableCounters } from './table-rewriter.ts';
import { ValueCounts } from './value-counts.ts';

export interface StageOptions {
  readonly keys: KeyPair;
  readonly counters: TableCounters;
  /** Whether the counts also cover the source rows that are not rewritten. */
  readonly countUntouched: boolean;
  /** What a true mark in the source rows says. */
  readonly markMeans: WrittenUnder;
  readonly onRows?: (count: number) => void;
  readonly signal?: AbortSignal | undefined;
}

export interface Staged {
  readonly rows: number;
  readonly counts: ValueCounts;
}

/** Takes rows as `encodeRow` writes them, many in a buffer, and is done with each buffer when it asks for the next. */
export type TakeRows = (rows: AsyncIterable<Buffer>) => Promise<void>;

/**
 * Re-encrypts rows as they come and streams those that change to `take`, as rows of a staging table. Memory is that of one
 * batch. What is plain is done in bulk and in place; rows with anything else in them one by one (decision 0035).
 */
export async function stageRows(
  target: TableTarget,
  take: TakeRows,
  source: AsyncIterable<CopyBatch> | Iterable<CopyBatch>,
  options: StageOptions,
): Promise<Staged> {
  const { keys, counters, countUntouched } = options;
  const counts = new ValueCounts(target);
  const inPlace = RewriteInPlace.of(target, keys, counters, counts);
  const out = new CopyRows();
  let staged = 0;
  async function* rewritten(): AsyncGenerator<Buffer> {
    for await (const batch of source) {
      options.signal?.throwIfAborted();
      const left = inPlace
        ? inPlace.rewrite(batch, out)
        : Array.from({ length: batch.rows }, (_, row) => row);
      const rows = left.map((row) => readSource(target, fieldsOf(batch, row), options.markMeans));
      const changed = await rewriteRows(target, keys, rows, counters, counts, countUntouched);
      for (const row of changed) out.addRow([...row.identity, ...row.cells, ...row.fresh, row.left]);
      staged += out.count;
      yield out.take();
      options.onRows?.(batch.rows);
    }
  }
  await take(rewritten());
  return { rows: staged, counts };
}
