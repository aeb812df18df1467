import { cp, mkdir, readdir, readFile, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { describe, expect, test as base } from 'vitest';
import { inTerminalWords } from '#commands/act-text';
import { test as withFolder } from '#test/support/temp-folder';
import { reseal, unsealed } from './sealed-text.ts';
import { declaredKinds, firstHome, project, type UsedKind, usedKinds } from './kinds.ts';

/** Each test gets a home as the first Keel left it. */
const test = withFolder.extend<{ home: string }>({
  home: async ({ folder }, use) => {
    const home = join(folder, 'home');
    await cp(firstHome, home, { recursive: true });
    await use(home);
  },
});

const table = usedKinds.map((kind) => [kind.file, kind] as const);
/** What the window forgets is no failure, and is not told. */
const reported = table.filter(([file]) => !file?.startsWith('window/'));

/** The JSON of a file, sealed or not. */
function textOf({ path }: UsedKind, home: string): Promise<string> {
  const file = join(home, path);
  return path.endsWith('.sealed') ? unsealed(file) : readFile(file, 'utf8');
}

async function rewritten(kind: UsedKind, home: string, change: (text: string) => string): Promise<Buffer> {
  const file = join(home, kind.path);
  const text = change(await textOf(kind, home));
  await writeFile(file, kind.path.endsWith('.sealed') ? await reseal(text) : text);
  return readFile(file);
}

function withFields(text: string, fields: object): string {
  return JSON.stringify({ ...JSON.parse(text), ...fields });
}

/** What reading and changing say, in one text; empty where neither does. */
async function complaints(kind: UsedKind, home: string): Promise<string> {
  const said: string[] = [];
  for (const act of [kind.read, kind.change]) {
    await act(home).catch((error) =>
      said.push(`${error.code}: ${error.message} ${inTerminalWords(error.remedy ?? '')}`),
    );
  }
  return said.join('\n');
}

/** The file's bytes, where it was or beside it. */
async function kept(kind: UsedKind, home: string, bytes: Buffer): Promise<boolean> {
  const file = join(home, kind.path);
  for (const name of await readdir(dirname(file))) {
    const path = join(dirname(file), name);
    if (path.startsWith(file) && (await readFile(path)).equals(bytes)) return true;
  }
  return false;
}

/** A field more in every object, as a later Keel may add it. */
function withLaterFields(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withLaterFields);
  if (typeof value !== 'object' || value === null) return value;
  const fields = Object.entries(value).map(([name, inner]) => [name, withLaterFields(inner)]);
  return { ...Object.fromEntries(fields), laterField: { of: 'a later Keel' } };
}

function laterFields(text: string): number {
  return text.split('laterField').length - 1;
}

