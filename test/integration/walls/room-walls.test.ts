import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, posix } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { readRooms, type Room } from '../../walls/rooms.mjs';

const project = join(import.meta.dirname, '..', '..', '..');
const oxlint = join(project, 'node_modules', '.bin', 'oxlint');

/** One import that some file would make, and whether the linter lets it. */
interface Attempt {
  readonly file: string;
  readonly imports: string;
  readonly refused: boolean;
  readonly types?: boolean;
}

const table = readRooms();
const { electron, renderer } = table;
const named = table.rooms.filter(({ alias }) => alias);
const ofMain = table.rooms.filter(({ place }) => place.startsWith('src-main/'));
const folders = ofMain.filter(({ isFolder }) => isFolder);
/** What stands for something in a room, by its name. */
const nameOf = ({ name, isFolder }: Room) => (isFolder ? `#${name}/anything` : `#${name}`);
/** A file of a room: it may be one. */
const fileIn = (room: Room, name: string) => (room.isFolder ? `${room.place}/${name}.ts` : room.place);

test('the rules of the linter are those of the table', async () => {
  const generate = join(project, 'test/walls/generate.mjs');
  await expect(promisify(execFile)(process.execPath, [generate, '--check'])).resolves.toBeDefined();
});

test('every name in package.json has a room, and every room of files a name', () => {
  const known = [...table.rooms.map(({ name }) => name), ...table.notRooms];
  expect(table.aliases.filter((alias) => !known.includes(alias))).toEqual([]);
  expect(table.notRooms.filter((name) => !table.aliases.includes(name))).toEqual([]);
  const words = table.rooms.flatMap(({ uses }) => uses);
  expect(words.filter((word) => !known.includes(word))).toEqual([]);
});

test('every file of the main process is in a room, and every room has files', async () => {
  const paths = await readdir(join(project, 'src-main'), { recursive: true });
  const files = paths
    .filter((path) => path.endsWith('.ts'))
    .map((path) => `src-main/${path.replaceAll('\\', '/')}`);
  const isIn = (file: string, { place, isFolder }: Room) =>
    isFolder ? file.startsWith(`${place}/`) : file === place;
  expect(files.length).toBeGreaterThan(100);
  expect(files.filter((file) => table.rooms.filter((room) => isIn(file, room)).length !== 1)).toEqual([]);
  expect(ofMain.filter((room) => !files.some((file) => isIn(file, room)))).toEqual([]);
});

test('a room imports from its own layer and lower ones, and no two import each other', () => {
  const layerOf = (name: string) => table.layers.indexOf(byName(name).layer);
  const upward = table.rooms.flatMap(({ name, uses }) =>
    uses.filter((other) => layerOf(other) > layerOf(name)).map((other) => `${name} → ${other}`),
  );
  expect(upward).toEqual([]);
  const reached = (name: string, seen = new Set<string>()): Set<string> => {
    for (const other of byName(name).uses) if (!seen.has(other)) reached(other, seen.add(other));
    return seen;
  };
  expect(table.rooms.filter(({ name }) => reached(name).has(name)).map(({ name }) => name)).toEqual([]);
});

test('a room may import the rooms that the table names, and no other', async () => {
  const attempts = folders.flatMap((room) =>
    named
      .filter((other) => other !== room)
      .map((other) => ({
        file: fileIn(room, `inner/to-${other.name}`),
        imports: nameOf(other),
        refused: !room.uses.includes(other.name),
      })),
  );
  expect(attempts.filter(({ refused }) => refused).length).toBeGreaterThan(100);
  await expectVerdicts(attempts);
});

test('an entry, a file by itself, may import the rooms that the table names, and no other', async () => {
  const entries = ofMain.filter(({ isFolder }) => !isFolder);
  for (const refused of [false, true]) {
    const attempts = entries.flatMap((entry) => {
      const other = named.find((one) => one !== entry && entry.uses.includes(one.name) !== refused);
      return other ? [{ file: entry.place, imports: nameOf(other), refused }] : [];
    });
    await expectVerdicts(attempts);
  }
  await expectVerdicts(
    entries.map(({ place }) => ({ file: place, imports: './crypto/secret.ts', refused: true })),
  );
});

test('a room reaches neither another one by its path, nor what tests are made of', async () => {
  await expectVerdicts(
    folders.flatMap((room): Attempt[] => [
      { file: fileIn(room, 'by-path'), imports: '../crypto/secret.ts', refused: true },
      { file: fileIn(room, 'inner/by-path'), imports: '../../crypto/secret.ts', refused: true },
      { file: fileIn(room, 'detour'), imports: './../crypto/secret.ts', refused: true },
      { file: fileIn(room, 'own'), imports: './sibling.ts', refused: false },
      { file: fileIn(room, 'test'), imports: '#test/host/host', refused: true },
      ...ofMain
        .filter(({ isFolder }) => !isFolder)
        .map(({ name, place }) => ({
          file: fileIn(room, `to-${name}`),
          imports: posix.relative(room.place, place),
          refused: !room.uses.includes(name),
        })),
    ]),
  );
});

