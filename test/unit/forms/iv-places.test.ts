import { describe, expect, test } from 'vitest';
import type { CellShape } from '#forms/container';
import { aroundValues, findValues, type FormColumn, replaceValues, type RowValue } from '#forms/row-values';
import { columnOf, type EntryPart, shapes, valuesIn } from '#test/support/forms/columns';

const [iv, other] = [Buffer.from('000102030405060708090a0b0c0d0e0f', 'hex'), Buffer.alloc(16, 0xee)];
const body = Buffer.from('fbefbeff00', 'hex');
const [bodyHex, ivHex] = [body.toString('hex'), iv.toString('hex')];
const dashed = '00010203-0405-0607-0809-0a0b0c0d0e0f';
const hexBody = '"{body hex}"';
const hexIv = '"{iv hex}"';

/** The IVs that are found for the ciphertexts of a row. */
const ivsOf = (values: readonly RowValue[]) => values.map(({ ciphertext }) => ciphertext?.iv);
/** A row with its ciphertext in column `c` and something else in column `n`. */
function row(shape: CellShape, cell: string | Buffer | null, place: NonNullable<EntryPart['iv']>) {
  const columns: FormColumn[] = [
    columnOf(shapes.text, [{ layout: hexBody, iv: { column: 'n', ...place } }]),
    columnOf(shape, [], 'n'),
  ];
  return findValues(columns, [Buffer.from(bodyHex), cell === null ? null : Buffer.from(cell)]);
}

describe('an IV in another column', () => {
  test.for<[string, CellShape, string | Buffer, NonNullable<EntryPart['iv']>]>([
    ['of text, in hex', shapes.text, ivHex, { layout: hexIv }],
    ['of text, in base64', shapes.text, iv.toString('base64'), {}],
    ['of text, after a prefix', shapes.text, `v1:${ivHex}`, { layout: '"v1:{iv hex}"' }],
    ['of bytes', shapes.bytes, iv, { layout: '"{iv raw}"' }],
    ['of UUIDs', shapes.uuid, dashed, { layout: '"{iv uuid}"' }],
    ['of documents', shapes.json, `{"a": {"iv": "${ivHex}"}}`, { layout: hexIv, path: '$.a.iv' }],
    ['of documents that are a string', shapes.json, `"${ivHex}"`, { layout: hexIv, path: '$' }],
    ['of documents in text', shapes.text, `{"iv": "${ivHex}"}`, { layout: hexIv, path: '$.iv' }],
    ['of arrays', shapes.texts, `{x,${ivHex}}`, { layout: hexIv, path: '$[1]' }],
    ['of hstore', shapes.hstore, `"iv"=>"${ivHex}"`, { layout: hexIv, path: '$.iv' }],
  ])('%s is found in its row, and kept', ([, shape, cell, place]) => {
    const [value] = row(shape, cell, place);
    expect(value?.ciphertext).toMatchObject({ iv, body, keepsIv: true });
  });

  test.for<[string, CellShape, string | null, NonNullable<EntryPart['iv']>]>([
    ['NULL', shapes.text, null, { layout: hexIv }],
    ['empty', shapes.text, '', { layout: hexIv }],
    ['too short', shapes.text, ivHex.slice(2), { layout: hexIv }],
    ['too long', shapes.text, `${ivHex}00`, { layout: hexIv }],
    ['in another encoding', shapes.text, iv.toString('base64'), { layout: hexIv }],
    ['not in its document', shapes.json, '{"a": 1}', { layout: hexIv, path: '$.iv' }],
    ['one of several', shapes.texts, `{${ivHex},${ivHex}}`, { layout: hexIv, path: '$[*]' }],
  ])('that is %s leaves the ciphertext unread, and named', ([, shape, cell, place]) => {
    expect(ivsOf(row(shape, cell, place))).toEqual([undefined]);
  });

  test('that is not in the row leaves the ciphertext unread', () => {
    const column = columnOf(shapes.text, [{ layout: hexBody, iv: { column: 'gone', layout: hexIv } }]);
    expect(ivsOf(findValues([column], [Buffer.from(bodyHex)]))).toEqual([undefined]);
  });

  test('serves all ciphertexts of a document', () => {
    const entry = { path: '$.*', layout: hexBody, iv: { column: 'n', layout: hexIv } };
    const columns = [columnOf(shapes.json, [entry]), columnOf(shapes.text, [], 'n')];
    const cells = [Buffer.from(JSON.stringify({ a: bodyHex, b: bodyHex })), Buffer.from(ivHex)];
    expect(ivsOf(findValues(columns, cells))).toEqual([iv, iv]);
  });
});

