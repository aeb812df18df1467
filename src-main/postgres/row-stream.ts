import { pipeline } from 'node:stream/promises';
import type { Client } from 'pg';
import { from as copyFrom, to as copyTo } from 'pg-copy-streams';
import { copyHeader, CopyRowReader, copyTrailer, encodeRow, type Field } from './copy-binary.ts';
import { fromDriverError } from './connection-errors.ts';
import { boundCopies } from './copy-reader.ts';

/** Rows go on in batches of at most this many, or as soon as they hold this many bytes. */
const batchRows = 500;
const batchBytes = 1 << 20;

/**
 * Streams the result of a SELECT through binary COPY, in batches, with back-pressure: memory does not grow with rows.
 * If the consumer stops early, by an error or by choice, the connection is closed: it cannot be used any more. After an error of the
 * server's, like a missing privilege, it can.
 */
export async function* streamRows(client: Client, select: string): AsyncGenerator<Field[][]> {
  await boundCopies(client);
  const stream = client.query(copyTo(`COPY (${select}) TO STDOUT (FORMAT binary)`));
  const reader = new CopyRowReader();
  let batch: Field[][] = [];
  let bytes = 0;
  let over = false;
  try {
    for await (const chunk of stream as AsyncIterable<Buffer>) {
      for (const row of reader.read(chunk)) batch.push(row);
      bytes += chunk.length;
      if (batch.length >= batchRows || bytes >= batchBytes) {
        yield batch;
        batch = [];
        bytes = 0;
      }
    }
    over = true;
  } catch (error) {
    // it ends the COPY, and the session goes on
    over = isServerError(error);
    throw fromDriverError(error, 'reading rows');
  } finally {
    if (!over) client.connection.stream.destroy();
  }
  if (batch.length > 0) yield batch;
}

/** Whether the server said it, in a message with a severity (documentation, 54.8, "Error and Notice Message Fields"). */
function isServerError(error: unknown): boolean {
  return error instanceof Error && 'severity' in error && error.severity === 'ERROR';
}

/** Streams batches of rows into a table through binary COPY, with back-pressure. Fields stand in the order of its columns. */
export function copyInto(
  client: Client,
  table: string,
  batches: AsyncIterable<readonly (readonly Field[])[]>,
): Promise<void> {
  async function* encoded(): AsyncGenerator<Buffer> {
    for await (const rows of batches) yield Buffer.concat(rows.map(encodeRow));
  }
  return copyRowsInto(client, table, encoded());
}

/**
 * The same with rows that are encoded already, many in a buffer. `making` creates or empties the table, in the same message and the same
 * transaction: rows are frozen then, so that whoever reads them has no hints to write. `after` follows at once.
 */
export async function copyRowsInto(
  client: Client,
  table: string,
  batches: AsyncIterable<Buffer>,
  { making, after }: { readonly making?: string; readonly after?: string } = {},
): Promise<void> {
  const copy = `COPY ${table} FROM STDIN (FORMAT binary${making ? ', FREEZE' : ''})`;
  const statements = [making, copy, after].filter((statement) => statement !== undefined);
  async function* framed(): AsyncGenerator<Buffer> {
    yield copyHeader();
    for await (const rows of batches) if (rows.length > 0) yield rows;
    yield copyTrailer();
  }
  try {
    await pipeline(framed, client.query(copyFrom(statements.join('; '))));
  } catch (error) {
    throw fromDriverError(error, 'writing rows');
  }
}
