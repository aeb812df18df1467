import { describe, expect, test } from 'vitest';
import { groupTexts, pathOf, type TextGroup } from '#discovery/texts';
import type { CellShape } from '#forms/container';
import { utf8 } from '#test/support/forms/columns';
import { catalogColumn } from '#test/support/forms/text-groups';

const json = { kind: 'json' } as const;
const grouped = (shape: CellShape, cells: readonly (string | null)[]): TextGroup[] =>
  groupTexts(
    catalogColumn('c', shape),
    cells.map((cell) => (cell === null ? null : Buffer.from(cell))),
  );
/** Texts by path; those of whole cells under ''. */
const byPath = (groups: readonly TextGroup[]) =>
  Object.fromEntries(groups.map((group) => [pathOf(group) ?? '', group.texts.map(({ text }) => utf8(text))]));
const leavesOf = (...documents: readonly unknown[]) =>
  byPath(
    grouped(
      json,
      documents.map((document) => JSON.stringify(document)),
    ),
  );

const membersNamed = (count: number, value: (i: number) => unknown) =>
  Object.fromEntries(Array.from({ length: count }, (_, i) => [`id${i}`, value(i)]));

describe('leaves of documents', () => {
  test('are grouped by path over all documents', () => {
    expect(
      leavesOf(
        { auth: { token: 'a' }, list: [{ secret: 'b' }, { secret: 'c' }] },
        { auth: { token: 'd', 'odd key': 'e' }, list: [] },
        { list: ['f'] },
      ),
    ).toEqual({
      '$.auth.token': ['a', 'd'],
      '$.auth["odd key"]': ['e'],
      '$.list[*].secret': ['b', 'c'],
      '$.list[*]': ['f'],
    });
  });

  test('are texts that hold something, as they read without escapes', () => {
    expect(leavesOf({ nothing: ['', null, 1, true, {}, []], g: 'é"\\\n🐍' })).toEqual({
      '$.g': ['é"\\\n🐍'],
    });
    expect(byPath(grouped(json, [String.raw`{"a": "x\/y\u00e9"}`]))).toEqual({ '$.a': ['x/yé'] });
  });

  test('are the document itself where that is one text', () => {
    expect(leavesOf('alone', ['in an array'])).toEqual({ $: ['alone'], '$[*]': ['in an array'] });
  });

  test('are named one by one and taken for a map too up to 24 members, and only for a map beyond', () => {
    const few = leavesOf({ users: membersNamed(24, (i) => ({ token: `t${i}` })) });
    expect(Object.keys(few)).toHaveLength(25);
    expect(few['$.users.id3.token']).toEqual(['t3']);
    expect(few['$.users.*.token']).toHaveLength(24);
    const many = leavesOf({ users: membersNamed(25, (i) => ({ token: `t${i}` })) });
    expect(Object.keys(many)).toEqual(['$.users.*.token']);
    expect(many['$.users.*.token']).toHaveLength(25);
  });

  test('are taken for a map where only all documents together show many members', () => {
    const documents = Array.from({ length: 30 }, (_, i) => ({ [`id${i}`]: `t${i}`, fixed: 'x' }));
    const leaves = leavesOf(...documents);
    expect(Object.keys(leaves)).toEqual(['$.*']);
    expect(leaves['$.*']).toHaveLength(60);
  });

  test('are taken for a map too where most names stand in a few of the documents', () => {
    const documents = Array.from({ length: 6 }, (_, i) => ({ [`id${i}`]: `t${i}` }));
    expect(leavesOf(...documents)['$.*']).toHaveLength(6);
  });

  test('are fields where their names are repeated, though some are missing here and there', () => {
    const documents = Array.from({ length: 6 }, (_, i) => ({
      host: 'h',
      token: 't',
      ...(i % 3 === 0 && { ca: 'c' }),
    }));
    expect(Object.keys(leavesOf(...documents)).sort()).toEqual(['$.ca', '$.host', '$.token']);
  });

  test('are taken for a map inside a map, where no single object shows many members', () => {
    const documents = Array.from({ length: 30 }, (_, i) => ({
      [`org${i}`]: { tokens: { [`a${i}`]: `x${i}`, [`b${i}`]: `y${i}` } },
    }));
    const leaves = leavesOf(...documents);
    expect(Object.keys(leaves)).toEqual(['$.*.tokens.*']);
    expect(leaves['$.*.tokens.*']).toHaveLength(60);
  });

  test('are those of a document with an IV too, each by itself', () => {
    expect(leavesOf({ x: { IV: 'aa', data: 'bb' }, y: { nonce: 'cc' } })).toEqual({
      '$.x.IV': ['aa'],
      '$.x.data': ['bb'],
      '$.y.nonce': ['cc'],
    });
  });

  test('are grouped by their number too, where all arrays have the same few', () => {
    expect(leavesOf(['iv1', 'data1'], ['iv2', 'data2'])).toEqual({
      '$[*]': ['iv1', 'data1', 'iv2', 'data2'],
      '$[0]': ['iv1', 'iv2'],
      '$[1]': ['data1', 'data2'],
    });
    expect(Object.keys(leavesOf(['a', 'b'], ['c', 'd', 'e']))).toEqual(['$[*]']);
    expect(Object.keys(leavesOf(Array.from({ length: 7 }, (_, i) => `t${i}`)))).toEqual(['$[*]']);
  });

  test('are found in a document that is a string of another', () => {
    expect(leavesOf({ config: JSON.stringify({ token: 'é"', more: ['x'] }) })).toEqual({
      '$.config': ['{"token":"é\\"","more":["x"]}'],
      '$.config.token': ['é"'],
      '$.config.more[*]': ['x'],
    });
  });

  test('know their row and the way to them', () => {
    const groups = grouped(json, [null, '{"l": [{"s": "x"}, {"s": "y"}]}', '', '{"l": [{"s": "z"}]}']);
    expect(groups.map((group) => [pathOf(group), group.texts])).toEqual([
      [
        '$.l[*].s',
        [
          { row: 1, text: 'x', trail: ['l', 0, 's'] },
          { row: 1, text: 'y', trail: ['l', 1, 's'] },
          { row: 3, text: 'z', trail: ['l', 0, 's'] },
        ],
      ],
    ]);
  });

  test('are none where the text is no document', () => {
    expect(grouped(json, ['', '{', '{"a": "b",}', '// {"a": "b"}', "{'a': 'b'}", 'plain'])).toEqual([]);
  });

  test('are found though other documents cannot be read', () => {
    expect(byPath(grouped(json, ['{"a": "b"', '{"a": "c"}', '['.repeat(100_000)]))).toEqual({ '$.a': ['c'] });
  });
});

