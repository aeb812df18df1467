import { type ChildProcess, spawn } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { build } from 'vite';

/** The folder of all rooms, for imports of scripts. */
export const rooms = resolve(import.meta.dirname, '../../../src-main');

/** Node 20 runs no TypeScript, so other processes run a bundle of the same source. Answers the script's path. */
export async function bundleScript(folder: string, source: string): Promise<string> {
  const entry = join(folder, 'script.ts');
  await writeFile(entry, source);
  await build({
    configFile: false,
    root: rooms,
    logLevel: 'error',
    ssr: { noExternal: true },
    build: {
      ssr: true,
      target: 'node20',
      outDir: join(folder, 'out'),
      rolldownOptions: { input: entry, output: { format: 'es', entryFileNames: 'script.mjs' } },
    },
  });
  return join(folder, 'out', 'script.mjs');
}

/** Runs a script in a process of its own; what it says of errors is shown. */
export function runScript(script: string, ...args: string[]): ChildProcess {
  return spawn(process.execPath, [script, ...args], { stdio: ['ignore', 'ignore', 'inherit'] });
}
