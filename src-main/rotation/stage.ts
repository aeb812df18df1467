import { pipeline } from 'node:stream/promises';
import type { Client } from 'pg';
import { from as copyFrom } from 'pg-copy-streams';
import { fromDriverError } from '#postgres/connection-errors';
import { copyHeader, copyTrailer, encodeRow, type Field } from '#postgres/copy-binary';
import type { KeyPair, WrittenUnder } from './ruling.ts';
import { readSource } from './source-query.ts';
import type { StagingTable } from './staging-table.ts';
import { type RewrittenRow, rewriteRows, type TableTallies } from './table-rewriter.ts';
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
  async function* encoded(): AsyncGenerator<Buffer> {
    yield copyHeader();
    for await (const batch of source) {
      options.signal?.throwIfAborted();
      const rows = batch.map((fields) => readSource(target, fields, options.markMeans));
      const rewritten = await rewriteRows(target, keys, rows, tallies, counts, countUntouched);
      staged += rewritten.length;
      if (rewritten.length > 0) yield Buffer.concat(rewritten.map(encodeStaged));
      options.onRows?.(batch.length);
    }
    yield copyTrailer();
  }
  try {
    await pipeline(encoded, writer.query(copyFrom(`COPY ${staging.sql} FROM STDIN (FORMAT binary)`)));
  } catch (error) {
    throw fromDriverError(error, 'staging rows');
  }
  return { rows: staged, counts };
}

function encodeStaged(row: RewrittenRow): Buffer {
  return encodeRow([...row.identity, ...row.cells, ...row.fresh, row.left]);
}