describe('texts of a column', () => {
  test('of text are its cells, and the leaves of those that are documents', () => {
    const groups = grouped({ kind: 'text' }, ['plain', null, '', '{"a": "b"}', '["c"]']);
    expect(byPath(groups)).toEqual({
      '': ['plain', '{"a": "b"}', '["c"]'],
      '$.a': ['b'],
      '$[*]': ['c'],
    });
    expect(groups[0]?.texts.map(({ row }) => row)).toEqual([0, 3, 4]);
  });

  test('of bytes are its cells, one character a byte', () => {
    const groups = groupTexts(catalogColumn('c', { kind: 'bytes' }), [Buffer.from('ff00c3', 'hex'), null]);
    expect(groups).toMatchObject([{ texts: [{ row: 0, text: '\xff\0\xc3', trail: [] }] }]);
    expect(groups[0]).not.toHaveProperty('steps');
  });

  test('of arrays, composite values and hstore are what they hold', () => {
    const texts = { kind: 'array', element: { kind: 'text' }, delimiter: ',' } as const;
    expect(byPath(grouped(texts, ['{a,"b c"}', '{c,NULL}', '{}']))).toEqual({
      '$[*]': ['a', 'b c', 'c'],
    });
    const record = {
      kind: 'record',
      fields: [
        { name: 'id', shape: { kind: 'plain' } },
        { name: 'secret', shape: { kind: 'text' } },
      ],
    } as const;
    expect(byPath(grouped(record, ['(1,"a b")', '(2,)']))).toEqual({
      '$.secret': ['a b'],
    });
    expect(byPath(grouped({ kind: 'hstore' }, ['"k"=>"v", "n"=>NULL']))).toEqual({ '$.k': ['v'] });
    expect(byPath(grouped({ ...texts, element: record }, ['{"(1,x)"}']))).toEqual({
      '$[*].secret': ['x'],
    });
  });
});