describe('an IV in another leaf', () => {
  const beside = (path: string, ivPath: string): EntryPart => ({
    path,
    layout: hexBody,
    iv: { path: ivPath, layout: hexIv },
  });
  const otherHex = other.toString('hex');

  test('is the one beside its ciphertext, in every element of a list', () => {
    const cell = JSON.stringify({
      list: [{ iv: ivHex, data: bodyHex }, { data: bodyHex, iv: otherHex }, { data: bodyHex }, { iv: ivHex }],
    });
    expect(ivsOf(valuesIn(cell, shapes.json, beside('$.list[*].data', '$.list[*].iv')))).toEqual([
      iv,
      other,
      undefined,
    ]);
  });

  test('is the one beside its ciphertext, in every member of a map', () => {
    const cell = JSON.stringify({ a: { iv: ivHex, data: bodyHex }, b: { iv: otherHex, data: bodyHex } });
    expect(ivsOf(valuesIn(cell, shapes.json, beside('$.*.data', '$.*.iv')))).toEqual([iv, other]);
  });

  test('may be one for all of a list', () => {
    const cell = JSON.stringify({ iv: ivHex, list: [bodyHex, bodyHex] });
    expect(ivsOf(valuesIn(cell, shapes.json, beside('$.list[*]', '$.iv')))).toEqual([iv, iv]);
  });

  test('may be the first of two elements, of documents and of arrays', () => {
    const [pair, pairs] = [
      `["${ivHex}","${bodyHex}"]`,
      `[["${ivHex}","${bodyHex}"],["${otherHex}","${bodyHex}"]]`,
    ];
    expect(ivsOf(valuesIn(pair, shapes.json, beside('$[1]', '$[0]')))).toEqual([iv]);
    expect(ivsOf(valuesIn(pairs, shapes.json, beside('$[*][1]', '$[*][0]')))).toEqual([iv, other]);
    expect(ivsOf(valuesIn(`{${ivHex},${bodyHex}}`, shapes.texts, beside('$[1]', '$[0]')))).toEqual([iv]);
  });

  test('may be a field of a composite value or of an hstore', () => {
    const fields = ['iv', 'data'].map((name) => ({ name, shape: { kind: 'text' as const } }));
    const part = beside('$.data', '$.iv');
    expect(ivsOf(valuesIn(`(${ivHex},${bodyHex})`, { kind: 'record', fields }, part))).toEqual([iv]);
    expect(ivsOf(valuesIn(`"iv"=>"${ivHex}", "data"=>"${bodyHex}"`, shapes.hstore, part))).toEqual([iv]);
  });

  test('stays where it is, to the letter, when its ciphertext is replaced', () => {
    const cell = Buffer.from(`{ "iv": "${ivHex}", "data": "${bodyHex}" }`);
    const [value] = valuesIn(cell, shapes.json, beside('$.data', '$.iv')) as [RowValue];
    const sealed = Buffer.concat([iv, Buffer.alloc(5, 0xbb)]);
    const fresh = replaceValues(cell, 0, [{ value, edits: value.ciphertext?.rewrite({ sealed }) ?? [] }]);
    expect(fresh.toString()).toBe(`{ "iv": "${ivHex}", "data": "bbbbbbbbbb" }`);
    expect(aroundValues(cell, 0, [value])).toBe(`{ "iv": "${ivHex}", "data": "\0" }`);
  });
});

test('an IV that all values share is theirs, whatever stands in the row', () => {
  for (const [fixed, expected] of [
    ['zero', Buffer.alloc(16)],
    ['key-start', 'key-start'],
  ] as const) {
    const values = valuesIn(`["${bodyHex}","${bodyHex}"]`, shapes.json, {
      path: '$[*]',
      layout: hexBody,
      iv: { fixed },
    });
    const found = ivsOf(values).map((one) => (typeof one === 'string' ? one : one && Buffer.from(one)));
    expect(found).toEqual([expected, expected]);
  }
});
