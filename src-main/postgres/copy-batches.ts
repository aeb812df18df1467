import { unreadable } from './copy-binary.ts';
import { type BatchSizes, firstBytes, usualSizes } from './rows/batch-sizes.ts';
import { messagesOf, type ResultMessages, type ResultSource } from './rows/result-messages.ts';

/** Length of a cell that is NULL. */
export const nullCell = -1;
/** Length of a cell that is not in this batch: its row is too large for one batch and is split. */
export const otherBatch = -2;

/** Rows of binary COPY where they arrived. All of it is overwritten when the next batch is requested. */
export interface CopyBatch {
  readonly data: Buffer;
  /** Index of the batch's first row in the whole result, from 0. */
  readonly firstRow: number;
  readonly rows: number;
  readonly columns: number;
  /** Where cell (row, column) starts in `data`, at `row * columns + column`. */
  readonly starts: Int32Array;
  /** Its length in bytes, or `nullCell`, or `otherBatch`. */
  readonly lengths: Int32Array;
  /**
   * Set if the batch is a part of one large row: its next batch has the same `firstRow` unless `last`. A cell that is larger than a piece is split
   * into overlapping pieces; `offset` is where this batch's piece of `column` starts in the cell, `size` the cell's length.
   */
  readonly part?: { readonly last: boolean; readonly piece?: CellPiece };
}

export interface CellPiece {
  readonly column: number;
  readonly offset: number;
  readonly size: number;
}

const signature = Buffer.from('PGCOPY\n\xff\r\n\0', 'latin1');

interface OpenCell {
  /** Where the current piece starts in the buffer. */
  readonly from: number;
  readonly offset: number;
  readonly size: number;
}

/** A row whose message is larger than a batch, while it is read. */
interface OpenRow {
  /** The next column. */
  column: number;
  cell: OpenCell | undefined;
}

/**
 * Reads the messages of a COPY … TO STDOUT (FORMAT binary), or the rows of a SELECT in binary, from chunks that may break anywhere. The server sends
 * each row as one message (documentation, "COPY Operations"), so rows are indexed in place, without an object or a copy for each. Memory is two
 * batches and a chunk, whatever the rows contain; no batch allocates once the buffers have grown to that.
 */
export class CopyBatches {
  readonly #sizes: BatchSizes;
  #buffer: Buffer;
  #spare: Buffer;
  #filled = 0;
  /** Start of what has not been read yet. */
  #at = 0;
  #starts = new Int32Array(1024);
  #lengths = new Int32Array(1024);
  /** Those of the batch that was handed out. */
  #startsOut = new Int32Array(1024);
  #lengthsOut = new Int32Array(1024);
  #rows = 0;
  #firstRow = 0;
  #columns = -1;
  #sealed = false;
  #open: OpenRow | undefined;
  #part: CopyBatch['part'];
  #handBack: Buffer | undefined;

  readonly #aside: (message: Buffer) => void;
  readonly #messages: ResultMessages;

  /** `aside` gets the messages between rows that do not belong to the result, each complete. */
  constructor(
    sizes: BatchSizes = usualSizes,
    aside: (message: Buffer) => void = () => undefined,
    source: ResultSource = 'copy',
  ) {
    this.#sizes = sizes;
    this.#aside = aside;
    this.#messages = messagesOf(source);
    // only a COPY has a header to wait for
    if (source === 'select') this.#columns = 0;
    const room = Math.min(firstBytes, 2 * sizes.batchBytes);
    this.#buffer = Buffer.allocUnsafeSlow(room);
    this.#spare = Buffer.allocUnsafeSlow(room);
  }

