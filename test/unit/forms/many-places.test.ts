import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { EncryptedColumn } from '#contract/inventory';
import { readEntry } from '#forms/entry';
import { areDistinguishable, findAlike } from '#forms/generations';
import { countedCalls } from '#test/support/counted-calls';

const formOf = (path: string | undefined, layout = 'base64') =>
  readEntry({
    schema: 'public',
    table: 't',
    column: 'c',
    layout,
    kind: 'unknown',
    ...(path !== undefined && { path }),
  } satisfies EncryptedColumn);

const path = fc
  .array(fc.constantFrom('.a', '.b', '.*', '[*]', '[0]', '[1]'), { maxLength: 4 })
  .map((steps) => `$${steps.join('')}`);
const layout = fc.constantFrom('base64', 'hex', 'base64url', 'json-base64', "'v1:' base64", 'base64 gcm');

test('many places of a column can be told apart where each two of them can', () => {
  fc.assert(
    fc.property(
      fc.array(fc.tuple(fc.option(path, { nil: undefined }), layout), { maxLength: 6 }),
      (entries) => {
        const forms = entries.flatMap(([at, of]) => {
          try {
            return [formOf(at, of)];
          } catch {
            // a layout that a path cannot have
            return [];
          }
        });
        const pairs = forms.flatMap((one, i) => forms.slice(i + 1).map((other) => [one, other] as const));
        const alike = findAlike(forms);
        expect(alike === undefined).toBe(pairs.every(([one, other]) => areDistinguishable(one, other)));
        if (alike) expect(areDistinguishable(...alike)).toBe(false);
      },
    ),
  );
});

/** As long as the contract lets a path be. */
const longPath = (i: number, parts: number) => `$${'.a'.repeat(parts)}.x${i}`;

test.each<[string, (columns: number) => string[]]>([
  [
    'long paths that differ at their ends',
    (columns) => Array.from({ length: columns }, (_, i) => longPath(i, 300)),
  ],
  [
    'paths with a name each for an object, and one for all',
    (columns) => [
      ...Array.from({ length: columns / 2 }, (_, i) => `$.a${i}.x`),
      ...Array.from({ length: 10 }, (_, i) => `$.*.y${i}`),
    ],
  ],
])('of %s, twice as many take about twice the work', (_, pathsOf) => {
  const workOf = (columns: number) => {
    const forms = pathsOf(columns).map((one) => formOf(one));
    return countedCalls(JSON as never, 'stringify', () => expect(findAlike(forms)).toBeUndefined());
  };
  expect(workOf(400)).toBeLessThan(2.2 * workOf(200));
});

test('paths that were made to be compared without end are refused', () => {
  const tail = '.b'.repeat(60);
  const forms = Array.from({ length: 400 }, (_, i) => [
    formOf(`$.a${i}.*${tail}.c`),
    formOf(`$.*.x${i}${tail}.d`),
  ]).flat();
  expect(() => findAlike(forms)).toThrow('too many paths with `*`');
});
