import { spawn, spawnSync } from 'node:child_process';
import { readdir, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { describe, expect } from 'vitest';
import { writeDurably } from '#storage/durable-file';
import { withFolderLock } from '#storage/folder-lock';
import { temporaryBeside } from '#storage/temporary-name';
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

describe('a temporary file stays', () => {
  test('while its process runs', async ({ folder }) => {
    const child = spawn(process.execPath, ['--eval', 'setTimeout(() => {}, 60_000)']);
    const path = madeBy(child.pid as number, join(folder, '.env'));
    await writeFile(path, 'half of i');
    await writeDurably(join(folder, '.env'), 'whole');
    expect((await readdir(folder)).sort()).toEqual(['.env', basename(path)].sort());
    child.kill('SIGKILL');
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