  /** Reads what arrived. Throws `query-failed` if it is not such a result. */
  push(chunk: Buffer): void {
    if (this.#filled + chunk.length > this.#buffer.length) {
      const larger = Buffer.allocUnsafeSlow(2 * (this.#filled + chunk.length));
      this.#buffer.copy(larger, 0, 0, this.#filled);
      this.#buffer = larger;
    }
    chunk.copy(this.#buffer, this.#filled);
    this.#filled += chunk.length;
    this.#parse();
  }

  /** The next batch if one is complete. The previous batch is overwritten from now on. */
  next(): CopyBatch | undefined {
    const over = this.#handBack !== undefined;
    if (!this.#sealed && !(over && this.#rows > 0)) return undefined;
    const batch: CopyBatch = {
      data: this.#buffer,
      firstRow: this.#firstRow,
      rows: this.#rows,
      columns: this.#columns,
      starts: this.#starts.subarray(0, this.#rows * this.#columns),
      lengths: this.#lengths.subarray(0, this.#rows * this.#columns),
      ...(this.#part && { part: this.#part }),
    };
    this.#turn();
    this.#parse();
    return batch;
  }

  /** Set once the data has ended or failed: the bytes that belong to the driver, from the first one after the result. */
  get handBack(): Buffer | undefined {
    return this.#handBack;
  }

  /** Continues in the other buffer, with what has not been read. */
  #turn(): void {
    const { cell } = this.#open ?? {};
    const from = cell ? Math.max(cell.from, this.#filled - this.#sizes.overlap) : this.#at;
    const rest = this.#filled - from;
    if (this.#spare.length < rest) this.#spare = Buffer.allocUnsafeSlow(2 * rest);
    this.#buffer.copy(this.#spare, 0, from, this.#filled);
    [this.#buffer, this.#spare] = [this.#spare, this.#buffer];
    [this.#starts, this.#startsOut] = [this.#startsOut, this.#starts];
    [this.#lengths, this.#lengthsOut] = [this.#lengthsOut, this.#lengths];
    if (cell && this.#open) {
      this.#open.cell = { from: 0, offset: cell.offset + from - cell.from, size: cell.size };
      this.#at = rest;
    } else this.#at = 0;
    this.#filled = rest;
    const unfinished = this.#part && !this.#part.last;
    if (!unfinished) this.#firstRow += this.#rows;
    this.#rows = 0;
    this.#sealed = false;
    this.#part = undefined;
  }

  #parse(): void {
    const { row, begin, end: last, ours } = this.#messages;
    while (!this.#sealed && this.#handBack === undefined) {
      if (this.#open) {
        if (!this.#readOpenRow(this.#open)) return;
        continue;
      }
      if (this.#filled - this.#at < 5) return;
      const length = this.#buffer.readInt32BE(this.#at + 1);
      if (length < 4) throw unreadable();
      const end = this.#at + 1 + length;
      const code = this.#buffer[this.#at] as number;
      if (end > this.#filled && code === row && length > this.#sizes.batchBytes) {
        if (this.#rows > 0) this.#sealed = true;
        else if (!this.#openRow()) return;
        continue;
      }
      if (!ours.has(code)) {
        // the driver waits for the end of an error's message itself
        this.#handBack = this.#buffer.subarray(this.#at, this.#filled);
        return;
      }
      if (end > this.#filled) return;
      if (code === row) {
        this.#readRow(this.#at + 5, end);
        if (end >= this.#sizes.batchBytes) this.#sealed = this.#rows > 0;
      } else if (code === last) this.#handBack = this.#buffer.subarray(end, this.#filled);
      else if (!begin.has(code)) this.#aside(Buffer.from(this.#buffer.subarray(this.#at, end)));
      this.#at = end;
    }
  }

  /** Reads one message's row; the first message starts with the header, the last is the trailer. */
  #readRow(start: number, end: number): void {
    const bytes = this.#buffer;
    let at = this.#columns < 0 ? this.#afterHeader(start, end) : start;
    if (at === end) return;
    const columns = ((bytes[at] as number) << 8) | (bytes[at + 1] as number);
    at += 2;
    if (columns === 0xffff) return;
    let cell = this.#addRow(columns);
    for (let i = 0; i < columns; i++, cell++) {
      if (at + 4 > end) throw unreadable();
      const length =
        ((bytes[at] as number) << 24) |
        ((bytes[at + 1] as number) << 16) |
        ((bytes[at + 2] as number) << 8) |
        (bytes[at + 3] as number);
      at += 4;
      this.#starts[cell] = at;
      this.#lengths[cell] = length;
      if (length > 0) at += length;
      else if (length < nullCell) throw unreadable();
    }
    if (at !== end) throw unreadable();
  }

  /** Makes room for a row. Returns the index of its first cell. */
  #addRow(columns: number): number {
    if (this.#columns <= 0) this.#columns = columns;
    else if (this.#columns !== columns) throw unreadable();
    const first = this.#rows++ * columns;
    if (first + columns > this.#starts.length) {
      this.#starts = grown(this.#starts, first + columns);
      this.#lengths = grown(this.#lengths, first + columns);
    }
    return first;
  }

  #afterHeader(start: number, end: number): number {
    const at = start + signature.length;
    if (at + 8 > end || this.#buffer.compare(signature, 0, signature.length, start, at) !== 0)
      throw unreadable();
    const extension = this.#buffer.readInt32BE(at + 4);
    if (extension < 0 || at + 8 + extension > end) throw unreadable();
    this.#columns = 0;
    return at + 8 + extension;
  }

  /** Starts the row of a message that is too large to wait for. False if not even its beginning has arrived. */
  #openRow(): boolean {
    let at = this.#at + 5;
    // the header and the column count have arrived as soon as a batch has
    if (this.#filled - this.#at < this.#sizes.batchBytes) return false;
    if (this.#columns < 0) at = this.#afterHeader(at, this.#filled);
    const columns = this.#buffer.readInt16BE(at);
    if (columns <= 0) throw unreadable();
    this.#at = at + 2;
    if (this.#columns === 0) this.#columns = columns;
    this.#open = { column: 0, cell: undefined };
    return true;
  }

  /** Continues reading a large row. False if more has to arrive first. */
  #readOpenRow(open: OpenRow): boolean {
    if (this.#rows === 0) {
      const first = this.#addRow(this.#columns);
      this.#lengths.fill(otherBatch, first, first + this.#columns);
    }
    while (open.column < this.#columns) {
      if (!open.cell) {
        if (this.#at + 4 > this.#filled) return false;
        const size = this.#buffer.readInt32BE(this.#at);
        if (size < nullCell) throw unreadable();
        this.#at += 4;
        if (size === nullCell) {
          this.#lengths[open.column++] = nullCell;
          continue;
        }
        open.cell = { from: this.#at, offset: 0, size };
      }
      const { from, offset, size } = open.cell;
      const end = from + size - offset;
      const whole = end <= this.#filled;
      if (!whole && this.#filled - from < this.#sizes.batchBytes) return false;
      this.#starts[open.column] = from;
      this.#lengths[open.column] = (whole ? end : this.#filled) - from;
      const piece = { column: open.column, offset, size };
      this.#at = whole ? end : this.#filled;
      if (whole) {
        open.column++;
        open.cell = undefined;
      }
      if (!whole || offset > 0) return this.#seal(piece);
      if (this.#at >= this.#sizes.batchBytes && open.column < this.#columns) return this.#seal();
    }
    return this.#seal();
  }

  #seal(piece?: CellPiece): true {
    const last = (this.#open?.column ?? 0) >= this.#columns;
    this.#part = { last, ...(piece && { piece }) };
    this.#sealed = true;
    if (last) this.#open = undefined;
    return true;
  }
}

function grown(array: Int32Array, needed: number): Int32Array<ArrayBuffer> {
  const larger = new Int32Array(2 * needed);
  larger.set(array);
  return larger;
}
