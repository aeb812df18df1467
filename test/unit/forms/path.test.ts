import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { formatPath, parsePath, pathsOverlap, type PathStep } from '#forms/path';
import { shapes, utf8, valuesIn } from '#test/support/forms/columns';

const step: fc.Arbitrary<PathStep> = fc.oneof(
  fc.constant('elements' as const),
  fc.constant('members' as const),
  fc.string({ unit: 'binary' }).map((member) => ({ member })),
  fc.nat(999_999).map((index) => ({ index })),
);

/** The texts that a path leads to in a document: of what is no text, its JSON. */
function textsAt(document: string, path: string): string[] {
  return valuesIn(document, shapes.json, { path }).map(({ leaf }) => utf8(leaf.text));
}

describe('a path', () => {
  test.for<[string, PathStep[]]>([
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
    ['$[0]', [{ index: 0 }]],
    ['$.pair[1].x', [{ member: 'pair' }, { index: 1 }, { member: 'x' }]],
    ['$[*][12]', ['elements', { index: 12 }]],
  ])('%s is read', ([text, steps]) => {
    expect(parsePath(text)).toEqual(steps);
  });

  test('is written so that it reads back the same, whatever the members are called', () => {
    fc.assert(
      fc.property(fc.array(step), (steps) => {
        expect(parsePath(formatPath(steps))).toEqual(steps);
      }),
    );
  });

  test('is written with brackets only where it must be', () => {
    const members = (...names: string[]) => names.map((member) => ({ member }));
    expect(formatPath([])).toBe('$');
    expect(formatPath([...members('auth', 'api-key'), 'elements', 'members'])).toBe('$.auth.api-key[*].*');
    expect(formatPath(members('1st', 'a b', '', '"'))).toBe('$["1st"]["a b"][""]["\\""]');
  });

  test.for([
    '$.',
    '$..a',
    '$.a.',
    '$a',
    '$.1a',
    '$.a b',
    '$[-1]',
    '$[1.5]',
    '$[1234567]',
    '$[]',
    '$[a]',
    "$['a']",
    '$["a]',
    '$["a"',
    '$["\\x"]',
    '$["\\u12"]',
    '$["tab\there"]',
    '$.a ',
  ])('%j is refused with an example of how to write it', (text) => {
    expect(() => parsePath(text)).toThrow(
      expect.objectContaining({
        code: 'inventory-malformed',
        message: expect.stringContaining(JSON.stringify(text)),
        remedy: expect.stringContaining('$.list[*].secret'),
      }),
    );
  });
});

describe('what a path leads to', () => {
  const document = JSON.stringify({
    auth: { token: 'a', 'odd key': 'b' },
    list: [{ secret: 'c' }, 'text', { secret: 'd' }, [{ secret: 'not this' }]],
    users: { u1: { token: 'e' }, u2: { other: 'f' }, u3: { token: null }, 'é🐍': { token: 'g' } },
  });

  test('comes in the order of the document', () => {
    expect(textsAt(document, '$')).toEqual([document]);
    expect(textsAt(document, '$.auth.token')).toEqual(['a']);
    expect(textsAt(document, '$.auth["odd key"]')).toEqual(['b']);
    expect(textsAt(document, '$.list[*].secret')).toEqual(['c', 'd']);
    expect(textsAt(document, '$.list[2].secret')).toEqual(['d']);
    expect(textsAt(document, '$.list[1]')).toEqual(['text']);
    expect(textsAt(document, '$.users.*.token')).toEqual(['e', 'g']);
    expect(textsAt(document, '$.users["é🐍"].token')).toEqual(['g']);
  });

  test('is nothing where the document does not go that way', () => {
    for (const path of [
      '$.nothing',
      '$.auth.token.more',
      '$.auth[*]',
      '$.auth[0]',
      '$.list.secret',
      '$.list.*',
      '$.list[9]',
      '$[*]',
      '$[0]',
    ]) {
      expect(textsAt(document, path)).toEqual([]);
    }
  });

  test('is all of them where a member stands twice', () => {
    expect(textsAt('{"a": 1, "a": 2}', '$.a')).toEqual(['1', '2']);
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
    ['$.a[0]', '$.a[*].b', true],
    ['$.a[0]', '$.a[0].b', true],
    ['$.a[0]', '$.a[1]', false],
    ['$.a[0]', '$.a.*', false],
    ['$[0]', '$.a', false],
  ] as const)('%s and %s overlap: %s', ([one, other, expected]) => {
    const [steps, others] = [parsePath(one), parsePath(other)];
    expect(pathsOverlap(steps, others)).toBe(expected);
    expect(pathsOverlap(others, steps)).toBe(expected);
  });
});
