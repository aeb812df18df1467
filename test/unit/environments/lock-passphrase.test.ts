import { copyFile, mkdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect } from 'vitest';
import * as lockPassphrase from '#environments/lock-passphrase';
import { test } from '#test/support/temp-folder';

const right = 'correct horse';

/** At a cost that takes no time. */
const openLockPassphrase = (home: string, now?: () => number) =>
  lockPassphrase.openLockPassphrase(home, now, { n: 16, r: 8, p: 1 });

function clockAt(start: string) {
  let now = Date.parse(start);
  return { now: () => now, pass: (seconds: number) => (now += seconds * 1000) };
}

describe.concurrent('the lock’s passphrase', () => {
  test('is asked for from when it is set until it is taken away, also by a new process', async ({
    folder,
  }) => {
    const lock = openLockPassphrase(folder);
    expect(lock.isSet()).toBe(false);
    await lock.set(right);
    const again = openLockPassphrase(folder);
    expect(again.isSet()).toBe(true);
    await again.check(right);
    await again.set(undefined);
    expect(lock.isSet()).toBe(false);
  });

  test('is kept as a salted hash for this account alone', async ({ folder }) => {
    const lock = lockPassphrase.openLockPassphrase(folder);
    await lock.set(right);
    const first = await readFile(join(folder, 'lock.json'), 'utf8');
    await lock.set(right);
    const second = await readFile(join(folder, 'lock.json'), 'utf8');
    expect(JSON.parse(first).hash).not.toBe(JSON.parse(second).hash);
    expect(first).not.toContain('horse');
    expect(JSON.parse(first)).toMatchObject({ n: 65_536, r: 8, p: 2 });
    await lock.check(right);
    if (process.platform !== 'win32')
      expect((await stat(join(folder, 'lock.json'))).mode & 0o777).toBe(0o600);
  });

  test('is right however its letters are composed, and wrong in all else', async ({ folder }) => {
    const lock = openLockPassphrase(folder);
    await lock.set('p\u00e4ssw\u00f6rter');
    await lock.check('pa\u0308sswo\u0308rter');
    for (const wrong of ['passworter', 'p\u00e4ssw\u00f6rter ', undefined]) {
      await lock.set('p\u00e4ssw\u00f6rter');
      await expect(lock.check(wrong)).rejects.toMatchObject({ code: 'passphrase-wrong' });
    }
  });

  test('is waited for longer after each wrong try, over a restart too, and a right one forgives', async ({
    folder,
  }) => {
    const clock = clockAt('2026-01-01T00:00:00Z');
    await openLockPassphrase(folder, clock.now).set(right);
    const tryWith = (passphrase: string) => openLockPassphrase(folder, clock.now).check(passphrase);
    const wrong = (remedy: string) => ({ code: 'passphrase-wrong', remedy });
    await expect(tryWith('1')).rejects.toMatchObject(wrong('try again'));
    await expect(tryWith('2')).rejects.toMatchObject(wrong('try again'));
    await expect(tryWith('3')).rejects.toMatchObject(wrong('wait 2 s, then try again'));
    await expect(tryWith(right)).rejects.toMatchObject({
      message: 'after 3 wrong passphrases, this one was not checked',
      remedy: 'wait 2 s, then try again',
    });
    clock.pass(2);
    await expect(tryWith('4')).rejects.toMatchObject(wrong('wait 4 s, then try again'));
    clock.pass(3.5);
    await expect(tryWith(right)).rejects.toMatchObject(wrong('wait 1 s, then try again'));
    clock.pass(1);
    await tryWith(right);
    await expect(tryWith('1')).rejects.toMatchObject(wrong('try again'));
  });

  test('is never waited for longer than a minute, nor for a clock that was put back', async ({ folder }) => {
    const clock = clockAt('2026-01-01T00:00:00Z');
    const lock = openLockPassphrase(folder, clock.now);
    await lock.set(right);
    const path = join(folder, 'lock.json');
    const stored = JSON.parse(await readFile(path, 'utf8'));
    const lastTryAt = '2026-01-01T00:00:00.000Z';
    await writeFile(path, JSON.stringify({ ...stored, wrongTries: 900, lastTryAt }));
    await expect(lock.check(right)).rejects.toMatchObject({ remedy: 'wait 60 s, then try again' });
    clock.pass(-7200);
    await lock.check(right);
  });

  // Windows has no limit of that kind
  test.skipIf(process.platform === 'win32')(
    'opens to the right one where nothing can be written, and counts tries all the same',
    async ({ folder }) => {
      const clock = clockAt('2026-01-01T00:00:00Z');
      await openLockPassphrase(folder).set(right);
      const full = await unwritableFolder(folder);
      await copyFile(join(folder, 'lock.json'), join(full, 'lock.json'));
      const lock = openLockPassphrase(full, clock.now);
      const wrong = { code: 'passphrase-wrong' };
      for (const remedy of ['try again', 'try again', 'wait 2 s, then try again'])
        await expect(lock.check('no')).rejects.toMatchObject({ ...wrong, remedy });
      await expect(lock.check(right)).rejects.toMatchObject({
        ...wrong,
        message: 'after 3 wrong passphrases, this one was not checked',
      });
      clock.pass(2);
      await lock.check(right);
      await expect(lock.check('no')).rejects.toMatchObject({ ...wrong, remedy: 'try again' });
    },
  );

  test('whose file is damaged keeps Keel locked and says so', async ({ folder }) => {
    for (const text of ['', '{}', '{"salt":"","hash":"","n":2,"r":8,"p":1,"wrongTries":0,"n":4194304}']) {
      await writeFile(join(folder, 'lock.json'), text);
      const lock = openLockPassphrase(folder);
      expect(lock.isSet()).toBe(true);
      await expect(lock.check(right)).rejects.toMatchObject({
        code: 'state-damaged',
        remedy: expect.stringContaining('delete it'),
      });
    }
  });
});

/** So deep that `lock.json` can be read, and no longer name be written: refused to every account, like a full disk. */
async function unwritableFolder(within: string): Promise<string> {
  const longest = process.platform === 'darwin' ? 1024 : 4096;
  const wanted = longest - '/lock.json'.length - 2;
  let path = within;
  while (path.length < wanted) path += `/${'d'.repeat(Math.max(1, Math.min(200, wanted - path.length - 1)))}`;
  await mkdir(path, { recursive: true });
  return path;
}
