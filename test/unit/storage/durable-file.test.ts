import { mkdir, readdir, readFile, stat, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect } from 'vitest';
import { inTerminalWords } from '#commands/act-text';
import { cannotWrite, writeDurably } from '#storage/durable-file';
import { test } from '#test/support/temp-folder';

describe('writing a file durably', () => {
  test('makes a file for this account alone and leaves nothing beside it', async ({ folder }) => {
    const path = join(folder, 'state.json');
    await writeDurably(path, 'first');
    expect(await readFile(path, 'utf8')).toBe('first');
    expect((await stat(path)).mode & 0o777).toBe(0o600);
    expect(await readdir(folder)).toEqual(['state.json']);
  });

  test('replaces the whole content, and sets the mode whatever the umask', async ({ folder }) => {
    const path = join(folder, 'state.json');
    await writeFile(path, 'something much longer');
    const umask = process.umask(0o077);
    try {
      await writeDurably(path, Buffer.from('short'), { mode: 0o664 });
    } finally {
      process.umask(umask);
    }
    expect(await readFile(path, 'utf8')).toBe('short');
    expect((await stat(path)).mode & 0o777).toBe(0o664);
  });

  test('keeps what it writes from other accounts until the whole has its mode', async ({ folder }) => {
    const modes: number[] = [];
    const content = async function* () {
      for (const name of await readdir(folder)) modes.push((await stat(join(folder, name))).mode & 0o777);
      yield Buffer.from('secret');
    };
    await writeDurably(join(folder, 'state.json'), content(), { mode: 0o644 });
    expect(modes).toEqual([0o600]);
  });

  test.skipIf(process.platform === 'win32')(
    'gives the file to the owner that is named',
    async ({ folder }) => {
      const path = join(folder, 'state.json');
      const owner = anotherOwner();
      await writeDurably(path, 'text', { owner });
      const { uid, gid } = await stat(path);
      expect({ uid, gid }).toEqual(owner);
    },
  );

  test('keeps the content whole for whoever reads while it is written', async ({ folder }) => {
    const path = join(folder, 'state.json');
    const contents = ['a'.repeat(200_000), 'b'.repeat(100_000)];
    await writeDurably(path, contents[0] as string);
    let writing = true;
    const writer = (async () => {
      for (let i = 1; i <= 20; i++) await writeDurably(path, contents[i % 2] as string);
      writing = false;
    })();
    while (writing) expect(contents).toContain(await readFile(path, 'utf8'));
    await writer;
  });

  test('refuses to replace a file when it must be new', async ({ folder }) => {
    const path = join(folder, 'backup.age');
    await writeDurably(path, 'first', { mustBeNew: true });
    await expect(writeDurably(path, 'second', { mustBeNew: true })).rejects.toMatchObject({
      code: 'file-exists',
      message: expect.stringContaining(path),
    });
    expect(await readFile(path, 'utf8')).toBe('first');
    expect(await readdir(folder)).toEqual(['backup.age']);
  });

  test('counts a dangling symlink as a file that exists', async ({ folder }) => {
    await symlink(join(folder, 'nowhere'), join(folder, 'link'));
    await expect(writeDurably(join(folder, 'link'), 'x', { mustBeNew: true })).rejects.toMatchObject({
      code: 'file-exists',
    });
    expect(await readdir(folder)).toEqual(['link']);
  });

  test('says so when the folder does not exist', async ({ folder }) => {
    await expect(writeDurably(join(folder, 'none', 'x'), 'x')).rejects.toMatchObject({
      code: 'file-unwritable',
      message: expect.stringContaining('its folder does not exist; nothing was changed'),
      remedy: expect.stringContaining('create the folder'),
    });
  });

  test('leaves no temporary file when the last step fails', async ({ folder }) => {
    await mkdir(join(folder, 'taken', 'by'), { recursive: true });
    await expect(writeDurably(join(folder, 'taken'), 'x')).rejects.toMatchObject({ code: 'file-unwritable' });
    expect(await readdir(folder)).toEqual(['taken']);
  });

  test.skipIf(process.platform === 'win32')(
    'says who may write where this account may not',
    async ({ folder }) => {
      const closed = join(folder, 'closed');
      await mkdir(closed, { mode: 0o555 });
      const refusal = expect(asNobody(() => writeDurably(join(closed, 'x'), 'x'))).rejects.toMatchObject({
        code: 'file-unwritable',
        message: expect.stringContaining('this account has no permission to write there'),
      });
      await refusal;
    },
  );

  test.for([
    ['ENOSPC', /disk is full/, /free some space/],
    ['EROFS', /read-only/, /writable disk/],
    ['EBUSY', /container/, /on the host/],
    ['EIO', /refused \(EIO\)/, /check the path/],
  ] as const)('has a remedy for %s', ([code, message, remedy]) => {
    const error = cannotWrite('file', Object.assign(new Error(), { code }));
    expect(error).toMatchObject({ code: 'file-unwritable' });
    expect(error.message).toMatch(message);
    expect(inTerminalWords(error.remedy)).toMatch(remedy);
  });
});

/** Root may give a file to anybody, others to the groups that they are in. */
function anotherOwner(): { readonly uid: number; readonly gid: number } {
  const [uid = 0, gid = 0] = [process.getuid?.(), process.getgid?.()];
  if (uid === 0) return { uid: 65534, gid: 65534 };
  return { uid, gid: process.getgroups?.().find((group) => group !== gid) ?? gid };
}

/** Root may write anywhere, so root becomes another account for the moment. */
async function asNobody(work: () => Promise<void>): Promise<void> {
  const root = process.getuid?.() === 0;
  if (root) process.seteuid?.(65534);
  try {
    await work();
  } finally {
    if (root) process.seteuid?.(0);
  }
}