test('Electron is imported by the rooms that the table names only', async () => {
  await expectVerdicts([
    ...ofMain.map((room) => ({
      file: fileIn(room, 'electron'),
      imports: 'electron',
      refused: !electron.includes(room.name),
    })),
    { file: fileIn(byName('crypto'), 'electron-main'), imports: 'electron/main', refused: true },
    { file: fileIn(byName('crypto'), 'electron-type'), imports: 'electron', refused: true, types: true },
  ]);
});

test('the renderer takes from the main process what the table says: types here, values there', async () => {
  await expectVerdicts([
    ...named.flatMap((room) => [
      {
        file: `src-renderer/value-${room.name}.ts`,
        imports: nameOf(room),
        refused: !renderer.values.includes(room.name),
      },
      {
        file: `src-renderer/screens/home/type-${room.name}.ts`,
        imports: nameOf(room),
        refused: ![...renderer.values, ...renderer.types].includes(room.name),
        types: true,
      },
    ]),
    ...['node:fs', 'electron', '../src-main/crypto/secret.ts', '#test/host/host'].map((name, i) => ({
      file: `src-renderer/reach-${i}.ts`,
      imports: name,
      refused: true,
    })),
    { file: 'src-renderer/screens/home/home.ts', imports: '../keys/keys.ts', refused: true },
    { file: 'src-renderer/screens/home/shared.ts', imports: '../../components/table.ts', refused: false },
    { file: 'src-renderer/screens/home/hook.ts', imports: '../../use-call.ts', refused: false },
    { file: 'src-renderer/screens/home/around.ts', imports: '../../screens/keys/keys.ts', refused: true },
    { file: 'src-renderer/screens/home/frame.ts', imports: '../../frame/sidebar.ts', refused: true },
    { file: 'src-renderer/screens/home/own.ts', imports: './part.ts', refused: false },
    { file: 'src-renderer/screens/home/own-inner.ts', imports: './inner/part.ts', refused: false },
    { file: 'src-renderer/screens/home/inner/own.ts', imports: '../part.ts', refused: false },
    { file: 'src-renderer/screens/home/inner/beside.ts', imports: '../other/part.ts', refused: false },
    {
      file: 'src-renderer/screens/home/inner/shared.ts',
      imports: '../../../components/marks/a.ts',
      refused: false,
    },
    { file: 'src-renderer/screens/home/inner/hook.ts', imports: '../../../use-call.ts', refused: false },
    { file: 'src-renderer/screens/home/inner/home.ts', imports: '../../keys/keys.ts', refused: true },
    {
      file: 'src-renderer/screens/home/inner/around.ts',
      imports: '../../../screens/keys/keys.ts',
      refused: true,
    },
    { file: 'src-renderer/screens/home/inner/frame.ts', imports: '../../../frame/sidebar.ts', refused: true },
    { file: 'src-renderer/app.ts', imports: 'react', refused: false },
  ]);
});

test('the tree as it stands keeps every wall', async () => {
  const { refused, files } = await lint(project, ['src-main', 'src-renderer']);
  expect(files).toBeGreaterThan(100);
  expect(refused).toEqual([]);
});

/** Lints a tree that holds nothing but these imports, a file each, by the project's own rules. */
async function expectVerdicts(attempts: readonly Attempt[]): Promise<void> {
  const tree = await mkdtemp(join(tmpdir(), 'keel-test-walls-'));
  try {
    for (const name of ['.oxlintrc.json', 'test/walls/lint-rules.generated.json']) {
      await mkdir(dirname(join(tree, name)), { recursive: true });
      await writeFile(join(tree, name), await readFile(join(project, name)));
    }
    for (const { file, imports, types = false } of attempts) {
      await mkdir(dirname(join(tree, file)), { recursive: true });
      const statement = types
        ? `export type { thing } from '${imports}';\n`
        : `export { thing } from '${imports}';\n`;
      await writeFile(join(tree, file), statement);
    }
    const { refused, files } = await lint(tree, ['.']);
    const verdicts = (isRefused: (attempt: Attempt) => boolean) =>
      attempts.map((attempt) => `${attempt.file} → ${attempt.imports}: ${isRefused(attempt)}`);
    expect(files).toBe(attempts.length);
    expect(verdicts(({ file }) => refused.includes(file))).toEqual(verdicts(({ refused }) => refused));
  } finally {
    await rm(tree, { recursive: true, force: true });
  }
}

/** Files with an import that the rules refuse, and how many files were looked at. */
async function lint(folder: string, paths: readonly string[]): Promise<{ refused: string[]; files: number }> {
  const ran = promisify(execFile)(oxlint, ['--format', 'json', ...paths], {
    cwd: folder,
    maxBuffer: 2 ** 26,
  });
  // it ends with 1 where it finds something
  const { stdout } = await ran.catch((error: { stdout: string }) => error);
  const { diagnostics, number_of_files: files } = JSON.parse(stdout);
  const refused = diagnostics
    .filter(({ code }: { code: string }) => code.includes('no-restricted-imports'))
    .map(({ filename }: { filename: string }) => filename);
  return { refused, files };
}

function byName(wanted: string): Room {
  return table.rooms.find(({ name }) => name === wanted) as Room;
}
