import { pipeline } from 'node:stream/promises';
import type { Client } from 'pg';
import { from as copyFrom } from 'pg-copy-streams';
import { copyHeader, copyTrailer, encodeRow, type Field } from './copy-binary.ts';
import { fromDriverError } from './connection-errors.ts';
import { readCopy } from './copy-reader.ts';
import { copyOf, fieldsOf, wholeRows } from './copy-rows.ts';

/**
 * Streams the result of a SELECT, in batches, with back-pressure: memory does not grow with rows, and a batch lives as long as it is
 * wanted. If the consumer stops early, by an error or by choice, the connection is closed: it cannot be used any more. After an error
 * of the server's, like a missing privilege, it can.
 */
export async function* streamRows(client: Client, select: string): AsyncGenerator<Field[][]> {
  for await (const batch of wholeRows(readCopy(client, select))) {
    const kept = copyOf(batch);
    yield Array.from({ length: kept.rows }, (_, row) => fieldsOf(kept, row));
  }
}

/** Streams batches of rows into a table through binary COPY, with back-pressure. Fields are in the order of its columns. */
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
