import { describe, expect, test } from 'vitest';
import { collectLeaves } from '#postgres/json-leaves';

/** Leaves as text, by path. */
const leavesOf = (...documents: readonly unknown[]) =>
  Object.fromEntries(
    [...collectLeaves(documents.map((document) => JSON.stringify(document)))].map(([path, leaves]) => [
      path,
      leaves.map((leaf) => leaf.toString('utf8')),
    ]),
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
    expect(leavesOf({ a: '', b: null, c: 1, d: true, e: {}, f: [], g: 'é"\\\n🐍' })).toEqual({
      '$.g': ['é"\\\n🐍'],
    });
    expect(collectLeaves([String.raw`{"a": "x\/y\u00e9"}`])).toEqual(
      new Map([['$.a', [Buffer.from('x/yé')]]]),
    );
  });

  test('are the document itself where that is one text', () => {
    expect(leavesOf('alone', ['in an array'])).toEqual({ $: ['alone'], '$[*]': ['in an array'] });
  });

  test('are named one by one up to 24 members, and taken for a map beyond', () => {
    const few = leavesOf({ users: membersNamed(24, (i) => ({ token: `t${i}` })) });
    expect(Object.keys(few)).toHaveLength(24);
    expect(few['$.users.id3.token']).toEqual(['t3']);
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

  test('are taken for a map inside a map, where no single object shows many members', () => {
    const documents = Array.from({ length: 30 }, (_, i) => ({
      [`org${i}`]: { tokens: { [`a${i}`]: `x${i}`, [`b${i}`]: `y${i}` } },
    }));
    const leaves = leavesOf(...documents);
    expect(Object.keys(leaves)).toEqual(['$.*.tokens.*']);
    expect(leaves['$.*.tokens.*']).toHaveLength(60);
  });

  test('are also objects with an IV, to the letter of the document', () => {
    const sealed = '{ "IV" : "aa",\n "data":"bb" }';
    const leaves = collectLeaves([`{"x": ${sealed}, "y": {"nonce": "cc"}, "z": {"ivory": "dd"}}`]);
    const text = (path: string) => leaves.get(path)?.map(String);
    expect(text('$.x')).toEqual([sealed]);
    expect(text('$.y')).toEqual(['{"nonce": "cc"}']);
    expect(text('$.z')).toBeUndefined();
    expect(text('$.z.ivory')).toEqual(['dd']);
  });

  test('are none where the text is no document', () => {
    expect(collectLeaves(['', '{', '{"a": "b",}', '// {"a": "b"}', "{'a': 'b'}", 'plain'])).toEqual(
      new Map(),
    );
  });

  test('are found though other documents cannot be read', () => {
    expect(collectLeaves(['{"a": "b"', '{"a": "c"}', '['.repeat(100_000)])).toEqual(
      new Map([['$.a', [Buffer.from('c')]]]),
    );
  });
});
