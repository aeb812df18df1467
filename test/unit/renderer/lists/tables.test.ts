import { expect, test } from 'vitest';
import { holdsWords } from '../../../../src-renderer/components/fields/holds-words.ts';
import { rowsInSight } from '../../../../src-renderer/components/layout/use-rows-in-sight.ts';
import { sortRows } from '../../../../src-renderer/components/layout/use-sorted-rows.ts';

test('names are sorted as people count them, numbers as numbers, and equal rows keep their order', () => {
  const names = ['org_10', 'org_2', 'org_1'];
  expect(sortRows(names, (name) => name, false)).toEqual(['org_1', 'org_2', 'org_10']);
  expect(sortRows(names, (name) => name, true)).toEqual(['org_10', 'org_2', 'org_1']);
  expect(sortRows([9, 100, 20], (count) => count, false)).toEqual([9, 20, 100]);
  const rows = [
    { id: 1, kind: 'a' },
    { id: 2, kind: 'a' },
  ];
  expect(sortRows(rows, ({ kind }) => kind, true).map(({ id }) => id)).toEqual([1, 2]);
});

test('of a hundred thousand rows only those around the ones in sight are rendered, and the rest keeps its room', () => {
  for (const top of [0, 50, 99_990, 200_000]) {
    const { first, last, above, below } = rowsInSight(100_000, top, 10, 54);
    expect(last - first).toBeLessThanOrEqual(30);
    expect(above + (last - first) * 54 + below).toBe(5_400_000);
    const shown = Math.min(top, 99_999);
    expect(first).toBeLessThanOrEqual(shown);
    expect(last).toBeGreaterThan(shown);
  }
  expect(rowsInSight(0, 0, 10, 54)).toEqual({ first: 0, last: 0, above: 0, below: 0 });
});

test('a filter wants every typed word, in any order and case', () => {
  expect(holdsWords('public.source_connection Credentials', 'CRED source')).toBe(true);
  expect(holdsWords('public.source_connection', 'cred')).toBe(false);
  expect(holdsWords('anything', '  ')).toBe(true);
});
