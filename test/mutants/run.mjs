// Changes one thing in a room at a time, and looks whether a test of it fails: a seeded sample of Stryker's mutants.
// usage: npm run test:mutants -- [--room NAME] [--sample N] [--seed S] [--write]
import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { Stryker } from '@stryker-mutator/core';
import { createServer } from 'vite';
import { drawFrom } from '../faults/random.mjs';
import { drawMutants, listMutants } from './mutators.mjs';
import { pageOf } from './page.mjs';
import { foldersOf, rooms } from './rooms.mjs';

const { values } = parseArgs({
  options: {
    room: { type: 'string', multiple: true, default: Object.keys(rooms) },
    // mutants of each room
    sample: { type: 'string', default: '30' },
    seed: { type: 'string', default: randomBytes(4).toString('hex') },
    // docs/mutants.md, of which the other rooms stay as they are
    write: { type: 'boolean', default: false },
  },
});
const root = join(import.meta.dirname, '../..');
process.chdir(root);
const kept = join(import.meta.dirname, 'results.json');
const survivors = JSON.parse(await readFile(join(import.meta.dirname, 'survivors.json'), 'utf8'));
const unknown = values.room.find((name) => !Object.hasOwn(rooms, name));
if (unknown !== undefined) throw new Error(`no room is called ${unknown}: ${Object.keys(rooms).join(', ')}`);

const temporary = await mkdtemp(join(tmpdir(), 'keel-mutants-'));
let stopServer;
try {
  for (const room of values.room) {
    if (rooms[room].server && stopServer === undefined) stopServer = await startServer();
    const result = await tryRoom(room);
    say(`${room}: ${result.noticed} of ${result.drawn} noticed`);
    for (const { place, was, became } of result.survived) say(`  ${place}\n  - ${was}\n  + ${became}`);
    if (values.write) await keep(room, result);
  }
} finally {
  await stopServer?.();
  await rm(temporary, { recursive: true, force: true });
}

function say(words) {
  process.stdout.write(`${words}\n`);
}

/** One for all mutants, of this process: the tests' own ends with them, and a mutant may hang. */
async function startServer() {
  // loads what the tests have, which is TypeScript
  const loader = await createServer({
    configFile: false,
    server: { middlewareMode: true, ws: false, watch: null },
    optimizeDeps: { noDiscovery: true },
    logLevel: /** @type {any} */ ('error'),
  });
  const { default: start } = await loader.ssrLoadModule('/test/support/postgres/postgres-server.ts');
  const stop = await start();
  return async () => {
    await stop();
    await loader.close();
  };
}

async function tryRoom(room) {
  const files = await readRoom(room);
  const all = await listMutants(files);
  const { below } = drawFrom('mutants', values.seed, room);
  const left = [...all];
  const chosen = Array.from(
    { length: Math.min(Number(values.sample), all.length) },
    () => left.splice(below(left.length), 1)[0],
  );
  drawMutants(chosen.map(({ key }) => key));
  process.env['KEEL_MUTANT_TESTS'] = JSON.stringify(rooms[room].tests);
  const startedAt = Date.now();
  const results = await new Stryker({
    testRunner: 'vitest',
    plugins: ['@stryker-mutator/vitest-runner'],
    vitest: { configFile: 'test/mutants/vitest.config.ts', related: false },
    mutate: [...new Set(chosen.map(({ file }) => file))],
    // the TypeScript of this project cannot rewrite one
    tsconfigFile: 'none.json',
    coverageAnalysis: 'perTest',
    concurrency: 1,
    reporters: ['progress-append-only'],
    logLevel: /** @type {any} */ ('error'),
    tempDirName: temporary,
    cleanTempDir: 'always',
    ignorePatterns: ['docs', 'dist'],
    // on a busy machine slowness is no sign
    dryRunTimeoutMinutes: 30,
    timeoutMS: 40_000,
    timeoutFactor: 3,
  }).runMutationTest();
  const texts = new Map(files.map(({ name, content }) => [name, content]));
  const told = results.map((result) => describe(result, texts));
  const noticed = told.filter(({ status }) => status === 'Killed' || status === 'Timeout').length;
  return {
    seed: values.seed,
    date: new Date(startedAt).toISOString().slice(0, 10),
    commit: execFileSync('git', ['rev-parse', '--short', 'HEAD'], { encoding: 'utf8' }).trim(),
    minutes: Math.round((Date.now() - startedAt) / 6_000) / 10,
    mutants: all.length,
    drawn: told.length,
    noticed,
    survived: told.filter(({ status }) => status === 'Survived' || status === 'NoCoverage'),
  };
}

async function readRoom(room) {
  const names = [];
  for (const folder of foldersOf(room)) {
    if (folder.endsWith('.ts')) names.push(folder);
    else
      for (const name of await readdir(folder, { recursive: true }))
        if (name.endsWith('.ts')) names.push(`${folder}/${name.replaceAll('\\', '/')}`);
  }
  return Promise.all(
    names
      .toSorted((a, b) => a.localeCompare(b))
      .map(async (name) => ({ name, content: await readFile(name, 'utf8') })),
  );
}

/** Where, in which line, what stood there, and what stands there instead; `status` says whether a test reached it. */
function describe({ fileName, location, replacement, status: told, mutatorName, testsCompleted }, texts) {
  // a change at the top of a module that keeps it from loading leaves no test to fail
  const status = told === 'Survived' && testsCompleted === 0 ? 'Killed' : told;
  const name = fileName.replace(/^.*?(?=src-main\/)/, '');
  const lines = texts.get(name).split('\n');
  // both are counted from one
  const { start, end } = location;
  const within = lines.slice(start.line - 1, end.line);
  within[within.length - 1] = within.at(-1).slice(0, end.column - 1);
  within[0] = within[0].slice(start.column - 1);
  const brief = (text) => text.replaceAll(/\s+/g, ' ').slice(0, 120);
  return {
    place: `${name}:${start.line}`,
    line: lines[start.line - 1].trim(),
    status,
    was: brief(within.join('\n')),
    became: mutatorName === 'Statement' ? '(left out)' : brief(replacement),
  };
}

async function keep(room, result) {
  const results = { ...JSON.parse(await readFile(kept, 'utf8')), [room]: result };
  const inOrder = Object.fromEntries(
    Object.keys(rooms).flatMap((name) => (results[name] ? [[name, results[name]]] : [])),
  );
  await writeFile(kept, `${JSON.stringify(inOrder, undefined, 2)}\n`);
  await writeFile(join(root, 'docs/mutants.md'), pageOf(inOrder, survivors));
}
