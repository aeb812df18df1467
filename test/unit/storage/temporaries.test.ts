import { spawn, spawnSync } from 'node:child_process';
import { mkdir, readdir, rename, rmdir, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { describe, expect, vi } from 'vitest';
import { writeDurably } from '#storage/durable-file';
import { withFolderLock } from '#storage/folder-lock';
import {
  noteTemporaries,
  noteTemporariesIn,
  sweepBeside,
  sweepNoted,
  temporaryBeside,
} from '#storage/temporaries';
import { test } from '#test/support/temp-folder';

/** A temporary as another process made it. */
const madeBy = (pid: number, path: string) => temporaryBeside(path).replace(`-${process.pid}.`, `-${pid}.`);

/** The number of a process that is gone. */
const gone = () => spawnSync(process.execPath, ['--version']).pid;

describe('what a killed process left beside a file', () => {
  test('goes with the next file that is written in its folder', async ({ folder }) => {
    await writeFile(madeBy(gone(), join(folder, '.env')), 'ENCRYPTION_KEY=a key in cle');
    await writeFile(madeBy(gone(), join(folder, 'other.json')), '');
    await writeDurably(join(folder, '.env'), 'whole');
    expect(await readdir(folder)).toEqual(['.env']);
  });

  test('goes with the next lock of its folder', async ({ folder }) => {
    await writeFile(madeBy(gone(), join(folder, 'x.lock')), '');
    await withFolderLock(folder, 'y', async () => undefined);
    expect(await readdir(folder)).toEqual([]);
  });
});

test('a part of a set, and a name that is only reserved, go with the process that noted them', async ({
  folder,
}) => {
  const notes = join(folder, 'home', 'temporaries');
  const desk = join(folder, 'desk');
  await mkdir(desk);
  const at = (name: string) => join(desk, name);
  for (const name of ['share-1', 'taken']) await writeFile(at(name), 'text');
  for (const name of ['reserved', 'share-2']) await writeFile(at(name), '');
  noteTemporariesIn(notes);
  await noteTemporaries(at('share-1'), 'part');
  for (const name of ['reserved', 'taken']) await noteTemporaries(at(name), 'reserved');
  const taken = await noteTemporaries(at('share-2'), 'part');
  await taken();
  expect(await sweepNoted(notes)).toEqual([]);
  const dead = gone();
  for (const name of await readdir(notes))
    await rename(join(notes, name), join(notes, name.replace(`-${process.pid}.`, `-${dead}.`)));
  expect((await sweepNoted(notes)).sort()).toEqual([at('reserved'), at('share-1')]);
  expect((await readdir(desk)).sort()).toEqual(['share-2', 'taken']);
  expect(await readdir(join(folder, 'home'))).toEqual([]);
});

test('an empty file that was there before is not removed as a name that was reserved', async ({ folder }) => {
  const notes = join(folder, 'home', 'temporaries');
  const desk = join(folder, 'desk');
  const path = join(desk, 'backup.age');
  await mkdir(desk);
  await writeFile(path, '');
  noteTemporariesIn(notes);
  const killedMeanwhile = async function* () {
    yield Buffer.from('text');
    const dead = gone();
    for (const name of await readdir(notes))
      await rename(join(notes, name), join(notes, name.replace(`-${process.pid}.`, `-${dead}.`)));
    await sweepNoted(notes);
  };
  const written = writeDurably(path, killedMeanwhile(), { mustBeNew: true });
  await expect(written).rejects.toMatchObject({ code: 'file-exists' });
  expect(await readdir(desk)).toEqual(['backup.age']);
});

describe('a temporary file stays', () => {
  test('while its process runs', async ({ folder }) => {
    const child = spawn(process.execPath, ['--eval', 'setTimeout(() => {}, 60_000)']);
    const path = madeBy(child.pid as number, join(folder, '.env'));
    await writeFile(path, 'half of i');
    await writeDurably(join(folder, '.env'), 'whole');
    expect((await readdir(folder)).sort()).toEqual(['.env', basename(path)].sort());
    child.kill('SIGKILL');
  });

  test('of this process through a step of the clock', async ({ folder }) => {
    const path = temporaryBeside(join(folder, '.env'));
    await writeFile(path, 'half of i');
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 3_600_000 });
    await sweepBeside(folder).finally(() => vi.useRealTimers());
    expect(await readdir(folder)).toEqual([basename(path)]);
  });

  test('where it is of another machine, or of another program', async ({ folder }) => {
    const others = [
      `.env.00000000-${gone()}.0123456789ab.tmp`,
      '.env.0123456789ab.tmp',
      `.env.swp`,
      'notes.tmp',
    ];
    for (const name of others) await writeFile(join(folder, name), 'x');
    await writeDurably(join(folder, '.env'), 'whole');
    expect((await readdir(folder)).sort()).toEqual([...others, '.env'].sort());
  });
});

test('a note stays as long as what it names cannot be removed', async ({ folder }) => {
  const notes = join(folder, 'home', 'temporaries');
  const share = join(folder, 'desk', 'share-1');
  // as where a scanner holds a file
  await mkdir(share, { recursive: true });
  noteTemporariesIn(notes);
  await noteTemporaries(share, 'part');
  const [note = ''] = await readdir(notes);
  await rename(join(notes, note), join(notes, note.replace(`-${process.pid}.`, `-${gone()}.`)));
  expect(await sweepNoted(notes)).toEqual([]);
  expect(await readdir(notes)).toHaveLength(1);
  await rmdir(share);
  await writeFile(share, 'text');
  expect(await sweepNoted(notes)).toEqual([share]);
  expect(await readdir(join(folder, 'home'))).toEqual([]);
});

test('a note goes where its folder is gone', async ({ folder }) => {
  const notes = join(folder, 'home', 'temporaries');
  noteTemporariesIn(notes);
  const desk = join(folder, 'desk');
  await mkdir(desk);
  await noteTemporaries(join(desk, '.env'));
  const [note] = await readdir(notes);
  await rename(
    join(notes, note as string),
    join(notes, (note as string).replace(`-${process.pid}.`, `-${gone()}.`)),
  );
  await rename(desk, `${desk}-elsewhere`);
  // as a folder with a name that no folder can have
  await writeFile(desk, '');
  expect(await sweepNoted(notes)).toEqual([]);
  expect(await readdir(join(folder, 'home'))).toEqual([]);
});
