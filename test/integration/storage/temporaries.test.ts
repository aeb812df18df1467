import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, open, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'vitest';
import { writeDurably } from '#storage/durable-file';
import { ownMark } from '#storage/process-mark';
import { noteTemporariesIn, sweepTemporaries } from '#storage/temporaries';
import { test } from '#test/support/temp-folder';

// What is written elsewhere is noted first, and what a killed process noted is removed by the next.

/** Where notes are made, in a home of its own. */
async function homeIn(folder: string): Promise<string> {
  const notes = join(folder, 'home', 'temporaries');
  await mkdir(join(folder, 'home'));
  noteTemporariesIn(notes);
  return notes;
}

async function readNotes(notes: string): Promise<any[]> {
  const names = await readdir(notes).catch(() => []);
  return Promise.all(names.map(async (name) => JSON.parse(await readFile(join(notes, name), 'utf8'))));
}

/** Data that looks, as it is written, at what is noted. */
async function* lookingAt(notes: string, seen: any[]): AsyncGenerator<Buffer> {
  seen.push(...(await readNotes(notes)));
  yield Buffer.from('content');
}

test('a file is noted while it is written, and no longer', async ({ folder }) => {
  const notes = await homeIn(folder);
  const path = join(folder, 'new.key');
  const seen: any[] = [];
  await writeDurably(path, lookingAt(notes, seen), { mustBeNew: true });
  expect(seen).toMatchObject([{ pid: process.pid, reserved: path }]);
  expect(seen[0].temporary).toMatch(/\.new\.key\..*\.tmp$/);
  expect(await readNotes(notes)).toEqual([]);
});

test.for([{ mustBeNew: true }, { mustBeNew: false }])(
  'a file that was there before is not noted as one to be removed (%o)',
  async (options, { folder }) => {
    const notes = await homeIn(folder);
    const path = join(folder, 'theirs');
    await writeFile(path, '');
    const seen: any[] = [];
    const written = writeDurably(path, lookingAt(notes, seen), options);
    await (options.mustBeNew ? expect(written).rejects.toMatchObject({ code: 'file-exists' }) : written);
    expect(seen).toHaveLength(1);
    expect(seen[0].reserved).toBeUndefined();
    expect(await readNotes(notes)).toEqual([]);
  },
);

async function deadProcess(): Promise<number> {
  const child = spawn(process.execPath, ['--eval', '']);
  await once(child, 'exit');
  return child.pid as number;
}

async function note(notes: string, name: string, content: object): Promise<void> {
  await mkdir(notes, { recursive: true });
  await writeFile(join(notes, `${name}.json`), JSON.stringify({ ...ownMark(), ...content }));
}

test('of a process that is gone what is noted goes, but for a name that has content', async ({ folder }) => {
  const notes = await homeIn(folder);
  const at = (name: string) => join(folder, name);
  for (const [name, content] of [
    ['half', 'a key'],
    ['empty', ''],
    ['full', 'a key'],
    ['of a living one', ''],
    ['of elsewhere', ''],
  ] as const)
    await writeFile(at(name), content);
  const pid = await deadProcess();
  await note(notes, 'dead', { pid, temporary: at('half'), reserved: at('empty') });
  await note(notes, 'done', { pid, temporary: at('never made'), reserved: at('full') });
  await note(notes, 'living', { reserved: at('of a living one') });
  await note(notes, 'elsewhere', { pid, place: 'another machine', reserved: at('of elsewhere') });
  expect((await sweepTemporaries(notes)).sort()).toEqual([at('empty'), at('half')]);
  expect((await readdir(folder)).sort()).toEqual(['full', 'home', 'of a living one', 'of elsewhere']);
  expect((await readdir(notes)).sort()).toEqual(['elsewhere.json', 'living.json']);
});

test('a file is on the disk before it has its name, and its name before that is said', async ({ folder }) => {
  const path = join(folder, 'state.json');
  await writeFile(path, 'old');
  const file = await open(path, 'r');
  const handles = Object.getPrototypeOf(file);
  await file.close();
  const { sync } = handles;
  const seen: string[] = [];
  handles.sync = async function (this: typeof file) {
    const found = await this.stat();
    const isDirectory = found.isDirectory();
    // the note that is made before is another file
    if (isDirectory || found.size === 'new'.length)
      seen.push(`${isDirectory ? 'folder' : 'file'} synced while ${await readFile(path, 'utf8')} is there`);
    return sync.call(this);
  };
  try {
    await writeDurably(path, 'new');
  } finally {
    handles.sync = sync;
  }
  expect(seen).toEqual(['file synced while old is there', 'folder synced while new is there']);
});
