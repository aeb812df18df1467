import { execFile } from 'node:child_process';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
const commandLine = resolve(import.meta.dirname, '../../out/main/cli.js');
const processUse = resolve(import.meta.dirname, 'process-use.mjs');

/** Both keys, and files that hold them. */
export async function keysIn(folder, from, to) {
  const files = { fromFile: join(folder, 'from.key'), toFile: join(folder, 'to.key') };
  await writeFile(files.fromFile, from.toString('base64'));
  await writeFile(files.toFile, to.toString('base64'));
  return { from, to, ...files };
}

/** Rotates with the built command line, as an admin would. */
export async function rotateOnce(folder, url, keys, table) {
  const inventory = join(folder, 'inventory.json');
  const entry = {
    schema: 'public',
    table: table.name,
    column: table.column,
    layout: 'base64',
    kind: 'credentials',
  };
  await writeFile(inventory, JSON.stringify({ version: 1, columns: [entry] }));
  const home = join(folder, 'home');
  const use = join(folder, 'use');
  const startedAt = performance.now();
  const { stdout } = await run(
    process.execPath,
    [
      ...['--import', processUse, commandLine, 'rotate', '--json', '--yes', '--database', url],
      ...['--inventory', inventory, '--from-key-file', keys.fromFile, '--to-key-file', keys.toFile],
      ...['--keep-keys-in', 'own-files'],
    ],
    { env: { ...process.env, KEEL_HOME: home, KEEL_BENCH_USE: use } },
  );
  const wallMs = performance.now() - startedAt;
  const { rotation } = JSON.parse(stdout);
  await rm(home, { recursive: true });
  const used = JSON.parse(await readFile(use, 'utf8'));
  return { totalMs: rotation.totalMs, lockMs: rotation.lockMs, rows: rotation.rows, wallMs, ...used };
}
