import { stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { describe, expect } from 'vitest';
import { environmentFolder, keelHome } from '#environments/keel-home';
import { test } from '#test/support/temp-folder';

describe('the home of Keel', () => {
  test.for([
    ['linux', {}, '/home/ada/.local/share/keel'],
    ['linux', { XDG_DATA_HOME: '/data' }, '/data/keel'],
    ['linux', { XDG_DATA_HOME: 'relative' }, '/home/ada/.local/share/keel'],
    ['linux', { XDG_DATA_HOME: '' }, '/home/ada/.local/share/keel'],
    ['linux', { XDG_DATA_HOME: '/data', KEEL_HOME: '/keel' }, '/keel'],
    ['linux', { KEEL_HOME: '' }, '/home/ada/.local/share/keel'],
    ['darwin', { XDG_DATA_HOME: '/data' }, '/home/ada/Library/Application Support/Keel'],
    ['darwin', { KEEL_HOME: '/keel' }, '/keel'],
    ['win32', { APPDATA: 'C:\\Users\\ada\\AppData\\Roaming' }, 'C:\\Users\\ada\\AppData\\Roaming\\Keel'],
  ] as const)('on %s with %o is %s', ([platform, env, expected]) => {
    expect(keelHome({ platform, env, home: '/home/ada' })).toBe(expected);
  });

  test('on Windows without APPDATA is where that would point', () => {
    expect(keelHome({ platform: 'win32', env: {}, home: 'C:\\Users\\ada' })).toBe(
      'C:\\Users\\ada\\AppData\\Roaming\\Keel',
    );
  });
});

describe('the folder of an environment', () => {
  test('is made for this account alone, together with its parents', async ({ folder }) => {
    const home = join(folder, 'deep', 'home');
    const made = await environmentFolder(home, 'localhost:5432/ballast');
    expect(made).toBe(join(home, 'environments', 'localhost%3a5432%2fballast'));
    for (const path of [made, dirname(made), home]) expect((await stat(path)).mode & 0o777).toBe(0o700);
  });

  test('is the same the next time, with what it holds', async ({ folder }) => {
    const made = await environmentFolder(folder, 'staging');
    await writeFile(join(made, 'keyring.json'), 'kept');
    expect(await environmentFolder(folder, 'staging')).toBe(made);
    expect((await stat(join(made, 'keyring.json'))).size).toBe(4);
  });

  test('says so when it cannot be made', async ({ folder }) => {
    await writeFile(join(folder, 'environments'), 'a file');
    await expect(environmentFolder(folder, 'staging')).rejects.toMatchObject({ code: 'file-unwritable' });
  });
});
