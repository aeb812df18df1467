import { execFile } from 'node:child_process';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
export const commandLine = resolve(import.meta.dirname, '../../out/main/cli.js');
const processUse = resolve(import.meta.dirname, 'process-use.mjs');

/** Both keys, and files that hold them. */
export async function keysIn(folder, from, to) {
  const files = { fromFile: join(folder, 'from.key'), toFile: join(folder, 'to.key') };
  await writeFile(files.fromFile, from.toString('base64'));
  await writeFile(files.toFile, to.toString('base64'));
  return { from, to, ...files };
}

/** Runs the built command line as an admin would; its JSON, its time on the clock, and what its process used. Also where it ends with 3. */
export async function keel(folder, args, env = {}) {
  const home = join(folder, 'home');
  const use = join(folder, 'use');
  const startedAt = performance.now();
  const { stdout, stderr } = await run(process.execPath, ['--import', processUse, commandLine, ...args], {
    env: { ...process.env, KEEL_HOME: home, KEEL_BENCH_USE: use, ...env },
    maxBuffer: 64 << 20,
  }).catch((error) => {
    if (error.code === 3) return error;
    // what it says of a failure with --json is on stdout
    throw new Error(`${error.message}${error.stdout}`, { cause: error });
  });
  const seconds = (performance.now() - startedAt) / 1000;
  await rm(home, { recursive: true, force: true });
  const { cpuMs, peakMb } = JSON.parse(await readFile(use, 'utf8'));
  return {
    /** What it said beside its result. */
    said: stderr,
    json: stdout.startsWith('{') ? JSON.parse(stdout) : undefined,
    seconds,
    cpu: cpuMs / 1000,
    peakMb,
  };
}

/** Writes an inventory; its path. */
export async function inventoryFile(folder, inventory) {
  const path = join(folder, 'inventory.json');
  await writeFile(path, JSON.stringify(inventory));
  return path;
}
