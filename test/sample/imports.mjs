// Which file of the project imports which, read from the text: the specs' files and styles are no modules that Node could load.
import { readdirSync, readFileSync } from 'node:fs';
import { join, posix } from 'node:path';

const project = join(import.meta.dirname, '../..');

/** Every file of code and style by its path in the project, with its text; fixtures left out. */
export function projectFiles(folder = project) {
  const texts = new Map();
  for (const root of ['src-main', 'src-renderer', 'test']) {
    for (const path of readdirSync(join(folder, root), { recursive: true })) {
      const name = `${root}/${path.replaceAll('\\', '/')}`;
      if (!/\.(ts|tsx|mjs|css)$/.test(name) || name.startsWith('test/fixtures/')) continue;
      texts.set(name, readFileSync(join(folder, name), 'utf8'));
    }
  }
  return texts;
}

/**
 * For each file those that it imports, types included, libraries left out, and the entries whose built form it runs. `aliases` are the
 * `imports` of package.json.
 */
export function importGraph(texts, aliases) {
  return new Map(
    [...texts].map(([name, text]) => [
      name,
      [
        ...specifiersIn(text).map((specifier) => pathOf(name, specifier, aliases)),
        ...entriesRunBy(text),
      ].filter((path) => texts.has(path)),
    ]),
  );
}

/** By how many imports each file is away from the nearest of `targets`; a file that reaches none of them is left out. */
export function distancesTo(targets, graph) {
  const importers = new Map();
  for (const [name, imported] of graph) {
    for (const path of imported) importers.set(path, [...(importers.get(path) ?? []), name]);
  }
  const distances = new Map(targets.map((path) => [path, 0]));
  // a map is walked in the order of its entries, those added on the way included: the nearest first
  for (const [path, distance] of distances) {
    for (const importer of importers.get(path) ?? []) {
      if (!distances.has(importer)) distances.set(importer, distance + 1);
    }
  }
  return distances;
}

/** Whatever stands after `from` or `import`. */
function specifiersIn(text) {
  const pattern = /^(?:(?:import|export)\b[^'";]*?\bfrom |import )'([^']+)'|\bimport\('([^']+)'\)/gm;
  return [...text.matchAll(pattern)].map(([, named, dynamic]) => named ?? dynamic);
}

/** Entries of the main process are built under their own names. */
function entriesRunBy(text) {
  return [...text.matchAll(/'[./]*out\/main\/(\w+)\.js'/g)].map(([, entry]) => `src-main/${entry}.ts`);
}

/** What no alias names is a library's, and no file of the project. */
function pathOf(from, specifier, aliases) {
  if (specifier.startsWith('.')) return posix.join(posix.dirname(from), specifier);
  for (const [alias, target] of Object.entries(aliases)) {
    if (alias === specifier) return posix.normalize(target);
    const folder = alias.slice(0, -1);
    if (alias.endsWith('*') && specifier.startsWith(folder)) {
      return posix.normalize(target.replace('*', specifier.slice(folder.length)));
    }
  }
  return specifier;
}
