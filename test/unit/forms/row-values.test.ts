import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Edit } from '#forms/leaf';
import { aroundValues, findValues, replaceValues, type RowValue, trailText } from '#forms/row-values';
import { columnOf, latin1, shapes, utf8, valuesIn } from '#test/support/forms/columns';

const paths = (...all: readonly string[]) => all.map((path) => ({ path }));
const find = (cell: string, ...all: readonly string[]) =>
  all.length === 0 ? valuesIn(cell, shapes.text) : valuesIn(cell, shapes.json, ...paths(...all));
const texts = (values: readonly RowValue[]) => values.map((value) => utf8(value.leaf.text));
const whole = (value: RowValue, text: string): Edit[] => [
  { from: 0, to: value.leaf.text.length, text: latin1(text) },
];

/** The cell with every value found replaced by what `fresh` makes of it. */
function rewrite(cell: string, all: readonly string[], fresh: (text: string) => string): string {
  const replacements = find(cell, ...all).map((value) => ({
    value,
    edits: whole(value, fresh(utf8(value.leaf.text))),
  }));
  return replaceValues(Buffer.from(cell), 0, replacements).toString('utf8');
}

describe('values of a cell', () => {
  test('are the cell itself, where the column has no path', () => {
    expect(find('abc')).toMatchObject([{ column: 0, form: 0, leaf: { text: 'abc' } }]);
    expect(find('abc')[0]).not.toHaveProperty('trail');
    expect(find('{"a": "b"}')).toMatchObject([{ leaf: { text: '{"a": "b"}' } }]);
  });

  test('are none in empty text, nor in leaves that are null, empty or missing', () => {
    expect(find('')).toEqual([]);
    expect(find('', '$.a')).toEqual([]);
    expect(find('{"a": null, "b": ""}', '$.a', '$.b', '$.c')).toEqual([]);
    expect(find('null', '$')).toEqual([]);
    expect(findValues([columnOf(shapes.text)], [null])).toEqual([]);
    expect(findValues([columnOf(shapes.text)], [undefined])).toEqual([]);
  });

  test('are the leaves of each form, with the way to them', () => {
    const cell = '{"é🐍": 1, "a": "x", "list": [{"s": "y"}, {"s": "z"}]}';
    const values = find(cell, '$.list[*].s', '$.a');
    expect(values.map(({ form, leaf, trail }) => [form, leaf.text, trail && trailText(trail)])).toEqual([
      [0, 'y', '$.list[0].s'],
      [0, 'z', '$.list[1].s'],
      [1, 'x', '$.a'],
    ]);
  });

  test('are read without escapes', () => {
    expect(texts(find(String.raw`{"a": "x\/y\u00e9\ud83d\udc0d"}`, '$.a'))).toEqual(['x/yé🐍']);
  });

  test('are objects, numbers and the like to the letter, which no layout reads', () => {
    const cell = '{"a": { "iv" : "x" }, "b": 1.50, "c": true, "d": []}';
    const values = valuesIn(
      cell,
      shapes.json,
      ...paths('$.a', '$.b', '$.c', '$.d').map((one) => ({ ...one, layout: 'raw' })),
    );
    expect(texts(values)).toEqual(['{ "iv" : "x" }', '1.50', 'true', '[]']);
    expect(values.every(({ ciphertext }) => ciphertext === undefined)).toBe(true);
  });

  test.for(['json', 'text', 'bytes'] as const)(
    'are the whole cell where it should be a document and is none (%s)',
    (shape) => {
      for (const cell of ['{"a": ', 'plain', '{"a": "b"} trailing', 'A'.repeat(40)]) {
        const values = valuesIn(cell, shapes[shape], ...paths('$.a', '$.b'));
        expect(values.map(({ ciphertext, leaf }) => [leaf.text, ciphertext])).toEqual([[cell, undefined]]);
      }
    },
  );

  test.for(['json', 'text', 'bytes'] as const)(
    'are found in a document that a column of %s holds',
    (shape) => {
      const cell = '{"a": "x", "b": ["y"]}';
      expect(texts(valuesIn(cell, shapes[shape], ...paths('$.a', '$.b[*]')))).toEqual(['x', 'y']);
      expect(texts(valuesIn('"alone"', shapes[shape], ...paths('$')))).toEqual(['alone']);
    },
  );

  test('come by column, and those with no form give none', () => {
    const columns = [
      columnOf(shapes.text, [{}], 'a'),
      columnOf(shapes.text, [], 'nonce'),
      columnOf(shapes.json, paths('$.x'), 'c'),
    ];
    const values = findValues(columns, [
      Buffer.from('one'),
      Buffer.from('two'),
      Buffer.from('{"x":"three"}'),
    ]);
    expect(values.map(({ column, form, leaf }) => [column, form, leaf.text])).toEqual([
      [0, 0, 'one'],
      [2, 0, 'three'],
    ]);
  });
});

