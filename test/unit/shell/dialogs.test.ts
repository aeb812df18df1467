import type { BaseWindow, Dialog } from 'electron';
import { describe, expect, test } from 'vitest';
import { filePurpose } from '#contract/app';
import { createFileDialogs, defaultPathOf, fileDialogs } from '#shell/desktop/dialogs';

const window = {} as BaseWindow;

/** A person who chooses the same file in every dialog, or calls it off. */
function personChoosing(path: string | undefined) {
  const shown: { kind: string; defaultPath?: string; properties?: string[] }[] = [];
  const dialog = {
    showOpenDialog: async (_: unknown, options: object) => {
      shown.push({ kind: 'open', ...options });
      return { canceled: !path, filePaths: path ? [path] : [] };
    },
    showSaveDialog: async (_: unknown, options: object) => {
      shown.push({ kind: 'save', ...options });
      return { canceled: !path, filePath: path ?? '' };
    },
  };
  return { shown, choose: createFileDialogs(dialog as unknown as Dialog) };
}

describe('a file dialog', () => {
  test.for(filePurpose.options)(
    '%s has its words, and stays out of the list of recent files',
    async (purpose) => {
      const { shown, choose } = personChoosing('/home/ada/file');
      expect(await choose(window, purpose, {})).toEqual(['/home/ada/file']);
      expect(shown[0]?.kind).toBe(purpose.startsWith('save') ? 'save' : 'open');
      expect(shown[0]?.properties).toContain('dontAddToRecent');
      expect(fileDialogs[purpose].title).toMatch(/^[A-Z]/);
    },
  );

  test('begins where the last one of its purpose ended', async () => {
    const { shown, choose } = personChoosing('/backups/may/keel.age');
    await choose(window, 'save-age', { suggestedName: 'new.age' });
    await choose(window, 'save-age', { suggestedName: 'new.age' });
    await choose(window, 'open-env', {});
    expect(shown.map(({ defaultPath }) => defaultPath)).toEqual([
      'new.age',
      '/backups/may/new.age',
      undefined,
    ]);
  });

  test('takes several files only where several are asked for', async () => {
    const { shown, choose } = personChoosing('/shares/one.txt');
    await choose(window, 'open-shares', { several: true });
    await choose(window, 'open-age', {});
    expect(shown[0]?.properties).toContain('multiSelections');
    expect(shown[1]?.properties).not.toContain('multiSelections');
  });

  test('that is called off answers nothing and remembers nothing', async () => {
    const { shown, choose } = personChoosing(undefined);
    expect(await choose(window, 'open-age', {})).toEqual([]);
    expect(await choose(window, 'save-age', { suggestedName: 'new.age' })).toEqual([]);
    expect(shown[1]?.defaultPath).toBe('new.age');
  });
});

describe('a suggested name', () => {
  test.for([
    ['keel.age', 'keel.age'],
    ['../../.bashrc', '-..-.bashrc'],
    ['/etc/passwd', '-etc-passwd'],
    ['C:\\Windows\\x.age', 'C--Windows-x.age'],
    ['.hidden', 'hidden'],
    ['a\u0000b\nc', 'a-b-c'],
  ] as const)('%o is only a name: %s', ([name, shown]) => {
    expect(defaultPathOf(undefined, name)).toBe(shown);
    expect(defaultPathOf('/backups', name)).toBe(`/backups/${shown}`);
  });

  test('may be missing', () => {
    expect(defaultPathOf(undefined, undefined)).toBeUndefined();
    expect(defaultPathOf('/backups', '...')).toBe('/backups');
  });
});
