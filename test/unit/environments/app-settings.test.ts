import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect } from 'vitest';
import { changeAppSettings, defaultSettings, readAppSettings } from '#environments/app-settings';
import { test } from '#test/support/temp-folder';

describe('the app’s settings', () => {
  test('are the defaults where there is no file, which makes none', async ({ folder }) => {
    expect(await readAppSettings(join(folder, 'none'))).toEqual({ settings: defaultSettings });
  });

  test('keep a change, and what it left out', async ({ folder }) => {
    const home = join(folder, 'home');
    const changed = { ...defaultSettings, theme: 'dark', idleMinutes: 9 };
    await changeAppSettings(home, { theme: 'dark' });
    expect(await changeAppSettings(home, { idleMinutes: 9 })).toEqual(changed);
    expect(await readAppSettings(home)).toEqual({ settings: changed });
  });

  test('lose nothing when several are changed at once', async ({ folder }) => {
    await Promise.all([
      changeAppSettings(folder, { theme: 'light' }),
      changeAppSettings(folder, { idleMinutes: 7 }),
      changeAppSettings(folder, { clipboardSeconds: 10 }),
      changeAppSettings(folder, { notifyWhenDone: false }),
    ]);
    expect((await readAppSettings(folder)).settings).toEqual({
      theme: 'light',
      idleMinutes: 7,
      clipboardSeconds: 10,
      notifyWhenDone: false,
      drillEveryDays: 90,
    });
  });

  test('that an older Keel left out have their defaults', async ({ folder }) => {
    await writeFile(join(folder, 'settings.json'), '{"theme":"dark"}');
    expect((await readAppSettings(folder)).settings).toEqual({ ...defaultSettings, theme: 'dark' });
  });

  test.for(['', '{"theme":', '[]', '{"theme":"pink"}', '{"idleMinutes":0}'])(
    'in a damaged file (%s) are the defaults; the file is named, and kept beside the one of the next change',
    async (text, { folder }) => {
      const path = join(folder, 'settings.json');
      await writeFile(path, text);
      await writeFile(`${path}.damaged`, 'of another time');
      const unread = { code: 'state-damaged', message: expect.stringContaining(path) };
      expect(await readAppSettings(folder)).toMatchObject({ settings: defaultSettings, unread });
      expect(await readFile(path, 'utf8')).toBe(text);
      await changeAppSettings(folder, { theme: 'dark' });
      expect(await readFile(`${path}.damaged`, 'utf8')).toBe('of another time');
      expect(await readFile(`${path}.damaged-2`, 'utf8')).toBe(text);
      expect(await readAppSettings(folder)).toEqual({ settings: { ...defaultSettings, theme: 'dark' } });
    },
  );
});
