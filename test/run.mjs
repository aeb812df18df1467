// Runs the unit tests and a sample of the others, or all with `--all`: tests, then specs, each of which ends with a line that counts.
// Other arguments choose among the tests and leave out the specs. KEEL_TEST_SEED repeats a sample.
import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { readdirSync } from 'node:fs';
import { drawnFiles } from './draw.mjs';

/** Every test that starts a database or a browser takes seconds. */
const oneIn = 8;

const chosen = process.argv.slice(2);
if (chosen[0] === '--all') process.exit(runBoth([], []));
if (chosen.length > 0) process.exit(run('vitest', 'run', ...chosen));

const seed = process.env['KEEL_TEST_SEED'] ?? randomBytes(4).toString('hex');
const tests = filesIn('test/integration', '.test.ts');
const specs = filesIn('test/e2e', '.spec.ts');
const drawn = { tests: drawnFiles(tests, { oneIn, seed }), specs: drawnFiles(specs, { oneIn, seed }) };
process.stdout.write(
  `all unit tests, ${drawn.tests.length} of ${tests.length} files of integration tests and ${drawn.specs.length} of ${specs.length} of specs ` +
    `(KEEL_TEST_SEED=${seed}); npm run test:all runs all of them\n`,
);
process.exit(runBoth(['test/unit', ...drawn.tests], drawn.specs));

function runBoth(testFiles, specFiles) {
  const failed = run('vitest', 'run', ...testFiles);
  return run('playwright', 'test', ...specFiles) || failed;
}

function run(...command) {
  return spawnSync('npx', command, { stdio: 'inherit', shell: process.platform === 'win32' }).status ?? 1;
}

function filesIn(folder, ending) {
  return readdirSync(folder, { recursive: true })
    .filter((path) => path.endsWith(ending))
    .map((path) => `${folder}/${path.replaceAll('\\', '/')}`);
}
