import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Child, childrenOf, type Place } from '#forms/container';
import { applyEdits, liftEdit } from '#forms/leaf';
import { latin1, shapes, utf8 } from '#test/support/forms/columns';
import { edited, record, rootOf } from '#test/support/forms/cell-places';

describe('a JSON string', () => {
  const only = (written: string) => childrenOf(rootOf(written, shapes.json))[0]?.place as Place;

  test.for([
    ['slashes escaped', '["a\\/b"]', 'x/y', '["x\\/y"]'],
    ['slashes as they are', '["a/b"]', 'x/y', '["x/y"]'],
    ['a plus sign in hex', '["a\\u002Bb"]', 'x+y=', '["x\\u002By="]'],
    ['a plus sign in lower-case hex', '["a\\u002bb"]', 'x+y', '["x\\u002by"]'],
    ['equal signs in hex', '["ab\\u003d\\u003d"]', 'x+==', '["x+\\u003d\\u003d"]'],
    ['letters in hex', '["\\u006ea"]', 'n\nn', '["\\u006e\\n\\u006e"]'],
    ['a quotation mark in hex', '["\\u0022a"]', '"\\', '["\\u0022\\\\"]'],
    ['a backslash before what looks like an escape', '["\\\\u0041"]', 'AB', '["AB"]'],
    ['line breaks as escapes', '["a\\nb"]', 'x\ny', '["x\\ny"]'],
    ['control characters', '["a\\u0001"]', '\u0001\u001f', '["\\u0001\\u001f"]'],
    ['letters beyond ASCII', '["\\u00e9🐍"]', 'é🐍', '["é🐍"]'],
  ] as const)('with %s is written on in the same manner', ([, written, piece, expected]) => {
    expect(edited(written, only(written), piece)).toBe(expected);
    expect(JSON.parse(edited(written, only(written), piece))).toEqual([piece]);
  });

  test('is read as the runtime reads it, and written so that it reads back, whatever it holds', () => {
    const character = fc.oneof(
      fc.string({ unit: 'grapheme', minLength: 1, maxLength: 1 }),
      fc.constantFrom('"', '\\', '/', '\n', '\b', '\u007f', '\u0085', '\ufeff', '\u2028', 'n', 'u'),
    );
    const escaped = (one: string) =>
      Array.from(
        { length: one.length },
        (_, i) => `\\u${one.charCodeAt(i).toString(16).padStart(4, '0')}`,
      ).join('');
    const literal = fc
      .array(fc.tuple(character, fc.constantFrom('plain', 'hex', 'slash')), { maxLength: 12 })
      .map((all) =>
        all
          .map(([one, manner]) => {
            if (manner === 'hex') return escaped(one);
            return manner === 'slash' && one === '/' ? '\\/' : JSON.stringify(one).slice(1, -1);
          })
          .join(''),
      );
    fc.assert(
      fc.property(literal, literal, fc.array(character, { maxLength: 8 }), (before, literal, fresh) => {
        const written = `["${before}${literal}"]`;
        const place = only(written);
        const [whole] = JSON.parse(written) as [string];
        expect(utf8(place.leaf.text)).toBe(whole);
        const from = latin1(JSON.parse(`"${before}"`) as string).length;
        const result = edited(written, place, fresh.join(''), from);
        expect(result.startsWith(`["${before}`)).toBe(true);
        expect(JSON.parse(result)).toEqual([JSON.parse(`"${before}"`) + fresh.join('')]);
      }),
      { numRuns: 1_000 },
    );
  });

  test('that is a document is one to look into, as deep as that goes', () => {
    const inner = JSON.stringify({ s: 'x/"é' });
    const middle = JSON.stringify({ inner });
    const written = JSON.stringify([middle]);
    const leaf = [0, 1].reduce((place) => childrenOf(place)[0]?.place as Place, only(written));
    expect(utf8(leaf.leaf.text)).toBe('x/"é');
    const fresh = JSON.stringify([JSON.stringify({ inner: JSON.stringify({ s: 'a\n"b' }) })]);
    expect(edited(written, leaf, 'a\n"b')).toBe(fresh);
  });

  test('at the root is the place itself', () => {
    const root = rootOf(' "a\\/b" ', shapes.json);
    expect(root.leaf.text).toBe('a/b');
    expect(childrenOf(root)).toEqual([]);
    expect(edited(' "a\\/b" ', root, 'x/y')).toBe(' "x\\/y" ');
  });
});

describe('bytes that are no UTF-8', () => {
  test('stay to the letter around what is replaced, in any container', () => {
    const around = Buffer.from([0xff, 0xc3, 0x80, 0xfe]);
    const wrap = (head: string, middle: string, tail: string) =>
      Buffer.concat([Buffer.from(head), around, Buffer.from(middle), around, Buffer.from(tail)]);
    for (const [shape, head, tail] of [
      [shapes.json, '["', '"]'],
      [shapes.texts, '{"\\"', '"}'],
      [record('one'), '("""', '")'],
      [shapes.hstore, '"k"=>"\\\\', '"'],
    ] as const) {
      const cell = wrap(head, 'old', tail);
      const { leaf } = (childrenOf(rootOf(cell, shape))[0] as Child).place;
      const from = leaf.text.indexOf('old');
      const edit = liftEdit(leaf, { from, to: from + 3, text: 'fresh' });
      const result = Buffer.from(applyEdits(cell.toString('latin1'), [edit]), 'latin1');
      expect(result).toEqual(wrap(head, 'fresh', tail));
    }
  });
});
