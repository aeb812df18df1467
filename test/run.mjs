// Runs the unit tests and a sample of the others, or all with `--all`: tests, then specs, each of which ends with a line that counts.
// Other arguments choose among the tests and leave out the specs. KEEL_TEST_SEED repeats a sample of the same changes.
import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { changedFiles } from './sample/changes.mjs';
import { drawnFiles } from './sample/draw.mjs';
import { distancesTo, importGraph, projectFiles } from './sample/imports.mjs';
import { runWatched } from './sample/watched.mjs';

const project = join(import.meta.dirname, '..');

/** Every test that starts a database or a browser takes seconds. */
const oneIn = 10;

const chosen = process.argv.slice(2);
if (chosen[0] === '--all') process.exit(await runBoth([], []));
if (chosen.length > 0) process.exit(await run('vitest', 'run', ...chosen));

const seed = process.env['KEEL_TEST_SEED'] ?? randomBytes(4).toString('hex');
const files = projectFiles(project);
const { imports } = JSON.parse(readFileSync(join(project, 'package.json'), 'utf8'));
const changed = changedFiles(project);
const distances = distancesTo(changed, importGraph(files, imports));
// tests are in a folder named as the room, where one capability is tried through the whole program
const rooms = new Set(changed.map((path) => path.split('/')[1]));
const distanceOf = (path) => (rooms.has(path.split('/')[2]) ? 0 : distances.get(path));
const tests = filesIn('test/integration', '.test.ts');
const specs = filesIn('test/e2e', '.spec.ts');
const drawn = {
  tests: drawnFiles(tests, { oneIn, seed, distanceOf }),
  specs: drawnFiles(specs, { oneIn, seed, distanceOf }),
};
process.stdout.write(
  `all unit tests, ${drawn.tests.length} of ${tests.length} files of integration tests and ${drawn.specs.length} of ${specs.length} of specs, ` +
    `half of them near to ${changed.length} changed files (KEEL_TEST_SEED=${seed}); npm run test:all runs all of them\n`,
);
process.exit(await runBoth(['test/unit', ...drawn.tests], drawn.specs));

async function runBoth(testFiles, specFiles) {
  const failed = await run('vitest', 'run', ...testFiles);
  return (await run('playwright', 'test', ...specFiles)) || failed;
}

/** At a terminal somebody sees whether it goes on. */
async function run(...command) {
  if (process.stdout.isTTY || process.platform === 'win32')
    return spawnSync('npx', command, { stdio: 'inherit', shell: process.platform === 'win32' }).status ?? 1;
  return runWatched('npx', command, { silenceMs: 15 * 60_000, endMs: 120_000 });
}

function filesIn(folder, ending) {
  return [...files.keys()].filter((path) => path.startsWith(`${folder}/`) && path.endsWith(ending));
}
