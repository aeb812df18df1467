import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build } from 'vite';

// under the project, so that its dependencies are found
export const builtParts = join(import.meta.dirname, '..', '..', 'out', 'bench');

/** Parts of Keel by their paths in src-main, built as the product is; all that they export. */
export async function builtFrom(paths) {
  const input = Object.fromEntries(paths.map((path) => [path.replaceAll('/', '-'), `src-main/${path}.ts`]));
  await build({
    configFile: false,
    logLevel: 'error',
    build: {
      ssr: true,
      target: 'node20.19',
      outDir: builtParts,
      emptyOutDir: false,
      minify: false,
      rolldownOptions: { input, output: { entryFileNames: '[name].mjs' } },
    },
  });
  const modules = await Promise.all(
    Object.keys(input).map((name) => import(pathToFileURL(join(builtParts, `${name}.mjs`)).href)),
  );
  return Object.assign({}, ...modules);
}
