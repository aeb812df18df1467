// Programs of these tests that are made of the rooms, as the command line is: built once a run.
import { join, resolve } from 'node:path';
import { build } from 'vite';

const root = resolve(import.meta.dirname, '../../..');
const outDir = join(root, 'out', 'faults');
const names = ['keel-with-replace'];

/** The path of a program of `test/faults/programs`. */
export const programAt = (name) => join(outDir, `${name}.mjs`);

export async function buildPrograms() {
  await build({
    configFile: false,
    root,
    logLevel: 'error',
    build: {
      ssr: true,
      target: 'node20',
      outDir,
      emptyOutDir: false,
      rolldownOptions: {
        input: Object.fromEntries(
          names.map((name) => [name, join(root, 'test', 'faults', 'programs', `${name}.ts`)]),
        ),
        output: { format: 'es', entryFileNames: '[name].mjs' },
      },
    },
  });
}
