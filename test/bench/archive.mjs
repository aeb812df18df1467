import { execFile } from 'node:child_process';
import { readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
const commandLine = resolve(import.meta.dirname, '../../out/main/cli.js');
const processUse = resolve(import.meta.dirname, 'process-use.mjs');

/** Exports, verifies and, where every row differs, imports with the built command line, as an admin would. */
export async function archiveOnce(folder, url, keys, table, disturb) {
  const inventory = join(folder, 'inventory.json');
  const entry = {
    schema: 'public',
    table: table.name,
    column: table.column,
    layout: 'base64',
    kind: 'credentials',
  };
  await writeFile(inventory, JSON.stringify({ version: 1, columns: [entry] }));
  const archive = join(folder, 'bench.age');
  const keel = async (...args) => {
    const use = join(folder, 'use');
    const startedAt = performance.now();
    const all = [
      commandLine,
      'credentials',
      ...args,
      '--json',
      '--database',
      url,
      '--key-file',
      keys.fromFile,
    ];
    await run(process.execPath, ['--import', processUse, ...all, '--inventory', inventory], {
      env: {
        ...process.env,
        KEEL_HOME: join(folder, 'home'),
        KEEL_BENCH_USE: use,
        KEEL_ARCHIVE_PASSPHRASE: 'a passphrase of five words',
      },
    });
    const ms = performance.now() - startedAt;
    return { ms, ...JSON.parse(await readFile(use, 'utf8')) };
  };
  const exported = await keel('export', '--out', archive);
  const { size } = await stat(archive);
  const verified = await keel('verify', '--archive', archive);
  await disturb();
  const imported = await keel('import', '--archive', archive, '--yes', '--accept', 'other-sessions');
  await rm(archive);
  return { exported, verified, imported, megabytes: size / 2 ** 20 };
}
