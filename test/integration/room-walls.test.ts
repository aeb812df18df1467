import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { beforeAll, expect, test } from 'vitest';

const project = join(import.meta.dirname, '..', '..');
const oxlint = join(project, 'node_modules', '.bin', 'oxlint');

/** One import that some file would make, and whether the linter lets it. */
interface Attempt {
  readonly file: string;
  readonly imports: string;
  readonly refused: boolean;
  readonly types?: boolean;
}

interface Override {
  readonly files: readonly string[];
  readonly rules: { readonly 'no-restricted-imports'?: [string, { patterns: { message: string }[] }] };
}

let overrides: readonly Override[];
/** Every room of the main process, by the name that others import it under: `#crypto/`. */
let rooms: readonly string[];

beforeAll(async () => {
  overrides = (await readJson('.oxlintrc.json')).overrides;
  const names = Object.keys((await readJson('package.json')).imports);
  rooms = names.flatMap((name) => /^#(?!test\/)([a-z-]+)\/\*$/.exec(name)?.[1] ?? []);
});

/** What the linter's own message says a room may import; undefined for a folder that has no rule. */
function allowedTo(room: string): readonly string[] | undefined {
  const override = overrides.find(({ files }) => files.includes(`src-main/${room}/**/*.ts`));
  for (const { message } of override?.rules['no-restricted-imports']?.[1].patterns ?? []) {
    const list = new RegExp(`^the room ${room} may import only: (.*) \\(ARCHITECTURE\\.md\\)$`).exec(message);
    if (list) return list[1] === 'nothing of ours' ? [] : (list[1] as string).split(', ');
  }
  return undefined;
}

test('every folder of the main process is a room with a rule of its own, and a name to be imported under', async () => {
  const entries = await readdir(join(project, 'src-main'), { withFileTypes: true });
  const folders = entries.filter((entry) => entry.isDirectory()).map(({ name }) => name);
  expect(folders.length).toBeGreaterThan(10);
  expect(folders.filter((folder) => allowedTo(folder) === undefined)).toEqual([]);
  expect(folders.filter((folder) => !rooms.includes(folder))).toEqual([]);
});

test('a room may import the rooms that its rule names, and no other', async () => {
  const attempts = rooms.flatMap((room) =>
    rooms
      .filter((other) => other !== room)
      .map((other) => ({
        file: `src-main/${room}/inner/to-${other}.ts`,
        imports: `#${other}/anything`,
        refused: !allowedTo(room)?.includes(other),
      })),
  );
  expect(attempts.filter(({ refused }) => refused).length).toBeGreaterThan(100);
  await expectVerdicts(attempts);
});

test('a room reaches neither another one by its path, nor the router or the composition root', async () => {
  await expectVerdicts(
    rooms.flatMap((room): Attempt[] => {
      const isCaller = ['commands', 'procedures'].includes(room);
      return [
        { file: `src-main/${room}/by-path.ts`, imports: '../crypto/secret.ts', refused: true },
        { file: `src-main/${room}/inner/by-path.ts`, imports: '../../crypto/secret.ts', refused: true },
        { file: `src-main/${room}/detour.ts`, imports: './../crypto/secret.ts', refused: true },
        { file: `src-main/${room}/own.ts`, imports: './sibling.ts', refused: false },
        { file: `src-main/${room}/compose.ts`, imports: '../compose.ts', refused: !isCaller },
        { file: `src-main/${room}/compose-fleet.ts`, imports: '../compose-fleet.ts', refused: !isCaller },
        { file: `src-main/${room}/compose-by-name.ts`, imports: '#compose', refused: !isCaller },
        { file: `src-main/${room}/router.ts`, imports: '#router', refused: room !== 'shell' },
      ];
    }),
  );
});

test('Electron is imported by shell, the entry and the preload only', async () => {
  await expectVerdicts([
    ...rooms.map((room) => ({
      file: `src-main/${room}/electron.ts`,
      imports: 'electron',
      refused: room !== 'shell',
    })),
    { file: 'src-main/crypto/electron-main.ts', imports: 'electron/main', refused: true },
    { file: 'src-main/crypto/electron-type.ts', imports: 'electron', refused: true, types: true },
    ...['cli', 'compose', 'compose-fleet', 'compose-keys', 'compose-census', 'router', 'serve-renderer'].map(
      (name) => ({
        file: `src-main/${name}.ts`,
        imports: 'electron',
        refused: true,
      }),
    ),
    ...['main', 'preload'].map((name) => ({
      file: `src-main/${name}.ts`,
      imports: 'electron',
      refused: false,
    })),
  ]);
});

test('the renderer takes nothing but types, and those from the contract alone', async () => {
  await expectVerdicts([
    ...rooms.flatMap((room) => [
      { file: `src-renderer/value-${room}.ts`, imports: `#${room}/anything`, refused: true },
      {
        file: `src-renderer/screens/home/type-${room}.ts`,
        imports: `#${room}/anything`,
        refused: room !== 'contract',
        types: true,
      },
    ]),
    ...['node:fs', 'electron', '../src-main/crypto/secret.ts', '#router', '#compose'].map((name, i) => ({
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
    await writeFile(join(tree, '.oxlintrc.json'), await readFile(join(project, '.oxlintrc.json')));
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

async function readJson(name: string): Promise<any> {
  return JSON.parse(await readFile(join(project, name), 'utf8'));
}
