// Runs every test, then every spec; each ends with one line that counts. Arguments choose among the tests and leave out the specs.
import { spawnSync } from 'node:child_process';

const chosen = process.argv.slice(2);
const run = (...command) =>
  spawnSync('npx', command, { stdio: 'inherit', shell: process.platform === 'win32' }).status ?? 1;

const tests = run('vitest', 'run', ...chosen);
const specs = chosen.length > 0 ? 0 : run('playwright', 'test');
process.exit(tests || specs);
