import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type CellShape, type Child, childrenOf, isBlank, type Place, rootPlace } from '#forms/container';
import { applyEdits, cellLeaf, liftEdit } from '#forms/leaf';
import { latin1, shapes, utf8 } from '#test/support/forms/columns';

const text = { kind: 'text' } as const;
const record = (...names: string[]): CellShape => ({
  kind: 'record',
  fields: names.map((name) => ({ name, shape: text })),
});
const rootOf = (written: string | Buffer, shape: CellShape) =>
  rootPlace(cellLeaf(Buffer.from(written)), shape) as Place;

/** The children of a value by name or number, as UTF-8 text. */
const childTexts = (written: string, shape: CellShape) =>
  childrenOf(rootOf(written, shape)).map(({ name, index, place }) => [
    name === undefined ? index : utf8(name),
    utf8(place.leaf.text),
  ]);

/** The value with a piece of a leaf replaced. */
function edited(written: string, { leaf }: Place, piece: string, from = 0, to = leaf.text.length): string {
  const edit = liftEdit(leaf, { from, to, text: latin1(piece) });
  return utf8(applyEdits(latin1(written), [edit]));
}

/** As array_out writes an element. */
const element = (item: string | null) => {
  if (item === null) return 'NULL';
  const isQuoted = item === '' || /^null$/i.test(item) || /["\\{},\s]/.test(item);
  return isQuoted ? `"${item.replace(/["\\]/g, '\\$&')}"` : item;
};
/** As record_out writes a field. */
const field = (item: string | null) => {
  if (item === null) return '';
  return item === '' || /["\\(),\s]/.test(item) ? `"${item.replace(/["\\]/g, '$&$&')}"` : item;
};
/** As hstore_out writes a pair. */
const pair = ([key, item]: [string, string | null]) =>
  `"${key.replace(/["\\]/g, '\\$&')}"=>${item === null ? 'NULL' : `"${item.replace(/["\\]/g, '\\$&')}"`}`;

const unit = fc.constantFrom(...Array.from('aZ0+/="\\{}(), \n\t;:é🐍'), 'NULL');
const item = fc.string({ unit, maxLength: 8 });
const itemOrNull = fc.option(item);

describe('an array', () => {
  test('has its elements without quotes and escapes, by their number', () => {
    expect(childTexts('{a,"b c","d\\"e\\\\",NULL,"NULL","",é}', shapes.texts)).toEqual([
      [0, 'a'],
      [1, 'b c'],
      [2, 'd"e\\'],
      [4, 'NULL'],
      [5, ''],
      [6, 'é'],
    ]);
    expect(childTexts('{}', shapes.texts)).toEqual([]);
  });

  test('of several dimensions or with other bounds has them all in order', () => {
    expect(childTexts('{{a,b},{NULL,"{d}"}}', shapes.texts)).toEqual([
      [0, 'a'],
      [1, 'b'],
      [3, '{d}'],
    ]);
    expect(childTexts('[0:1][-1:0]={{a,b},{c,d}}', shapes.texts).map(([, value]) => value)).toEqual([
      'a',
      'b',
      'c',
      'd',
    ]);
  });

  test('is read whatever it holds, and any piece of any element replaced', () => {
    fc.assert(
      fc.property(
        fc.array(itemOrNull, { minLength: 1, maxLength: 6 }),
        fc.nat(),
        item,
        (items, at, piece) => {
          const write = (all: readonly (string | null)[]) => `{${all.map(element).join(',')}}`;
          const written = write(items);
          const known = items.flatMap((one, i) => (one === null ? [] : [[i, one]]));
          expect(childTexts(written, shapes.texts)).toEqual(known);
          const quoted = known.filter(([, one]) => element(String(one)).startsWith('"'));
          if (quoted.length === 0) return;
          const [index, one] = quoted[at % quoted.length] as [number, string];
          const { place } = childrenOf(rootOf(written, shapes.texts)).find(
            (child) => child.index === index,
          ) as {
            place: Place;
          };
          // a fresh value is as long as the old one, so what stands in quotes goes on standing in quotes
          const fresh = `${piece} ${one}`;
          expect(edited(written, place, fresh)).toBe(write(items.with(index, fresh)));
        },
      ),
    );
  });
});

describe('a composite value', () => {
  test('has its fields by the names of its type; NULL ones are none', () => {
    expect(childTexts('(a,"b c",,"d""e\\\\",é)', record('one', 'two', 'three', 'vier', 'fünf'))).toEqual([
      ['one', 'a'],
      ['two', 'b c'],
      ['vier', 'd"e\\'],
      ['fünf', 'é'],
    ]);
    expect(childTexts('("")', record('one'))).toEqual([['one', '']]);
    expect(childTexts('()', record('one'))).toEqual([]);
  });

  test('is read whatever it holds, and any field replaced', () => {
    fc.assert(
      fc.property(
        fc.array(itemOrNull, { minLength: 1, maxLength: 5 }),
        fc.nat(),
        item,
        (items, at, piece) => {
          const write = (all: readonly (string | null)[]) => `(${all.map(field).join(',')})`;
          const shape = record(...items.map((_, i) => `f${i}`));
          const written = write(items);
          const known = items.flatMap((one, i) => (one === null ? [] : [[i, one] as const]));
          expect(childTexts(written, shape)).toEqual(known.map(([i, one]) => [`f${i}`, one]));
          const quoted = known.filter(([, one]) => field(one).startsWith('"'));
          if (quoted.length === 0) return;
          const [index, one] = quoted[at % quoted.length] as readonly [number, string];
          const child = childrenOf(rootOf(written, shape)).find(({ name }) => name === `f${index}`);
          const fresh = `${piece} ${one}`;
          expect(edited(written, child?.place as Place, fresh)).toBe(write(items.with(index, fresh)));
        },
      ),
    );
  });
});

describe('an hstore', () => {
  test('has its values by their keys; NULL ones are none', () => {
    expect(childTexts('"a"=>"1", "b c"=>NULL, "d\\"e"=>"f\\\\g", "é"=>""', shapes.hstore)).toEqual([
      ['a', '1'],
      ['d"e', 'f\\g'],
      ['é', ''],
    ]);
    expect(childTexts('', shapes.hstore)).toEqual([]);
    expect(childTexts('"NULL"=>NULL, "=>"=>"x"', shapes.hstore)).toEqual([['=>', 'x']]);
  });

  test('is read whatever it holds, and any value replaced', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(item, itemOrNull), { maxLength: 5 }),
        fc.nat(),
        item,
        (pairs, at, fresh) => {
          const write = (all: readonly [string, string | null][]) => all.map(pair).join(', ');
          const written = write(pairs);
          const known = pairs.flatMap((one, i) => (one[1] === null ? [] : [i]));
          const children = childrenOf(rootOf(written, shapes.hstore));
          expect(children.map(({ name = '', place }) => [utf8(name), utf8(place.leaf.text)])).toEqual(
            known.map((i) => pairs[i]),
          );
          if (known.length === 0) return;
          const chosen = at % known.length;
          const index = known[chosen] as number;
          const [key] = pairs[index] as [string, string];
          const place = children[chosen]?.place as Place;
          expect(edited(written, place, fresh)).toBe(write(pairs.with(index, [key, fresh])));
        },
      ),
    );
  });
});

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

describe('a place', () => {
  test('is blank where it is empty or null', () => {
    const blank = childrenOf(rootOf('[null, "", " ", 0, [], {}, false]', shapes.json)).map(({ place }) =>
      isBlank(place),
    );
    expect(blank).toEqual([true, true, false, false, false, false, false]);
  });

  test('of a container in another goes all the way down', () => {
    const shape: CellShape = { kind: 'array', delimiter: ',', element: record('id', 'doc') };
    const row = `(7,${field('{"s":"a b"}')})`;
    const written = `{${element(row)}}`;
    const [child] = childrenOf(rootOf(written, shape));
    const fields = childrenOf(child?.place as Place);
    expect(fields.map(({ name, place }) => [name, place.leaf.text])).toEqual([
      ['id', '7'],
      ['doc', '{"s":"a b"}'],
    ]);
    const secret = childrenOf(fields[1]?.place as Place)[0]?.place as Place;
    expect(edited(written, secret, 'c"d')).toBe(`{${element(`(7,${field('{"s":"c\\"d"}')})`)}}`);
  });

  test('fails on nothing, whatever stands in the cell', () => {
    const anyText = fc.oneof(
      fc.string({ unit: fc.constantFrom(...Array.from('{}()[]",\\=>:a1 NUL')), maxLength: 20 }),
      fc.string({ unit: 'binary' }),
    );
    const anyShape = fc.constantFrom<CellShape>(...Object.values(shapes), record('a', 'b'));
    fc.assert(
      fc.property(anyText, anyShape, (written, shape) => {
        const root = rootPlace(cellLeaf(Buffer.from(written)), shape);
        expect(() => root && childrenOf(root).map(({ place }) => childrenOf(place))).not.toThrow();
      }),
      { numRuns: 2_000 },
    );
  });
});
