import { findNodeAtLocation } from 'jsonc-parser';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseDocument } from '#forms/json-document';

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

describe('a JSON document', () => {
  test('is a tree whose offsets point into the text, beyond emoji too', () => {
    const text = '{ "🔑": ["é", "🐍🐍"], "iv": "abc" }';
    const tree = parseDocument(text);
    const node = tree && findNodeAtLocation(tree, ['iv']);
    expect(node?.value).toBe('abc');
    expect(text.slice(node?.offset, (node?.offset ?? 0) + (node?.length ?? 0))).toBe('"abc"');
  });

  test('is read whatever it holds', () => {
    fc.assert(
      fc.property(fc.json(), fc.constantFrom('', ' ', '\n', '\t', '\r\n'), (text, space) => {
        expect(parseDocument(space + text + space)).toBeDefined();
      }),
    );
  });

  test.for([
    '',
    ' ',
    'plain text',
    '{',
    '{"a":1',
    '{"a":1,}',
    '[1,]',
    "{'a':1}",
    '{a:1}',
    '{"a":1} // note',
    '/* note */ {"a":1}',
    '{"a":1} {"b":2}',
    '{"a":01}',
    '{"a":1.}',
    '{"a":NaN}',
    '{"a":+1}',
    '{"a":"\u0001"}',
    '{"a":"line\nbreak"}',
    '{"a":"\\x41"}',
    '{"a":"\\u00g0"}',
    '{"a":"open}',
    '{"a":1}\u00a0',
  ])('is strict: %j is none', (text) => {
    expect(isJson(text)).toBe(false);
    expect(parseDocument(text)).toBeUndefined();
  });

  test('is one exactly where the runtime says so', () => {
    const piece = fc.constantFrom(
      '{',
      '}',
      '[',
      ']',
      ',',
      ':',
      '"a"',
      '"',
      '1',
      '-',
      '0',
      '.5',
      'e9',
      'true',
      'null',
      ' ',
      '\n',
      '\\',
      '\\u00e9',
      '//',
      '/*',
      '*/',
      'é',
      '\u2028',
      '\ufeff',
      "'",
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 8 }), (pieces) => {
        const text = pieces.join('');
        expect([text, parseDocument(text) !== undefined]).toEqual([text, isJson(text)]);
      }),
      { numRuns: 5_000 },
    );
  });

  test('of one changed character is one exactly where the runtime says so', () => {
    fc.assert(
      fc.property(fc.json(), fc.nat(), fc.string({ maxLength: 1 }), (json, at, character) => {
        const text =
          json.slice(0, at % (json.length + 1)) + character + json.slice((at % (json.length + 1)) + 1);
        expect([text, parseDocument(text) !== undefined]).toEqual([text, isJson(text)]);
      }),
      { numRuns: 2_000 },
    );
  });

  test.for([100, 1_000, 200_000])('nested %i deep is a document or none, never a failure', (depth) => {
    const text = `${'['.repeat(depth)}${']'.repeat(depth)}`;
    expect(() => parseDocument(text)).not.toThrow();
    expect(() => parseDocument(text.slice(1))).not.toThrow();
  });
});
