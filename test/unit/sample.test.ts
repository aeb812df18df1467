import { execFileSync } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'vitest';
import { changedFiles } from '../sample/changes.mjs';
import { drawnFiles } from '../sample/draw.mjs';
import { distancesTo, importGraph } from '../sample/imports.mjs';
import { test } from '../support/temp-folder.ts';

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

test('half of a sample are the files nearest to what was changed, the rest is drawn from all', () => {
  const distances = new Map([
    ['folder/3.test.ts', 1],
    ['folder/30.test.ts', 4],
    ['folder/7.test.ts', 2],
    ['folder/9.test.ts', 2],
  ]);
  const seeds = Array.from({ length: 50 }, (_, i) => `seed ${i}`);
  const samples = seeds.map((seed) =>
    drawnFiles(files, { oneIn: 8, seed, distanceOf: (file) => distances.get(file) }),
  );
  for (const sample of samples) {
    expect(sample.slice(0, 3)).toEqual(
      expect.arrayContaining(['folder/3.test.ts', 'folder/7.test.ts', 'folder/9.test.ts']),
    );
    expect(new Set(sample).size).toBe(5);
  }
  expect(new Set(samples.flat()).size).toBeGreaterThan(30);
});

test('a change is near to what imports it, by any name, and to what runs the program built of it', () => {
  const graph = importGraph(
    new Map([
      ['src-main/room/changed.ts', ''],
      ['src-main/room/beside.ts', "import type { A } from './changed.ts';"],
      ['src-main/cli.ts', "import { b } from '#room/beside';\nimport pg from 'pg';"],
      ['test/own.test.ts', "const { a } = await import('#room/changed');"],
      ['test/built.test.ts', "const cli = resolve('../out/main/cli.js');"],
      ['test/other.test.ts', "import { test } from 'vitest';"],
    ]),
    { '#room/*': './src-main/room/*.ts' },
  );
  expect(Object.fromEntries(distancesTo(['src-main/room/changed.ts'], graph))).toEqual({
    'src-main/room/changed.ts': 0,
    'src-main/room/beside.ts': 1,
    'test/own.test.ts': 1,
    'src-main/cli.ts': 2,
    'test/built.test.ts': 3,
  });
});

test('what was changed, added, renamed or removed since the last commit is told by git, and nothing without it', async ({
  folder,
}) => {
  const git = (...args: string[]) =>
    execFileSync('git', ['-c', 'user.name=a', '-c', 'user.email=a@b.c', ...args], { cwd: folder });
  await writeFile(join(folder, 'kept.ts'), '1');
  await writeFile(join(folder, 'ä b.ts'), '1');
  expect(changedFiles(folder)).toEqual([]);
  git('init', '-q');
  git('add', '.');
  git('commit', '-qm', 'Begin');
  expect(changedFiles(folder)).toEqual([]);
  await writeFile(join(folder, 'ä b.ts'), '2');
  await writeFile(join(folder, 'new.ts'), '1');
  expect(changedFiles(folder)).toEqual(['ä b.ts', 'new.ts']);
});
