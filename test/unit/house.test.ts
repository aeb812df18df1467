import { readFile } from 'node:fs/promises';
import { dirname, join, posix } from 'node:path';
import { expect, test } from 'vitest';
import { importGraph, projectFiles } from '../sample/imports.mjs';

const project = join(import.meta.dirname, '..', '..');
const maxFiles = 25;
const maxLines = 300;

/** Every file of code and style, by its path in the project, fixtures left out. */
const texts = projectFiles();

test('a folder has at most 25 files', () => {
  const counts = new Map<string, number>();
  for (const name of texts.keys()) counts.set(dirname(name), (counts.get(dirname(name)) ?? 0) + 1);
  expectWithin(counts, maxFiles);
});

test('a file has at most 300 lines', () => {
  expectWithin(
    new Map([...texts].map(([name, text]) => [name, text.trimEnd().split('\n').length])),
    maxLines,
  );
});

test.each([
  'ARCHITECTURE.md',
  'docs/architecture/flows.md',
  'docs/architecture/shell.md',
  'docs/architecture/tests.md',
])('what %s names is in the code', async (path) => {
  const page = await readFile(join(project, path), 'utf8');
  const code = [...texts.values()].join('\n');
  const files = new Set([...texts.keys()].map((name) => posix.basename(name)));
  const named = [...page.matchAll(/(?<![*\w-])\w[\w-]*\.(?:tsx?|mjs|css)\b/g)].map(([name]) => name);
  const words = [...page.matchAll(/`([A-Za-z]\w+)`/g)].map(([, word = '']) => word);
  const missing = words.filter((word) => !new RegExp(`\\b${word}\\b`).test(code));
  expect([...named.filter((name) => !files.has(name)), ...missing]).toEqual([]);
});

test('no file imports itself by way of others', async () => {
  const { imports } = JSON.parse(await readFile(join(project, 'package.json'), 'utf8'));
  const graph = importGraph(texts, imports);
  expect([...graph.values()].flat().length).toBeGreaterThan(3000);
  expect(cyclesOf(graph)).toEqual([]);
});

test('a cycle of imports is found, however long and by whatever names', () => {
  const graph = new Map([
    ['a', ['b']],
    ['b', ['c', 'd']],
    ['c', ['a']],
    ['d', ['d']],
    ['e', ['a']],
  ]);
  expect(cyclesOf(graph)).toEqual([['d'], ['a', 'b', 'c']]);
});

/** None is over the limit but those that are allowed a number, and none of these is over it, or no longer over the limit. */
function expectWithin(counts: ReadonlyMap<string, number>, max: number): void {
  expect(counts.size).toBeGreaterThan(50);
  expect(Object.fromEntries([...counts].filter(([, count]) => count > max))).toEqual({});
}

/** Groups of files that all reach each other (Tarjan), sorted. */
function cyclesOf(graph: ReadonlyMap<string, readonly string[]>): string[][] {
  const order = new Map<string, number>();
  const lowest = new Map<string, number>();
  const stack: string[] = [];
  const cycles: string[][] = [];
  const visit = (name: string): void => {
    order.set(name, order.size);
    lowest.set(name, order.get(name) as number);
    stack.push(name);
    for (const other of graph.get(name) ?? []) {
      if (!order.has(other)) visit(other);
      if (!stack.includes(other)) continue;
      lowest.set(name, Math.min(lowest.get(name) as number, lowest.get(other) as number));
    }
    if (lowest.get(name) !== order.get(name)) return;
    const group = stack.splice(stack.indexOf(name));
    if (group.length > 1 || graph.get(name)?.includes(name)) cycles.push(group.sort());
  };
  for (const name of graph.keys()) if (!order.has(name)) visit(name);
  return cycles;
}
