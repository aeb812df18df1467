import fs from 'node:fs';
import { type FileHandle, mkdir, open, readdir, readFile, stat, symlink, writeFile } from 'node:fs/promises';
import { syncBuiltinESMExports } from 'node:module';
import { platform } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, vi } from 'vitest';
import { z } from 'zod';
import { writeDurably } from '#storage/durable-file';
import { madeFolder } from '#storage/made-folder';
import { removeState } from '#storage/state-file';
import { stateKind } from '#storage/state-kind';
import { test } from '#test/support/temp-folder';

// What a power cut would take with it cannot be tried here; whether the system was asked to keep it can.

let events: string[] = [];

/** Remembers what is synced, renamed and linked from now on, in order. */
async function remember(folder: string, failing?: { readonly path: string; readonly code: string }) {
  events = [];
  const opened = new WeakMap<FileHandle, string>();
  const at = (path: unknown) =>
    String(path)
      .replace(folder, '')
      .replace(/\.keel-[^/]*$|[^/]*\.tmp$/, '(temporary)');
  const [openFile, rename, link] = [fs.promises.open, fs.promises.rename, fs.promises.link];
  const handle = await open(folder, 'r');
  const prototype = Object.getPrototypeOf(handle) as FileHandle;
  await handle.close();
  vi.spyOn(fs.promises, 'open').mockImplementation(async (...parameters) => {
    const file = await openFile(...parameters);
    opened.set(file, String(parameters[0]));
    return file;
  });
  vi.spyOn(prototype, 'sync').mockImplementation(async function (this: FileHandle) {
    const path = opened.get(this);
    if (failing && path === failing.path)
      throw Object.assign(new Error(failing.code), { code: failing.code });
    // what another test's home has noted of temporaries is synced elsewhere
    if (path?.startsWith(folder)) events.push(`sync ${path === folder ? '.' : at(path)}`);
  });
  vi.spyOn(fs.promises, 'rename').mockImplementation(async (from, to) => {
    events.push(`rename ${at(to)}`);
    return rename(from, to);
  });
  vi.spyOn(fs.promises, 'link').mockImplementation(async (from, to) => {
    events.push(`link ${at(to)}`);
    return link(from, to);
  });
  syncBuiltinESMExports();
}

afterEach(() => {
  vi.restoreAllMocks();
  syncBuiltinESMExports();
});

describe.skipIf(platform() === 'win32')('a file that is to survive a power cut', () => {
  test('is synced before it gets its name, and its folder after that', async ({ folder }) => {
    await remember(folder);
    await writeDurably(join(folder, 'state.json'), 'new');
    expect(events).toEqual([expect.stringMatching(/^sync \//), 'rename /state.json', 'sync .']);
  });

  test('is so too where the name must be new', async ({ folder }) => {
    await remember(folder);
    await writeDurably(join(folder, 'state.json'), 'new', { mustBeNew: true });
    expect(events).toEqual([expect.stringMatching(/^sync \//), 'link /state.json', 'sync .']);
  });

  test('is told of where its folder cannot be synced', async ({ folder }) => {
    await remember(folder, { path: folder, code: 'EIO' });
    await expect(writeDurably(join(folder, 'state.json'), 'new')).rejects.toMatchObject({
      code: 'file-unwritable',
      message: expect.stringContaining('EIO'),
    });
  });

  test.for(['EINVAL', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS'])(
    'is written where the file system knows no syncing of folders: %s',
    async (code, { folder }) => {
      await remember(folder, { path: folder, code });
      await writeDurably(join(folder, 'state.json'), 'new');
      expect(await readFile(join(folder, 'state.json'), 'utf8')).toBe('new');
    },
  );

  test('has every folder that is made for it synced into the one above', async ({ folder }) => {
    await remember(folder);
    await madeFolder(join(folder, 'a', 'b', 'c'));
    expect(events).toEqual(['sync /a/b', 'sync /a', 'sync .']);
    events = [];
    await madeFolder(join(folder, 'a', 'b', 'c'));
    expect(events).toEqual([]);
    expect((await stat(join(folder, 'a', 'b'))).mode & 0o777).toBe(0o700);
  });

  test('has its removal synced too', async ({ folder }) => {
    const kind = stateKind({
      ...{ file: 'state.json', what: 'the state', version: 1, remedy: 'make it anew' },
      schema: z.strictObject({}),
    });
    const path = join(folder, 'state.json');
    await writeFile(path, '{"version": 1}');
    await remember(folder);
    await removeState(kind, path);
    expect(events).toEqual(['sync .']);
    expect(await readdir(folder)).toEqual([]);
  });

  test('is written without a link where the file system knows none, and replaces nothing', async ({
    folder,
  }) => {
    const refuse = async () => {
      throw Object.assign(new Error('EPERM'), { code: 'EPERM' });
    };
    vi.spyOn(fs.promises, 'link').mockImplementation(refuse);
    syncBuiltinESMExports();
    const path = join(folder, 'key.age');
    await writeDurably(path, 'new', { mustBeNew: true });
    await expect(writeDurably(path, 'another', { mustBeNew: true })).rejects.toMatchObject({
      code: 'file-exists',
    });
    expect(await readFile(path, 'utf8')).toBe('new');
    expect(await readdir(folder)).toEqual(['key.age']);
  });

  test('leaves no empty file behind where the last step fails without links', async ({ folder }) => {
    const refuse = (code: string) => async () => {
      throw Object.assign(new Error(code), { code });
    };
    vi.spyOn(fs.promises, 'link').mockImplementation(refuse('ENOSYS'));
    vi.spyOn(fs.promises, 'rename').mockImplementation(refuse('EIO'));
    syncBuiltinESMExports();
    await expect(writeDurably(join(folder, 'key.age'), 'new', { mustBeNew: true })).rejects.toMatchObject({
      code: 'file-unwritable',
    });
    expect(await readdir(folder)).toEqual([]);
  });

  test('takes the place of a link, and leaves what the link led to', async ({ folder }) => {
    await mkdir(join(folder, 'elsewhere'));
    await writeFile(join(folder, 'elsewhere', 'target'), 'old');
    await symlink(join(folder, 'elsewhere', 'target'), join(folder, 'state.json'));
    await writeDurably(join(folder, 'state.json'), 'new');
    expect(await readFile(join(folder, 'elsewhere', 'target'), 'utf8')).toBe('old');
    expect(await readFile(join(folder, 'state.json'), 'utf8')).toBe('new');
  });
});
