import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { copyHeader, copyTrailer, decodeRows, encodeRow } from '#postgres/copy-binary';

const field = fc.option(fc.uint8Array({ maxLength: 12 }).map((bytes) => Buffer.from(bytes)));
const rows = fc.array(fc.array(field, { maxLength: 5 }), { maxLength: 6 });

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

  test('reads back every row, NULL apart from empty', () => {
    fc.assert(
      fc.property(rows, (content) => {
        expect(decodeRows(Buffer.concat(content.map(encodeRow)))).toEqual(content);
      }),
    );
  });
});
