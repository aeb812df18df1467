// The runs so far, added up: test/faults/results.json, and the page that is written from it.
import { execFileSync } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pageOf } from './page.mjs';
import { emptyCounts, sumOf } from './tally.mjs';

const root = join(import.meta.dirname, '../..');
const kept = join(root, 'test/faults/results.json');

/** Adds a run. `facts` says when it was, of which commit and seed, on what, and what it cost. */
export async function writeResults(tally, facts) {
  const results = JSON.parse(await readFile(kept, 'utf8').catch(() => '{"runs":[],"cells":{}}'));
  const cases = sumOf(tally.cells.values());
  results.runs.push({
    ...facts,
    cases,
    histories: tally.histories,
    complaints: tally.complaints.map(inWords),
  });
  for (const [name, counts] of tally.cells) {
    const [step, kind] = JSON.parse(name);
    const row = (results.cells[step] ??= {});
    row[kind] = listed(sumOf([counts, counted(row[kind])]));
  }
  await writeFile(kept, JSON.stringify(results));
  execFileSync(join(root, 'node_modules/.bin/biome'), ['format', '--write', kept], { stdio: 'ignore' });
  await writeFile(join(root, 'docs/reliability.md'), pageOf(results.runs, cellsOf(results.cells)));
}

const names = Object.keys(emptyCounts());
const listed = (counts) => names.map((name) => counts[name]);
const counted = (list) =>
  list ? Object.fromEntries(names.map((name, i) => [name, list[i]])) : emptyCounts();

/** By step and kind, as a tally has them. */
const cellsOf = (cells) =>
  new Map(
    Object.entries(cells).flatMap(([step, row]) =>
      Object.entries(row).map(([kind, list]) => [JSON.stringify([step, kind]), counted(list)]),
    ),
  );

function inWords({ step, kind, number, where, complaints }) {
  const words = complaints.map((one) => `${one.of}: ${one.words}`).join('; ');
  return step === undefined
    ? `history ${number}: ${words}`
    : `case ${number}, ${step}, ${kind}, ${where}: ${words}`;
}
