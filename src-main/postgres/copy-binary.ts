import { KeelError } from '#errors/keel-error';

/**
 * PostgreSQL's binary COPY format (documentation, "COPY", "Binary Format"): no escapes, so fields pass through as the
 * very bytes that their types send and receive.
 */
const signature = Buffer.from('PGCOPY\n\xff\r\n\0', 'latin1');
const headerLength = signature.length + 8;

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

/** Reads rows from chunks that may break anywhere. Fields are views of the chunks and live as long as they do. */
export class CopyRowReader {
  #rest: Buffer = Buffer.alloc(0);
  #started = false;

  /** The rows that are complete now. */
  read(chunk: Buffer): Field[][] {
    const data = this.#rest.length > 0 ? Buffer.concat([this.#rest, chunk]) : chunk;
    let at = 0;
    if (!this.#started) {
      const end =
        data.length < headerLength ? headerLength : headerLength + data.readInt32BE(headerLength - 4);
      if (data.length < end) {
        this.#rest = data;
        return [];
      }
      at = end;
      this.#started = true;
    }
    const rows: Field[][] = [];
    for (;;) {
      const end = rowEnd(data, at);
      if (end === undefined) break;
      rows.push(readFields(data, at));
      at = end;
    }
    this.#rest = data.subarray(at);
    return rows;
  }
}

/** Where the row at `at` ends, or undefined if it is not all there (or is the trailer). */
function rowEnd(data: Buffer, at: number): number | undefined {
  if (at + 2 > data.length) return undefined;
  const count = data.readInt16BE(at);
  if (count < 0) return undefined;
  let end = at + 2;
  for (let i = 0; i < count; i++) {
    if (end + 4 > data.length) return undefined;
    end += 4 + Math.max(0, data.readInt32BE(end));
  }
  return end <= data.length ? end : undefined;
}

function readFields(data: Buffer, at: number): Field[] {
  const fields: Field[] = [];
  let position = at + 2;
  for (let i = data.readInt16BE(at); i > 0; i--) {
    const length = data.readInt32BE(position);
    position += 4;
    fields.push(length < 0 ? null : data.subarray(position, position + length));
    position += Math.max(0, length);
  }
  return fields;
}

/** What came is no binary COPY. */
export function unreadable(): KeelError {
  return new KeelError(
    'query-failed',
    'reading rows: the server did not send a binary COPY',
    'check what is between this machine and the server',
  );
}
