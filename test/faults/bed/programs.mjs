// Programs of these tests that are made of the rooms, as the command line is: built once a run.
import { join, resolve } from 'node:path';
import { build } from 'vite';

const root = resolve(import.meta.dirname, '../../..');
const built = new Map();

/** The path of a program of `test/faults/programs`. */
export function programAt(name) {
  if (!built.has(name)) built.set(name, buildProgram(name));
  return built.get(name);
}

async function buildProgram(name) {
  const outDir = join(root, 'out', 'faults');
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
        input: { [name]: join(root, 'test', 'faults', 'programs', `${name}.ts`) },
        output: { format: 'es', entryFileNames: '[name].mjs' },
      },
    },
  });
  return join(outDir, `${name}.mjs`);
}
