// Runs in Node's loader thread: gives the built bundles the host in place of Electron, and Node 20 the host's TypeScript.
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';

// what Vite itself compiles with; Node strips types only from 22.18 on
const here = createRequire(import.meta.url);
const { transform } = createRequire(here.resolve('vite'))('rolldown/utils');

export function resolve(specifier, context, next) {
  if (specifier !== 'electron') return next(specifier, context);
  return { url: new URL('./electron.ts', import.meta.url).href, shortCircuit: true };
}

export async function load(url, context, next) {
  if (!url.endsWith('.ts')) return next(url, context);
  const path = fileURLToPath(url);
  const { code, errors } = await transform(path, await readFile(path, 'utf8'));
  if (errors.length > 0) throw new SyntaxError(`${path}: ${errors[0].message}`);
  return { format: 'module', source: code, shortCircuit: true };
}
