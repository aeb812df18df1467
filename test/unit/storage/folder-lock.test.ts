import { spawnSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { existsSync, readlinkSync } from 'node:fs';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { describe, expect, vi } from 'vitest';
import { withFolderLock } from '#storage/folder-lock';
import { ownMark } from '#storage/process-mark';
import { test } from '#test/support/temp-folder';

const here =
  `${hostname()} ${existsSync('/proc/self/ns/pid') ? readlinkSync('/proc/self/ns/pid') : ''}`.trim();

describe('a folder lock', () => {
  test('lets one piece of work run at a time, and leaves no file', async ({ folder }) => {
    let running = 0;
    const work = async () => {
      expect(++running).toBe(1);
      await pause(5);
      running--;
    };
    await Promise.all(Array.from({ length: 8 }, () => withFolderLock(folder, 'x', work)));
    expect(await readdir(folder)).toEqual([]);
  });

  test('is released when the work fails, which is told', async ({ folder }) => {
    await expect(withFolderLock(folder, 'x', () => Promise.reject(new Error('no luck')))).rejects.toThrow(
      'no luck',
    );
    expect(await withFolderLock(folder, 'x', async () => 'done')).toBe('done');
  });

  test('of a process that died is taken over, by one of many at a time', async ({ folder }) => {
    const { pid } = spawnSync(process.execPath, ['--version']);
    await leave(folder, { pid });
    let running = 0;
    const work = async () => {
      expect(++running).toBe(1);
      await pause(5);
      running--;
    };
    await Promise.all(Array.from({ length: 8 }, () => withFolderLock(folder, 'x', work)));
    expect(await readdir(folder)).toEqual([]);
  });

  test('of a process that died is taken over where the one that took it over died too', async ({
    folder,
  }) => {
    const { pid } = spawnSync(process.execPath, ['--version']);
    const id = await leave(folder, { pid });
    const claimer = { id: randomUUID(), pid, place: here };
    await writeFile(join(folder, `x.lock.${id}.clear`), JSON.stringify(claimer));
    let running = 0;
    const work = async () => {
      expect(++running).toBe(1);
      await pause(5);
      running--;
    };
    await Promise.all(Array.from({ length: 8 }, () => withFolderLock(folder, 'x', work)));
    expect(await readdir(folder)).toEqual([]);
  });

  test('of a process that died is taken over by who waits for nobody', async ({ folder }) => {
    await leave(folder, { pid: spawnSync(process.execPath, ['--version']).pid });
    expect(await withFolderLock(folder, 'x', async () => 'done', { timeoutMs: 0 })).toBe('done');
  });

  test('takes away the locks of other files whose owner died, and the claims to them', async ({ folder }) => {
    const dead = spawnSync(process.execPath, ['--version']).pid;
    const mark = (pid: number) => JSON.stringify({ id: randomUUID(), pid, place: here });
    await writeFile(join(folder, 'never-made.lock'), mark(dead));
    await writeFile(join(folder, `gone.lock.${randomUUID()}.clear`), mark(dead));
    await writeFile(join(folder, 'held.lock'), mark(process.ppid));
    await writeFile(join(folder, `held.lock.${randomUUID()}.clear`), mark(process.ppid));
    await writeFile(join(folder, 'foreign.lock'), 'of another program');
    await Promise.all(Array.from({ length: 4 }, () => withFolderLock(folder, 'x', async () => {})));
    expect((await readdir(folder)).map((name) => name.replace(/\.[0-9a-f-]{36}/, '')).sort()).toEqual([
      'foreign.lock',
      'held.lock',
      'held.lock.clear',
    ]);
  });

  test('of an earlier process with the same id, as in a restarted container, is taken over', async ({
    folder,
  }) => {
    await leave(folder, { pid: process.pid, start: '00000000' });
    expect(await withFolderLock(folder, 'x', async () => 'done')).toBe('done');
  });

  test('of this process is held through a step of the clock', async ({ folder }) => {
    const intruder = () => withFolderLock(folder, 'x', async () => 'entered', { timeoutMs: 0 });
    await withFolderLock(folder, 'x', async () => {
      vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 3_600_000 });
      await expect(intruder().finally(() => vi.useRealTimers())).rejects.toMatchObject({
        code: 'lock-timeout',
      });
      expect(await readdir(folder)).toEqual(['x.lock']);
    });
    expect(await intruder()).toBe('entered');
  });

  test.for([
    ['a living process', { pid: process.ppid }],
    ['this process', ownMark()],
    ['another machine', { pid: 1, place: 'elsewhere' }],
  ] as const)('of %s is waited for, and then named', async ([, owner], { folder }) => {
    await leave(folder, owner);
    const path = join(folder, 'x.lock');
    const before = await readFile(path, 'utf8');
    await expect(withFolderLock(folder, 'x', async () => {}, { timeoutMs: 60 })).rejects.toMatchObject({
      code: 'lock-timeout',
      message: expect.stringContaining(`locked by process ${owner.pid}`),
      reason: expect.stringMatching(new RegExp(`locked by process ${owner.pid} on [^;]+$`)),
      remedy: expect.stringContaining(path),
    });
    expect(await readFile(path, 'utf8')).toBe(before);
  });

  test('whose file is empty is not taken for a dead one', async ({ folder }) => {
    await writeFile(join(folder, 'x.lock'), '');
    await expect(withFolderLock(folder, 'x', async () => {}, { timeoutMs: 60 })).rejects.toThrow(
      /unknown process/,
    );
  });

  test('cannot be had in a folder that does not exist', async ({ folder }) => {
    await expect(withFolderLock(join(folder, 'none'), 'x', async () => {})).rejects.toMatchObject({
      code: 'file-unwritable',
    });
  });
});

async function leave(
  folder: string,
  owner: { pid: number; place?: string; start?: string },
): Promise<string> {
  const lock = { id: randomUUID(), place: here, ...owner };
  await writeFile(join(folder, 'x.lock'), JSON.stringify(lock));
  return lock.id;
}
