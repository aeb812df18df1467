import { expect, test } from 'vitest';
import { drawFrom, spread } from '../../faults/random.mjs';

const kinds: [number, string][] = [
  [2, 'kill'],
  [1, 'cut'],
  [1, 'stall'],
  [0.5, 'crash'],
];
const rowOf = (seed: string, length: number) => {
  const at = spread(drawFrom(seed), kinds);
  return Array.from({ length }, (_, place) => at(place));
};

test('each fault comes as often as its weight says, whatever the seed', () => {
  for (let n = 0; n < 50; n++) {
    const row = rowOf(`seed ${n}`, 90);
    const counts = kinds.map(([weight, name]) => row.filter((one) => one === name).length / weight);
    for (const count of counts) expect(Math.abs(count - 20)).toBeLessThanOrEqual(2);
  }
});

test('a seed has the same row of faults each time, and another seed another', () => {
  expect(rowOf('one', 40)).toEqual(rowOf('one', 40));
  expect(rowOf('one', 40)).not.toEqual(rowOf('two', 40));
});

test('a place in the row is the same whatever was asked for before', () => {
  const at = spread(drawFrom('one'), kinds);
  expect(at(30)).toBe(rowOf('one', 31)[30]);
  expect(at(3)).toBe(rowOf('one', 4)[3]);
});
