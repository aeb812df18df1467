import { expect, test } from 'vitest';
import { hasPlace, leafPath, putLeaf, takeLeaf } from '#credentials/missing-leaf';
import { rootPlace } from '#forms/container';
import { applyEdits } from '#forms/leaf';
import { parsePath } from '#forms/path';

const rootOf = (text: string) => rootPlace({ text }, { kind: 'json' });
const stateOf = (cell: string) => ({ cell, root: rootOf(cell) });
const edited = (text: string, edit: ReturnType<typeof takeLeaf>) => applyEdits(text, edit ? [edit] : []);

test.each([
  ['a member of an object', '{ "a": {"b" : 1 } }', ['a', 'c'], '{ "a": {"b" : 1,"c":"fresh" } }'],
  ['a member of an empty object', '{"a":{ }}', ['a', 'c'], '{"a":{"c":"fresh" }}'],
  ['a null', '{"a": null ,"b":1}', ['a'], '{"a": "fresh" ,"b":1}'],
  ['an empty text', '["", 2]', [0], '["fresh", 2]'],
  ['a member of an element', '[{"b":1}]', [0, 'a"\n'], '[{"b":1,"a\\"\\n":"fresh"}]'],
  ['a document that is null', ' null ', [], ' "fresh" '],
])('a leaf is put back as %s, and taken out again to the letter', (_, before, path, after) => {
  expect(hasPlace(rootOf(before), path)).toBe(true);
  expect(edited(before, putLeaf(rootOf(before), path, '"fresh"'))).toBe(after);
  expect(edited(after, takeLeaf(stateOf(after), path, stateOf(before)))).toBe(before);
});

test.each([
  ['its object is gone', '{"b":1}', ['a', 'c']],
  ['its object is a text now', '{"a":"x"}', ['a', 'c']],
  ['its object is a list now', '{"a":[]}', ['a', 'c']],
  ['its element is gone', '{"a":[1]}', ['a', 1]],
  ['something is there', '{"a":0}', ['a']],
  ['its object is there twice', '{"a":{},"a":{}}', ['a', 'c']],
  ['it is there twice', '{"a":null,"a":null}', ['a']],
  ['the document is none', '{"a":', ['a']],
])('a leaf has no place where %s', (_, text, path) => {
  expect(hasPlace(rootOf(text), path)).toBe(false);
});

test('the path of a leaf is that of its entry, or the one that was written down if it fits', () => {
  expect(leafPath(parsePath('$.auth["odd key"]'), '')).toEqual(['auth', 'odd key']);
  const branching = parsePath('$.list[*].*.token');
  expect(leafPath(branching, String.raw`$.list[12]["a.\"b"].token`)).toEqual(['list', 12, 'a."b', 'token']);
  for (const leaf of [
    '',
    '$.list[1].token',
    '$.list.x.y.token',
    '$.list[1][2].token',
    '$.list[1].x.other',
    '$.list[1"',
  ])
    expect(leafPath(branching, leaf), leaf).toBeUndefined();
});