describe('a cell with values replaced', () => {
  test('is the fresh value, where the column has no path', () => {
    expect(rewrite('abc', [], (text) => `${text}-fresh`)).toBe('abc-fresh');
  });

  test('keeps every other character of the document', () => {
    const cell = '\n{ "é🐍" : "\\u00e9",\t"a":"x" , "n": 1.50, "list":[{"s":"y"},{"s": "z"}], "e": 1E5 }\n';
    expect(rewrite(cell, ['$.list[*].s', '$.a'], (text) => `${text}${text} longer`)).toBe(
      '\n{ "é🐍" : "\\u00e9",\t"a":"xx longer" , "n": 1.50, "list":[{"s":"yy longer"},{"s": "zz longer"}], "e": 1E5 }\n',
    );
  });

  test('holds what must be escaped as escapes', () => {
    expect(rewrite('{"a": "x"}', ['$.a'], () => 'q"\\\n')).toBe(String.raw`{"a": "q\"\\\n"}`);
  });

  test('is the cell itself where nothing is replaced', () => {
    expect(replaceValues(Buffer.from('{"a": 1}'), 0, []).toString()).toBe('{"a": 1}');
  });

  test('may have only some of its values replaced', () => {
    const cell = '{"list": ["a", "b", "c"]}';
    const value = find(cell, '$.list[*]')[1] as RowValue;
    const replaced = replaceValues(Buffer.from(cell), 0, [{ value, edits: whole(value, 'new') }]);
    expect(replaced.toString()).toBe('{"list": ["a", "new", "c"]}');
  });

  test('reads back as the same document but for its values, whatever it holds', () => {
    const leaf = fc.string({ unit: 'grapheme', minLength: 1 });
    fc.assert(
      fc.property(
        fc.array(fc.record({ s: leaf, other: fc.jsonValue() }), { minLength: 1 }),
        fc.constantFrom(0, 1, 2),
        (list, indent) => {
          const cell = JSON.stringify({ list }, null, indent);
          const replaced = rewrite(cell, ['$.list[*].s'], (text) => `<${text}>`);
          const expected = { list: list.map((item) => ({ ...item, s: `<${item.s}>` })) };
          expect(replaced).toBe(JSON.stringify(expected, null, indent));
        },
      ),
    );
  });
});

describe('what stands around the values of a cell', () => {
  const sealed = (fill: number) => Buffer.alloc(20, fill).toString('base64');
  const around = (cell: string, ...all: string[]) => aroundValues(Buffer.from(cell), 0, find(cell, ...all));

  test('is the same whatever the values are, and tells when anything else changed', () => {
    const cell = (one: string, two: string, note = 'é') =>
      `{"a": "${one}", "note": "${note}", "l": ["${two}"]}`;
    const before = around(cell(sealed(1), sealed(2)), '$.a', '$.l[*]');
    expect(around(cell(sealed(3), sealed(4)), '$.a', '$.l[*]')).toBe(before);
    expect(around(cell(sealed(3), sealed(4), 'e'), '$.a', '$.l[*]')).not.toBe(before);
    expect(before).toBe(latin1('{"a": "\0", "note": "é", "l": ["\0"]}'));
  });

  test('is nothing of a cell that is one value, and all of a cell without any', () => {
    expect(around(sealed(1))).toBe('\0');
    expect(around('plain text!')).toBe('plain text!');
    expect(around('{"a": 1}', '$.a')).toBe('{"a": 1}');
    expect(around('{"a": ', '$.a')).toBe('{"a": ');
  });

  test('holds what a template has around its spans', () => {
    const column = [columnOf(shapes.text, [{ layout: '"k={iv hex};{*}v={body hex};{*}"' }])];
    const cell = (iv: string, body: string) => Buffer.from(`k=${iv.repeat(16)};x, v=${body};ü`);
    const [before, after] = [cell('00', 'aa'), cell('11', 'bb')];
    expect(aroundValues(before, 0, findValues(column, [before]))).toBe(latin1('k=\0;x, v=\0;ü'));
    expect(aroundValues(after, 0, findValues(column, [after]))).toBe(latin1('k=\0;x, v=\0;ü'));
  });
});
