import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { CopyRowReader, copyHeader, copyTrailer, encodeRow, type Field } from '#postgres/copy-binary';

const field = fc.option(fc.uint8Array({ maxLength: 12 }).map((bytes) => Buffer.from(bytes)));
const rows = fc.array(fc.array(field, { maxLength: 5 }), { maxLength: 6 });

const encode = (content: readonly (readonly Field[])[]) =>
  Buffer.concat([copyHeader(), ...content.map(encodeRow), copyTrailer()]);

/** What a reader makes of a stream that breaks at the given places. */
function readInPieces(stream: Buffer, breaks: readonly number[]): Field[][] {
  const reader = new CopyRowReader();
  const edges = [0, ...breaks.toSorted((a, b) => a - b), stream.length];
  return edges.slice(1).flatMap((end, i) => reader.read(stream.subarray(edges[i], end)));
}

describe('binary COPY', () => {
  test('begins and ends as the documentation of PostgreSQL has it', () => {
    expect(copyHeader().toString('hex')).toBe('5047434f50590aff0d0a000000000000000000');
    expect(copyTrailer().toString('hex')).toBe('ffff');
  });

  test('writes a row as field count, lengths and bytes, NULL as length -1', () => {
    expect(encodeRow([Buffer.from('abc'), null, Buffer.alloc(0)]).toString('hex')).toBe(
      '000300000003616263ffffffff00000000',
    );
    expect(encodeRow([]).toString('hex')).toBe('0000');
  });

  test('reads back every row, NULL apart from empty, wherever the stream breaks', () => {
    fc.assert(
      fc.property(rows, fc.array(fc.nat()), (content, places) => {
        const stream = encode(content);
        const breaks = places.map((place) => place % (stream.length + 1));
        expect(readInPieces(stream, breaks)).toEqual(content);
      }),
    );
  });

  test('reads back every row when bytes come one at a time', () => {
    fc.assert(
      fc.property(rows, (content) => {
        const stream = encode(content);
        const everywhere = Array.from(stream, (_, i) => i);
        expect(readInPieces(stream, everywhere)).toEqual(content);
      }),
    );
  });

  test('gives a row out as soon as its last byte is there, and not before', () => {
    const reader = new CopyRowReader();
    const row = encodeRow([Buffer.from('abc'), null]);
    expect(reader.read(copyHeader())).toEqual([]);
    for (const byte of row.subarray(0, -1)) expect(reader.read(Buffer.of(byte))).toEqual([]);
    expect(reader.read(row.subarray(-1))).toEqual([[Buffer.from('abc'), null]]);
    expect(reader.read(copyTrailer())).toEqual([]);
  });

  test('skips an extension of the header', () => {
    const header = copyHeader();
    header.writeInt32BE(5, header.length - 4);
    const stream = Buffer.concat([
      header,
      Buffer.from('extra'),
      encodeRow([Buffer.from('x')]),
      copyTrailer(),
    ]);
    for (let place = 0; place <= stream.length; place++) {
      expect(readInPieces(stream, [place])).toEqual([[Buffer.from('x')]]);
    }
  });

  test('keeps fields of many kilobytes that come in small chunks', () => {
    const large = Buffer.alloc(300_000, 'abcdefg');
    const stream = encode([[large, null], [Buffer.alloc(0)]]);
    const breaks = Array.from({ length: Math.floor(stream.length / 4096) }, (_, i) => i * 4096);
    expect(readInPieces(stream, breaks)).toEqual([[large, null], [Buffer.alloc(0)]]);
  });
});