describe('every kind of state', () => {
  base('that the code declares is tried here, and listed in ARCHITECTURE.md with its version', async () => {
    const declared = await declaredKinds();
    expect(declared.map(({ file }) => file).sort()).toEqual(usedKinds.map(({ file }) => file).sort());
    const text = await readFile(join(project, 'ARCHITECTURE.md'), 'utf8');
    const listed = [...text.matchAll(/^\| `([^`]+)` \| (\d+) \|/gm)].map(([, file, version]) => [
      file,
      Number(version),
    ]);
    expect(Object.fromEntries(listed)).toEqual(
      Object.fromEntries(declared.map(({ file, version }) => [file, version])),
    );
  });

  base('that the first Keel wrote is among the files of its home', async () => {
    const isKind = (path: string) =>
      usedKinds.some(({ file }) => {
        const pattern = file.replaceAll('.', '\\.').replaceAll('*', '[^/]+');
        return new RegExp(`^${pattern}$`).test(path.replace(/(environments\/[^/]+)\/fleet\/[^/]+\//, '$1/'));
      });
    const entries = await readdir(firstHome, { recursive: true, withFileTypes: true });
    const files = entries
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name).slice(firstHome.length + 1));
    expect(files.filter((path) => !isKind(path))).toEqual(['activity.jsonl']);
  });

  test.for(table)('%s of the first Keel opens and is changed', async ([, kind], { home }) => {
    expect(await complaints(kind, home)).toBe('');
    expect(await readFile(join(home, kind.path), 'utf8')).toContain(kind.changed);
    const { version, writtenBy } = JSON.parse(await textOf(kind, home));
    const declared = (await declaredKinds()).find(({ file }) => file === kind.file);
    expect({ version, writtenBy }).toEqual({
      version: declared?.version,
      writtenBy: expect.stringMatching(/^\d+\.\d+\.\d+/),
    });
    // what this Keel has written, it reads
    expect(await complaints({ ...kind, change: async () => undefined }, home)).toBe('');
  });

  test.for(reported)('%s of a newer Keel is refused by its name, and stays', async ([, kind], { home }) => {
    const bytes = await rewritten(kind, home, (text) =>
      withFields(text, { version: 7, writtenBy: '19.2.0', all: 'different' }),
    );
    const said = await complaints(kind, home);
    expect(said.split('\n')).toHaveLength(2);
    for (const line of said.split('\n')) expect(line).toMatch(/was written by Keel 19\.2\.0, but this is \d/);
    expect(said).toContain('state-newer');
    expect(said).toContain('update Keel');
    expect(await readFile(join(home, kind.path))).toEqual(bytes);
  });

  test('the window’s place of a newer Keel stays too', async ({ home }) => {
    const kind = usedKinds.find(({ path }) => path === 'window/state.json') as UsedKind;
    const bytes = await rewritten(kind, home, (text) => withFields(text, { version: 2 }));
    expect(await kind.read(home)).toBeUndefined();
    await kind.change(home);
    expect(await readFile(join(home, kind.path))).toEqual(bytes);
  });

  test.for(reported)(
    '%s that a newer Keel wrote in ways of its own is not called damaged',
    async ([, kind], { home }) => {
      const bytes = await rewritten(kind, home, (text) => {
        const fields = Object.keys(JSON.parse(text)).filter((name) => name !== 'version');
        return withFields(text, { version: 1, writtenBy: '19.2.0', [fields[0] as string]: { of: 'it' } });
      });
      expect(await complaints(kind, home)).toMatch(/was written by Keel 19\.2\.0/);
      expect(await readFile(join(home, kind.path))).toEqual(bytes);
    },
  );

  test.for(table)('%s with fields more, wherever, is read, and they are kept', async ([, kind], { home }) => {
    await rewritten(kind, home, (text) => JSON.stringify(withLaterFields(JSON.parse(text))));
    const added = laterFields(await textOf(kind, home));
    expect(await complaints(kind, home)).toBe('');
    const text = await textOf(kind, home);
    expect(JSON.parse(text).laterField).toEqual({ of: 'a later Keel' });
    expect(laterFields(text)).toBe(added);
  });

  const damage: readonly (readonly [string, (text: Buffer) => Buffer])[] = [
    ['empty', () => Buffer.alloc(0)],
    ['cut off', (text) => text.subarray(0, text.length / 2)],
    ['filled with zeros', (text) => Buffer.alloc(text.length)],
    ['of another type', () => Buffer.from('[1]')],
    ['a number', () => Buffer.from('17')],
    ['no text', () => Buffer.from([0xff, 0xfe, 0x00, 0x80])],
    // of the settings none has to be there
    ['something else', () => Buffer.from('{"version":1,"other":"thing","theme":7}')],
    ['of no version', () => Buffer.from('{"version":"one"}')],
  ];
  for (const [how, damaged] of damage) {
    test.for(table)(`%s that is ${how} is named with a remedy and not lost`, async ([, kind], { home }) => {
      const file = join(home, kind.path);
      const bytes = damaged(await readFile(file));
      await writeFile(file, bytes);
      const said = await complaints(kind, home);
      if (!lenient.includes(kind.file)) {
        expect(said).toMatch(/^state-damaged: /);
        expect(said).toContain(file);
        expect(said.split('\n')[0]).toMatch(
          /(put back|restore|test the connections|run each census|run the check again)/,
        );
      }
      expect(await kept(kind, home, bytes)).toBe(true);
    });
  }

  test.for(table)('%s with a byte order mark is read', async ([, kind], { home }) => {
    const file = join(home, kind.path);
    await writeFile(file, Buffer.concat([Buffer.from('\uFEFF'), await readFile(file)]));
    expect(await complaints(kind, home)).toBe('');
  });

  test.for(table)(
    '%s whose place a folder has is named, and the folder stays',
    async ([, kind], { home }) => {
      const file = join(home, kind.path);
      await rm(file);
      await mkdir(file);
      await writeFile(join(file, 'inner'), 'kept');
      const said = await complaints(kind, home);
      if (!lenient.includes(kind.file)) {
        expect(said).toContain(file);
        expect(said).toContain('it is a folder');
      }
      const there = await readdir(dirname(file), { recursive: true });
      expect(there.filter((name) => name.endsWith('inner'))).toHaveLength(1);
    },
  );

  test.for(table)('%s behind a link is read and changed where it is', async ([, kind], { home, folder }) => {
    const file = join(home, kind.path);
    const elsewhere = join(folder, 'elsewhere');
    await rename(file, elsewhere);
    await symlink(elsewhere, file);
    expect(await complaints(kind, home)).toBe('');
    expect(await readFile(elsewhere, 'utf8')).toContain(kind.changed);
    expect(await readFile(file, 'utf8')).toContain(kind.changed);
  });

  test.for(reported)(
    '%s behind a link that leads nowhere is no new beginning',
    async ([, kind], { home }) => {
      if (lenient.includes(kind.file)) return;
      const file = join(home, kind.path);
      await rm(file);
      await symlink(join(home, 'not-mounted', 'file'), file);
      await expect(kind.read(home)).rejects.toThrow('a symbolic link to a missing file');
    },
  );
});

/** Without these there is still something true to say: a place of the window, a log that is not vouched for. */
const lenient = ['window/state.json', 'window/place.json', 'activity.head.json'];
