import { expect, test } from 'vitest';
import { drawnFiles } from '../draw.mjs';

const files = Array.from({ length: 40 }, (_, i) => `folder/${i}.test.ts`);

test('a seed draws the same files each time, whatever their order, and another seed others', () => {
  const drawn = drawnFiles(files, { oneIn: 8, seed: 'one' });
  expect(drawn).toHaveLength(5);
  expect(drawnFiles([...files].reverse(), { oneIn: 8, seed: 'one' })).toEqual(drawn);
  expect(drawnFiles(files, { oneIn: 8, seed: 'two' })).not.toEqual(drawn);
});

test('many seeds draw each file', () => {
  const seeds = Array.from({ length: 200 }, (_, i) => `seed ${i}`);
  const drawn = new Set(seeds.flatMap((seed) => drawnFiles(files, { oneIn: 8, seed })));
  expect(drawn.size).toBe(files.length);
});
