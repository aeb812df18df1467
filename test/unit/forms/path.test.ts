import { parseTree, type Node } from 'jsonc-parser';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { formatJsonPath, type JsonStep, nodesAt, parseJsonPath, pathsOverlap } from '#postgres/json-path';

const step: fc.Arbitrary<JsonStep> = fc.oneof(
  fc.constant('elements' as const),
  fc.constant('members' as const),
  fc.string({ unit: 'binary' }).map((member) => ({ member })),
);

/** The values that a path leads to in a document. */
function valuesAt(document: unknown, path: string): unknown[] {
  const text = JSON.stringify(document);
  return nodesAt(parseTree(text) as Node, parseJsonPath(path)).map((node) =>
    JSON.parse(text.slice(node.offset, node.offset + node.length)),
  );
}

describe('a JSON path', () => {
  test.for<[string, JsonStep[]]>([
    ['$', []],
    ['$.auth.token', [{ member: 'auth' }, { member: 'token' }]],
    ['$.api-key', [{ member: 'api-key' }]],
    ['$._x1', [{ member: '_x1' }]],
    ['$.clé.表', [{ member: 'clé' }, { member: '表' }]],
    ['$["odd key"]', [{ member: 'odd key' }]],
    ['$["a.b"].c', [{ member: 'a.b' }, { member: 'c' }]],
    ['$["say \\"x\\" \\\\ \\u00e9"]', [{ member: 'say "x" \\ é' }]],
    ['$["\u007f\u0085\u2028"]', [{ member: '\u007f\u0085\u2028' }]],
    ['$[""]', [{ member: '' }]],
    ['$["*"]', [{ member: '*' }]],
    ['$.list[*].secret', [{ member: 'list' }, 'elements', { member: 'secret' }]],
    ['$[*][*]', ['elements', 'elements']],
    ['$.*.token', ['members', { member: 'token' }]],
  ])('%s is read', ([text, steps]) => {
    expect(parseJsonPath(text)).toEqual(steps);
  });

  test('is written so that it reads back the same, whatever the members are called', () => {
    fc.assert(
      fc.property(fc.array(step), (steps) => {
        expect(parseJsonPath(formatJsonPath(steps))).toEqual(steps);
      }),
    );
  });

  test('is written with brackets only where it must be', () => {
    const members = (...names: string[]) => names.map((member) => ({ member }));
    expect(formatJsonPath([])).toBe('$');
    expect(formatJsonPath([...members('auth', 'api-key'), 'elements', 'members'])).toBe(
      '$.auth.api-key[*].*',
    );
    expect(formatJsonPath(members('1st', 'a b', '', '"'))).toBe('$["1st"]["a b"][""]["\\""]');
  });

  test.for([
    '$.',
    '$..a',
    '$.a.',
    '$a',
    '$.1a',
    '$.a b',
    '$[0]',
    '$[a]',
    "$['a']",
    '$["a]',
    '$["a"',
    '$["\\x"]',
    '$["\\u12"]',
    '$["tab\there"]',
    '$.a ',
  ])('%j is refused with an example of how to write it', (text) => {
    expect(() => parseJsonPath(text)).toThrow(
      expect.objectContaining({
        code: 'inventory-malformed',
        message: expect.stringContaining(JSON.stringify(text)),
        remedy: expect.stringContaining('$.list[*].secret'),
      }),
    );
  });
});

describe('nodes at a path', () => {
  const document = {
    auth: { token: 'a', 'odd key': 'b' },
    list: [{ secret: 'c' }, 'text', { secret: 'd' }, [{ secret: 'not this' }]],
    users: { u1: { token: 'e' }, u2: { other: 'f' }, u3: { token: null } },
  };

  test('come in the order of the document', () => {
    expect(valuesAt(document, '$')).toEqual([document]);
    expect(valuesAt(document, '$.auth.token')).toEqual(['a']);
    expect(valuesAt(document, '$.auth["odd key"]')).toEqual(['b']);
    expect(valuesAt(document, '$.list[*].secret')).toEqual(['c', 'd']);
    expect(valuesAt(document, '$.users.*.token')).toEqual(['e', null]);
  });

  test('are none where the document does not go that way', () => {
    for (const path of ['$.nothing', '$.auth.token.more', '$.auth[*]', '$.list.secret', '$.list.*', '$[*]']) {
      expect(valuesAt(document, path)).toEqual([]);
    }
  });

  test('are all of them where a member stands twice', () => {
    const tree = parseTree('{"a": 1, "a": 2}') as Node;
    expect(nodesAt(tree, parseJsonPath('$.a')).map((node) => node.value)).toEqual([1, 2]);
  });
});

describe('two paths', () => {
  test.for([
    ['$', '$.a', true],
    ['$.a', '$["a"]', true],
    ['$.a', '$.a.b', true],
    ['$.a', '$.ab', false],
    ['$.*', '$.a', true],
    ['$.*.b', '$.a.b', true],
    ['$.*.b', '$.a.c', false],
    ['$.a[*]', '$.a[*].b', true],
    ['$.a[*]', '$.a.*', false],
    ['$.a[*].b', '$.a[*].c', false],
  ] as const)('%s and %s overlap: %s', ([one, other, expected]) => {
    const [steps, others] = [parseJsonPath(one), parseJsonPath(other)];
    expect(pathsOverlap(steps, others)).toBe(expected);
    expect(pathsOverlap(others, steps)).toBe(expected);
  });
});
