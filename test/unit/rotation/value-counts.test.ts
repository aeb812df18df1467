import { expect, test } from 'vitest';
import { ValueCounts } from '#rotation/run/value-counts';
import { targetOf } from './table-target.ts';

const table = () => targetOf({ a: ['base64'], doc: ['$.x base64', '$.y base64'] });
const all = (counts: ValueCounts) =>
  [counts.at(0, 0), counts.at(1, 0), counts.at(1, 1)].map(({ rewritten, left }) => [rewritten, left]);

test('values are counted by their form, rewritten or left', () => {
  const counts = new ValueCounts(table());
  counts.add({ column: 0, form: 0, rewritten: true });
  counts.add({ column: 0, form: 0, rewritten: true });
  counts.add({ column: 1, form: 1, rewritten: false });
  expect(all(counts)).toEqual([
    [2, 0],
    [0, 0],
    [0, 1],
  ]);
});

test('what is removed is as if it had never been added', () => {
  const counts = new ValueCounts(table());
  for (const rewritten of [true, false]) {
    counts.add({ column: 1, form: 0, rewritten });
    counts.remove({ column: 1, form: 0, rewritten });
  }
  expect(all(counts)).toEqual(all(new ValueCounts(table())));
});

test('the counts of late rows are added form by form, and stay what they were', () => {
  const counts = new ValueCounts(table());
  const late = new ValueCounts(table());
  counts.add({ column: 0, form: 0, rewritten: true });
  late.add({ column: 0, form: 0, rewritten: false });
  late.add({ column: 1, form: 1, rewritten: true });
  counts.addAll(late);
  expect(all(counts)).toEqual([
    [1, 1],
    [0, 0],
    [1, 0],
  ]);
  expect(all(late)).toEqual([
    [0, 1],
    [0, 0],
    [1, 0],
  ]);
});
