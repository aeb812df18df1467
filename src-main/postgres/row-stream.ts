import type { Client } from 'pg';
import { to as copyTo } from 'pg-copy-streams';
import { CopyRowReader, type Field } from './copy-binary.ts';
import { fromDriverError } from './connection-errors.ts';

/** Rows go on in batches of at most this many, or as soon as they hold this many bytes. */
const batchRows = 500;
const batchBytes = 1 << 20;

/**
 * Streams the result of a SELECT through binary COPY, in batches, with back-pressure: memory does not grow with rows.
 * If the consumer stops early, by an error or by choice, the connection is closed: it cannot be used any more.
 */
export async function* streamRows(client: Client, select: string): AsyncGenerator<Field[][]> {
  const stream = client.query(copyTo(`COPY (${select}) TO STDOUT (FORMAT binary)`));
  const reader = new CopyRowReader();
  let batch: Field[][] = [];
  let bytes = 0;
  let finished = false;
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
    finished = true;
  } catch (error) {
    throw fromDriverError(error, 'reading rows');
  } finally {
    if (!finished) client.connection.stream.destroy();
  }
  if (batch.length > 0) yield batch;
}
