import { pipeline } from 'node:stream/promises';
import type { Client } from 'pg';
import { from as copyFrom } from 'pg-copy-streams';
import type { MultisetDigest } from '#crypto/digest';
import { fromDriverError } from '#postgres/connection-errors';
import { copyHeader, copyTrailer, encodeRow, type Field } from '#postgres/copy-binary';
import type { KeyPair, WrittenUnder } from './ruling.ts';
import { readSource } from './source-query.ts';
import type { StagingTable } from './staging-table.ts';
import { type RewrittenRow, rewriteRows, type TableTallies } from './table-rewriter.ts';

export interface StageOptions {
  readonly keys: KeyPair;
  readonly tallies: TableTallies;
  readonly digest: MultisetDigest;
  /** Whether the digest also covers the source rows that are not rewritten. */
  readonly digestUntouched: boolean;
  /** What a true mark in the source rows says. */
  readonly markMeans: WrittenUnder;
  readonly onRows?: (count: number) => void;
  readonly signal?: AbortSignal | undefined;
}

export interface Staged {
  readonly rows: number;
  /** Staged rows in which a value was left alone. */
  readonly partialRows: number;
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
  const { keys, tallies, digest, digestUntouched } = options;
  let staged = 0;
  let partialRows = 0;
  async function* encoded(): AsyncGenerator<Buffer> {
    yield copyHeader();
    for await (const batch of source) {
      options.signal?.throwIfAborted();
      const rows = batch.map((fields) => readSource(target, fields, options.markMeans));
      const rewritten = await rewriteRows(target, keys, rows, tallies, digest, digestUntouched);
      staged += rewritten.length;
      partialRows += rewritten.filter((row) => row.left).length;
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
  return { rows: staged, partialRows };
}

function encodeStaged(row: RewrittenRow): Buffer {
  return encodeRow([...row.identity, ...row.cells, ...row.fresh, row.left]);
}
