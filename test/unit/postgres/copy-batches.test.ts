import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { copyHeader, copyTrailer, encodeRow, type Field } from '#postgres/copy-binary';
import { type CopyBatch, CopyBatches, nullCell, otherBatch } from '#postgres/copy-batches';

const columns = 3;
const field = fc.option(fc.uint8Array({ maxLength: 40 }).map((bytes) => Buffer.from(bytes)));
const rows = fc.array(fc.array(field, { minLength: columns, maxLength: columns }), { maxLength: 12 });
const sizes = { batchBytes: 64, overlap: 16 };

function message(code: string, body: Buffer): Buffer {
  const head = Buffer.alloc(5);
  head.write(code, 'latin1');
  head.writeInt32BE(body.length + 4, 1);
  return Buffer.concat([head, body]);
}

/** What a server sends for these rows, the header in the first row's message as PostgreSQL has it. */
function serverStream(content: readonly (readonly Field[])[], after = Buffer.from('Crest')): Buffer {
  const [first = [], ...others] = content;
  return Buffer.concat([
    message('H', Buffer.from([1, 0, columns, ...Array.from({ length: 2 * columns }, () => 0)])),
    message('d', content.length > 0 ? Buffer.concat([copyHeader(), encodeRow(first)]) : copyHeader()),
    ...others.map((row) => message('d', encodeRow(row))),
    message('d', copyTrailer()),
    message('c', Buffer.alloc(0)),
    after,
  ]);
}

/** Puts rows together again, checking that pieces fit. */
class Collected {
  readonly rows: (Buffer | null | undefined)[][] = [];

  add({ data, firstRow, rows, columns, starts, lengths, part }: CopyBatch): void {
    for (let row = 0; row < rows; row++) {
      const cells = (this.rows[firstRow + row] ??= Array.from({ length: columns }, () => undefined));
      for (let column = 0; column < columns; column++) {
        const start = starts[row * columns + column] as number;
        const length = lengths[row * columns + column] as number;
        if (length === otherBatch) continue;
        const cell = length === nullCell ? null : Buffer.from(data.subarray(start, start + length));
        const piece = part?.piece?.column === column ? part.piece : undefined;
        if (!piece || !cell) {
          expect(cells[column]).toBeUndefined();
          cells[column] = cell;
          continue;
        }
        const before = cells[column] ?? Buffer.alloc(0);
        if (piece.offset > 0) expect(before.subarray(piece.offset)).toEqual(cell.subarray(0, sizes.overlap));
        cells[column] = Buffer.concat([before.subarray(0, piece.offset), cell]);
        expect((cells[column] as Buffer).length).toBeLessThanOrEqual(piece.size);
      }
    }
  }
}

function readAll(stream: Buffer, breaks: readonly number[]) {
  const collected = new Collected();
  const asides: Buffer[] = [];
  const batches = new CopyBatches(sizes, (aside) => asides.push(aside));
  let rest: Buffer = Buffer.alloc(0);
  const edges = [0, ...breaks.map((at) => at % stream.length).toSorted((a, b) => a - b), stream.length];
  for (const [i, end] of edges.slice(1).entries()) {
    const chunk = stream.subarray(edges[i], end);
    if (batches.handBack !== undefined) rest = Buffer.concat([rest, chunk]);
    else {
      batches.push(chunk);
      for (let batch = batches.next(); batch; batch = batches.next()) collected.add(batch);
      if (batches.handBack !== undefined) rest = Buffer.from(batches.handBack);
    }
  }
  return { rows: collected.rows, rest: rest.toString('latin1'), asides };
}

describe('batches of a binary COPY', () => {
  test('hold every row, wherever the stream breaks, cells in pieces where they are large', () => {
    fc.assert(
      fc.property(rows, fc.array(fc.nat(), { maxLength: 30 }), (content, breaks) => {
        const read = readAll(serverStream(content), breaks);
        expect(read.rows).toEqual(content);
        expect(read.rest).toBe('Crest');
      }),
      { numRuns: 500 },
    );
  });

  test('hold every row when bytes come one at a time', () => {
    fc.assert(
      fc.property(rows, (content) => {
        const stream = serverStream(content);
        expect(readAll(stream, [...stream.keys()]).rows).toEqual(content);
      }),
    );
  });

  test('hand a cell of any size on in overlapping pieces, in memory that does not grow with it', () => {
    const batches = new CopyBatches({ batchBytes: 1_000, overlap: 100 });
    const size = 1_000_000;
    const cell = Buffer.alloc(size, 'x');
    const stream = serverStream([[Buffer.from('key'), cell, null]]);
    const pieces: number[] = [];
    let covered = 0;
    for (let at = 0; at < stream.length; at += 333) {
      batches.push(stream.subarray(at, at + 333));
      for (let batch = batches.next(); batch; batch = batches.next()) {
        expect(batch.data.length).toBeLessThan(5_000);
        const piece = batch.part?.piece;
        if (!piece) continue;
        expect(piece.size).toBe(size);
        if (piece.offset > 0) expect(covered - piece.offset).toBe(100);
        covered = piece.offset + (batch.lengths[1] as number);
        pieces.push(covered);
      }
    }
    expect(covered).toBe(size);
    expect(pieces.length).toBeGreaterThan(700);
  });

  test('pass on what the server says in between, and leave an error to the driver', () => {
    const row = [Buffer.from('a'), null, Buffer.alloc(0)];
    const notice = message('N', Buffer.from('Mhello\0\0'));
    const error = message('E', Buffer.from('Mbroken\0\0'));
    const stream = Buffer.concat([
      message('d', Buffer.concat([copyHeader(), encodeRow(row)])),
      notice,
      message('d', encodeRow(row)),
      error,
    ]);
    const read = readAll(stream, [3, 40, 70]);
    expect(read.rows).toEqual([row, row]);
    expect(read.asides).toEqual([notice]);
    expect(read.rest).toBe(error.toString('latin1'));
  });

  test.for([
    ['another header', message('d', Buffer.concat([Buffer.from('PGCOPX'), copyHeader()]))],
    [
      'a cell beyond its message',
      message('d', Buffer.concat([copyHeader(), Buffer.from('000100000009', 'hex')])),
    ],
    ['bytes after a row', message('d', Buffer.concat([copyHeader(), encodeRow([null]), Buffer.of(0)]))],
    ['a negative length', message('d', Buffer.concat([copyHeader(), Buffer.from('0001fffffffe', 'hex')]))],
    ['a message shorter than its length', Buffer.from('6400000003', 'hex')],
  ] as const)('refuse %s', ([, stream]) => {
    expect(() => new CopyBatches().push(stream)).toThrow('did not send a binary COPY');
  });
});

test('a small result takes no room for a whole batch', () => {
  const batches = new CopyBatches();
  batches.push(serverStream([[Buffer.from('a'), null, Buffer.from('b')]]));
  expect(batches.next()?.data.buffer.byteLength).toBeLessThanOrEqual(1 << 16);
});
