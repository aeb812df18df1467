import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type CellShape, childrenOf, isBlank, type Place, rootPlace } from '#forms/container';
import { cellLeaf } from '#forms/leaf';
import { shapes, utf8 } from '#test/support/forms/columns';
import { edited, record, rootOf } from '#test/support/forms/cell-places';

/** The children of a value by name or number, as UTF-8 text. */
const childTexts = (written: string, shape: CellShape) =>
  childrenOf(rootOf(written, shape)).map(({ name, index, place }) => [
    name === undefined ? index : utf8(name),
    utf8(place.leaf.text),
  ]);

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
