import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { qualifiedName, quoteName, quoteText } from '#postgres/identifiers';

describe('a name in SQL', () => {
  test.for([
    ['plain', '"plain"'],
    ['Mixed Case', '"Mixed Case"'],
    ['select', '"select"'],
    ['a"b', '"a""b"'],
    ['"', '""""'],
    ['x"; DROP TABLE t; --', '"x""; DROP TABLE t; --"'],
    ['naïve 表 🐍', '"naïve 表 🐍"'],
    ["it's \\ here", '"it\'s \\ here"'],
    ['line\nbreak', '"line\nbreak"'],
  ] as const)('%j is quoted', ([name, quoted]) => {
    expect(quoteName(name)).toBe(quoted);
  });

  test('never ends its quotes early', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom('"', "'", '\\', '.', 'a', ' ', 'é') }), (name) => {
        const quoted = quoteName(name);
        expect(quoted).toMatch(/^"(?:[^"]|"")*"$/);
        expect(quoted.slice(1, -1).replaceAll('""', '"')).toBe(name);
      }),
    );
  });

  test('of a table has two parts, each quoted', () => {
    expect(qualifiedName('My "Schema"', 'a.b')).toBe('"My ""Schema"""."a.b"');
  });
});

describe('a text in SQL', () => {
  test.for([
    ['', "''"],
    ['plain', "'plain'"],
    ["it's", "'it''s'"],
    ['a\\b', " E'a\\\\b'"],
    ["\\'; --", " E'\\\\''; --'"],
  ] as const)('%j is quoted', ([text, quoted]) => {
    expect(quoteText(text)).toBe(quoted);
  });
});
