import { execFile } from 'node:child_process';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';

const project = join(import.meta.dirname, '..', '..');
const readJson = async (name: string) => JSON.parse(await readFile(join(project, name), 'utf8'));

/** Runs in a process of its own: what each library adds to the built-in prototypes, by its import alone. */
const importAndCompare = `
const builtIns = Object.getOwnPropertyNames(globalThis)
  .filter((name) => /^[A-Z]/.test(name) && typeof globalThis[name] === 'function' && globalThis[name].prototype);
const names = () => builtIns.flatMap((name) => Reflect.ownKeys(globalThis[name].prototype).map((key) => name + '.' + String(key)));
let before = new Set(names());
const told = { failed: [], added: [] };
for (const library of process.argv.slice(1)) {
  await import(library).catch(() => told.failed.push(library));
  for (const name of names()) if (!before.has(name)) told.added.push(library + ' adds ' + name);
  before = new Set(names());
}
console.log(JSON.stringify(told));
`;

test('no library of the process that holds keys adds to the prototypes of the language', async () => {
  const libraries = await importedLibraries();
  expect(libraries.length).toBeGreaterThan(15);
  const { stdout } = await promisify(execFile)(
    process.execPath,
    ['--input-type=module', '-e', importAndCompare, ...libraries],
    { cwd: project },
  );
  const reported = JSON.parse(stdout.trim().split('\n').at(-1) as string);
  expect(reported.added).toEqual([]);
  // it needs the system's libsecret, which not every machine has
  expect(reported.failed.filter((name: string) => name !== '@github/keytar')).toEqual([]);
});

/** What the main process takes from npm, as it is written in its imports. */
async function importedLibraries(): Promise<string[]> {
  const folder = join(project, 'src-main');
  const files = (await readdir(folder, { recursive: true })).filter((name) => name.endsWith('.ts'));
  const texts = await Promise.all(files.map((name) => readFile(join(folder, name), 'utf8')));
  const imports = texts.flatMap((text) => [
    ...text.matchAll(/(?:^import (?!type )[^;]*?from |^import |\bimport\()'([^.#'][^']*)'/gm),
  ]);
  const names = new Set(imports.map(([, name]) => name as string));
  return [...names].filter((name) => !name.startsWith('node:') && name !== 'electron').sort();
}

/** Wanted by packages that only fetch or package Electron, and by the browser that tests bring where there is none. */
const forNewerNode = [
  '@electron-internal/extract-zip',
  '@electron/get',
  '@electron/rebuild',
  '@sparticuz/chromium',
  'electron',
  'node-abi',
];

test('all that Keel runs with accepts the oldest Node that package.json names, and of the tools all but Electron’s and the browser', async () => {
  const { engines } = await readJson('package.json');
  const oldest = versionOf(engines.node);
  const { packages } = await readJson('package-lock.json');
  const refusing = Object.entries<LockedPackage>(packages).filter(
    ([, { engines: wanted }]) => wanted?.node !== undefined && !accepts(wanted.node, oldest),
  );
  expect(refusing.filter(([, { dev }]) => !dev).map(([path]) => path)).toEqual([]);
  expect(refusing.map(([path]) => path.replace(/^.*node_modules\//, '')).sort()).toEqual(forNewerNode);
});

test('every package is locked by a checksum, and none may run a script at its installation that package.json does not name', async () => {
  const { allowScripts } = await readJson('package.json');
  const { packages } = await readJson('package-lock.json');
  const locked = Object.entries<LockedPackage>(packages).filter(([path]) => path !== '');
  expect(
    locked.filter(([, { integrity }]) => !integrity?.startsWith('sha512-')).map(([path]) => path),
  ).toEqual([]);
  const running = locked
    .filter(([, { hasInstallScript }]) => hasInstallScript)
    // an alias has the name of what it stands for
    .map(([path, { name }]) => name ?? path.replace(/^.*node_modules\//, ''));
  expect(running.filter((name) => allowScripts[name] === undefined)).toEqual([]);
  // what is named and no longer there would let another package of that name run
  expect(Object.keys(allowScripts).filter((name) => !running.includes(name))).toEqual([]);
});

interface LockedPackage {
  readonly dev?: boolean;
  readonly name?: string;
  readonly integrity?: string;
  readonly hasInstallScript?: boolean;
  readonly engines?: { readonly node?: string };
}

/** Whether a range such as `^20.17 || >= 22` has a version in it, for the operators that packages use. */
function accepts(range: string, version: readonly number[]): boolean {
  return range.split('||').some((alternative) =>
    [...alternative.matchAll(/(>=|<=|<|>|\^|~|)\s*v?(\d[\d.x]*|\*)/g)].every(([, operator, text = '']) => {
      const bound = versionOf(text);
      const difference = compare(version, bound);
      if (operator === '>=') return difference >= 0;
      if (operator === '<=') return difference <= 0;
      if (operator === '<') return difference < 0;
      if (operator === '>') return difference > 0;
      return text === '*' || (difference >= 0 && version[0] === bound[0]);
    }),
  );
}

const versionOf = (text: string) =>
  [...text.matchAll(/\d+/g), '0', '0', '0'].slice(0, 3).map((part) => Number(part));

const compare = (a: readonly number[], b: readonly number[]) =>
  a.map((part, at) => part - (b[at] as number)).find((difference) => difference !== 0) ?? 0;
