import type { Client } from 'pg';
import type { Field } from '#postgres/copy-binary';
import { copyInto } from '#postgres/row-stream';
import type { KeyPair, WrittenUnder } from './ruling.ts';
import { readSource } from './source-query.ts';
import type { StagingTable } from '#rewrite/staging-table';
import { rewriteRows, type TableTallies } from './table-rewriter.ts';
import { ValueCounts } from './value-counts.ts';

export interface StageOptions {
  readonly keys: KeyPair;
  readonly tallies: TableTallies;
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

/**
 * Re-encrypts rows as they come and streams those that change into a staging table with COPY. Memory is that of one
 * batch.
 */
export async function stageRows(
  writer: Client,
  staging: StagingTable,
  source: AsyncIterable<Field[][]> | Iterable<Field[][]>,
  options: StageOptions,
): Promise<Staged> {
  const { target } = staging;
  const { keys, tallies, countUntouched } = options;
  const counts = new ValueCounts(target);
  let staged = 0;
  async function* rewritten(): AsyncGenerator<Field[][]> {
    for await (const batch of source) {
      options.signal?.throwIfAborted();
      const rows = batch.map((fields) => readSource(target, fields, options.markMeans));
      const changed = await rewriteRows(target, keys, rows, tallies, counts, countUntouched);
      staged += changed.length;
      yield changed.map((row) => [...row.identity, ...row.cells, ...row.fresh, row.left]);
      options.onRows?.(batch.length);
    }
  }
  await copyInto(writer, staging.sql, rewritten());
  return { rows: staged, counts };
}
