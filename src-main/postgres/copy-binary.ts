import { KeelError } from '#errors/keel-error';

/**
 * PostgreSQL's binary COPY format (documentation, "COPY", "Binary Format"): no escapes, so fields pass through as the
 * very bytes that their types send and receive.
 */
const signature = Buffer.from('PGCOPY\n\xff\r\n\0', 'latin1');

export type Field = Buffer | null;

/** Header without flags or extension; goes before the first row. */
export function copyHeader(): Buffer {
  return Buffer.concat([signature, Buffer.alloc(8)]);
}

/** Ends the data. */
export function copyTrailer(): Buffer {
  return Buffer.from([0xff, 0xff]);
}

/** One row. */
export function encodeRow(fields: readonly Field[]): Buffer {
  const row = Buffer.allocUnsafe(fields.reduce((sum, field) => sum + 4 + (field?.length ?? 0), 2));
  let at = row.writeInt16BE(fields.length, 0);
  for (const field of fields) {
    at = row.writeInt32BE(field ? field.length : -1, at);
    if (field) at += field.copy(row, at);
  }
  return row;
}

/** Rows as `encodeRow` writes them, one after the other. Fields are views of the bytes and live as long as they do. */
export function decodeRows(bytes: Buffer): Field[][] {
  const rows: Field[][] = [];
  for (let at = 0; at < bytes.length; ) {
    const { fields, end } = readRow(bytes, at);
    rows.push(fields);
    at = end;
  }
  return rows;
}

function readRow(data: Buffer, at: number): { readonly fields: Field[]; readonly end: number } {
  const fields: Field[] = [];
  let position = at + 2;
  for (let i = data.readInt16BE(at); i > 0; i--) {
    const length = data.readInt32BE(position);
    position += 4;
    fields.push(length < 0 ? null : data.subarray(position, position + length));
    position += Math.max(0, length);
  }
  return { fields, end: position };
}

/** What came is no binary COPY. */
export function unreadable(): KeelError {
  return new KeelError(
    'query-failed',
    'reading rows: the server did not send a binary COPY',
    'check what is between this machine and the server',
  );
}
