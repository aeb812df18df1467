import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseLayout } from '#crypto/layouts';
import { type CellValue, findValues, replaceValues, type Slot } from '#postgres/cell-values';
import { parseJsonPath } from '#postgres/json-path';

/** A slot of a column; without a path the cell as a whole is the ciphertext. */
function slot(path?: string): Slot {
  const entry = { schema: 's', table: 't', column: 'c', layout: 'base64', kind: 'unknown' } as const;
  const layout = parseLayout('base64');
  return path === undefined
    ? { entry, layout }
    : { entry: { ...entry, path }, layout, path: parseJsonPath(path) };
}

const find = (cell: string, ...paths: readonly string[]) =>
  findValues(Buffer.from(cell), 3, paths.length > 0 ? paths.map(slot) : [slot()]);
const texts = (values: readonly CellValue[]) => values.map((value) => value.text.toString('utf8'));

/** The cell with every value found replaced by what `fresh` makes of it. */
function rewrite(cell: string, paths: readonly string[], fresh: (text: string) => string): string {
  const replacements = find(cell, ...paths).map((value) => ({
    value,
    fresh: Buffer.from(fresh(value.text.toString('utf8'))),
  }));
  return replaceValues(Buffer.from(cell), replacements).toString('utf8');
}

describe('values of a cell', () => {
  test('are the cell itself, where the column has no path', () => {
    expect(find('abc')).toEqual([{ column: 3, slot: 0, text: Buffer.from('abc') }]);
    expect(find('{"a": "b"}')).toMatchObject([{ text: Buffer.from('{"a": "b"}') }]);
  });

  test('are none in empty text, nor in leaves that are null, empty or missing', () => {
    expect(find('')).toEqual([]);
    expect(find('', '$.a')).toEqual([]);
    expect(find('{"a": null, "b": ""}', '$.a', '$.b', '$.c')).toEqual([]);
  });

  test('are the leaves of each slot, with the place in the text', () => {
    const cell = '{"é🐍": 1, "a": "x", "list": [{"s": "y"}, {"s": "z"}]}';
    const values = find(cell, '$.list[*].s', '$.a');
    expect(values.map(({ slot: index, text }) => [index, text.toString()])).toEqual([
      [0, 'y'],
      [0, 'z'],
      [1, 'x'],
    ]);
    for (const { range, text } of values) {
      const at = cell.slice(range?.offset, (range?.offset ?? 0) + (range?.length ?? 0));
      expect(at).toBe(JSON.stringify(text.toString()));
    }
  });

  test('are read without escapes', () => {
    expect(texts(find(String.raw`{"a": "x\/y\u00e9\ud83d\udc0d"}`, '$.a'))).toEqual(['x/yé🐍']);
  });

  test('are objects, numbers and the like to the letter, for the layout to judge', () => {
    const cell = '{"a": { "iv" : "x" }, "b": 1.50, "c": true, "d": []}';
    const values = find(cell, '$.a', '$.b', '$.c', '$.d');
    expect(texts(values)).toEqual(['{ "iv" : "x" }', '1.50', 'true', '[]']);
    expect(values.every(({ range }) => range?.quoted === false)).toBe(true);
  });

  test('are the whole cell where it should be a document and is none', () => {
    for (const cell of ['{"a": ', 'plain', '{"a": "b"} trailing']) {
      expect(texts(find(cell, '$.a'))).toEqual([cell]);
    }
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

  test('holds what must be escaped as escapes, and objects as they are', () => {
    expect(rewrite('{"a": "x"}', ['$.a'], () => 'q"\\\n')).toBe(String.raw`{"a": "q\"\\\n"}`);
    expect(rewrite('{"a": {"iv": "x"}}', ['$.a'], () => '{"iv": "y"}')).toBe('{"a": {"iv": "y"}}');
  });

  test('is the cell itself where nothing is replaced', () => {
    expect(replaceValues(Buffer.from('{"a": 1}'), []).toString()).toBe('{"a": 1}');
  });

  test('may have only some of its values replaced', () => {
    const cell = '{"list": ["a", "b", "c"]}';
    const [, second] = find(cell, '$.list[*]');
    const replaced = replaceValues(Buffer.from(cell), [
      { value: second as CellValue, fresh: Buffer.from('new') },
    ]);
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
