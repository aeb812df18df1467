import { type CopyBatch, nullCell, otherBatch } from './copy-batches.ts';
import type { BatchSizes } from './rows/batch-sizes.ts';
import { encodeRow, type Field } from './copy-binary.ts';

/** Batches small enough that reading, working and writing go on side by side. */
export const rowSizes: BatchSizes = { batchBytes: 1 << 18, overlap: 0 };

/** Where the cells of a row lie among those of its batch, the length word before the first included. */
export interface CellRange {
  readonly from: number;
  readonly to: number;
}

/**
 * Where cells `first` to `last` of a batch lie, which are of one row: they are in it as COPY's binary format writes them, each
 * after its length.
 */
export function rangeOf({ starts, lengths }: CopyBatch, first: number, last: number): CellRange {
  return {
    from: (starts[first] as number) - 4,
    to: (starts[last] as number) + Math.max(0, lengths[last] as number),
  };
}

/** The cells of a row as views of the batch, which live as long as it does. */
export function fieldsOf({ data, columns, starts, lengths }: CopyBatch, row: number): Field[] {
  const fields: Field[] = [];
  for (let i = row * columns; i < (row + 1) * columns; i++) {
    const start = starts[i] as number;
    const length = lengths[i] as number;
    fields.push(length < 0 ? null : data.subarray(start, start + length));
  }
  return fields;
}

/** Puts rows together that come in parts since they are large: a batch of one row each, whose memory is the row's. */
export async function* wholeRows(batches: AsyncIterable<CopyBatch>): AsyncGenerator<CopyBatch> {
  let cells: Field[] = [];
  for await (const batch of batches) {
    if (!batch.part) {
      yield batch;
      continue;
    }
    const { data, starts, lengths, part } = batch;
    for (let column = 0; column < batch.columns; column++) {
      const length = lengths[column] as number;
      if (length === otherBatch) continue;
      const bytes = data.subarray(starts[column], (starts[column] as number) + Math.max(0, length));
      if (length === nullCell) cells[column] = null;
      else if (part.piece?.column === column) {
        const { offset, size } = part.piece;
        const cell = offset === 0 ? Buffer.allocUnsafeSlow(size) : (cells[column] as Buffer);
        bytes.copy(cell, offset);
        cells[column] = cell;
      } else cells[column] = Buffer.from(bytes);
    }
    if (!part.last) continue;
    yield rowBatch(batch.firstRow, cells);
    cells = [];
  }
}

/** A batch of one row, laid out as those that arrive. */
function rowBatch(firstRow: number, cells: readonly Field[]): CopyBatch {
  const data = encodeRow(cells);
  const starts = new Int32Array(cells.length);
  const lengths = new Int32Array(cells.length);
  let at = 2;
  for (const [i, cell] of cells.entries()) {
    starts[i] = at + 4;
    lengths[i] = cell ? cell.length : nullCell;
    at += 4 + (cell?.length ?? 0);
  }
  return { data, firstRow, rows: 1, columns: cells.length, starts, lengths };
}

/** A batch of its own memory, which lives as long as it is wanted. */
export function copyOf(batch: CopyBatch): CopyBatch {
  const { starts, lengths, rows, columns } = batch;
  const { to } = rangeOf(batch, 0, rows * columns - 1);
  return {
    ...batch,
    starts: starts.slice(),
    lengths: lengths.slice(),
    data: Buffer.from(batch.data.subarray(0, to)),
  };
}

/** Rows of binary COPY, written one after the other into one buffer. */
export class CopyRows {
  bytes: Buffer;
  /** Where the next byte goes. */
  end = 0;
  count = 0;

  constructor(size = 1 << 18) {
    this.bytes = Buffer.allocUnsafeSlow(size);
  }

  /** Makes room for so many more bytes; `bytes` may be another buffer afterwards. */
  reserve(length: number): void {
    if (this.end + length <= this.bytes.length) return;
    const larger = Buffer.allocUnsafeSlow(2 * (this.end + length));
    this.bytes.copy(larger, 0, 0, this.end);
    this.bytes = larger;
  }

  /** Starts a row of so many fields, for which there is room. */
  startRow(fields: number): void {
    this.bytes[this.end++] = fields >> 8;
    this.bytes[this.end++] = fields;
    this.count++;
  }

  /** Writes fields as they are, each after its length; there is room for them. Returns where the first byte went. */
  addCells(data: Uint8Array, from: number, to: number): number {
    const at = this.end;
    const { bytes } = this;
    if (to - from > 64) bytes.set(data.subarray(from, to), at);
    else for (let i = from, next = at; i < to; i++) bytes[next++] = data[i] as number;
    this.end = at + to - from;
    return at;
  }

  /** Writes a field that is NULL; there is room for it. */
  addNull(): void {
    this.end = this.bytes.writeInt32BE(-1, this.end);
  }

  /** Writes a row. */
  addRow(fields: readonly Field[]): void {
    const row = encodeRow(fields);
    this.reserve(row.length);
    this.end += row.copy(this.bytes, this.end);
    this.count++;
  }

  /** What was written, in memory of its own, and starts over. */
  take(): Buffer {
    const taken = Buffer.allocUnsafeSlow(this.end);
    this.bytes.copy(taken, 0, 0, this.end);
    this.end = 0;
    this.count = 0;
    return taken;
  }
}
