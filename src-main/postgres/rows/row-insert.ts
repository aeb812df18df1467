import type { Client } from 'pg';
import { fromDriverError } from '#postgres/connection-errors';
import { decodeRows, type Field } from '#postgres/copy-binary';

/** The protocol counts the parameters of a statement in 16 bits. */
const maxParameters = 60_000;
const maxRows = 500;
const maxBytes = 1 << 20;

/**
 * Writes rows that are encoded as for binary COPY, many in a buffer, by INSERT, for engines without it: fields are parameters in binary,
 * in the order of the table's columns. Memory is that of one buffer and one statement.
 */
export async function insertRows(
  client: Client,
  table: string,
  batches: AsyncIterable<Buffer>,
): Promise<void> {
  try {
    for await (const batch of batches) {
      for (const rows of portionsOf(decodeRows(batch))) await insert(client, table, rows);
    }
  } catch (error) {
    throw fromDriverError(error, 'writing rows');
  }
}

function* portionsOf(rows: readonly (readonly Field[])[]): Generator<(readonly Field[])[]> {
  let portion: (readonly Field[])[] = [];
  let bytes = 0;
  for (const row of rows) {
    portion.push(row);
    for (const field of row) bytes += field?.length ?? 0;
    const isFull = portion.length >= maxRows || (portion.length + 1) * row.length > maxParameters;
    if (!isFull && bytes < maxBytes) continue;
    yield portion;
    portion = [];
    bytes = 0;
  }
  if (portion.length > 0) yield portion;
}

async function insert(client: Client, table: string, rows: readonly (readonly Field[])[]): Promise<void> {
  let number = 0;
  const tuples = rows.map((row) => `(${row.map(() => `$${++number}`).join(', ')})`);
  await client.query({ text: `INSERT INTO ${table} VALUES ${tuples.join(', ')}`, values: rows.flat() });
}
