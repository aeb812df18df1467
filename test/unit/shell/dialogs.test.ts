import type { BaseWindow, Dialog } from 'electron';
import { describe, expect, test } from 'vitest';
import { filePurpose } from '#contract/app';
import { askAdmin, createFileDialogs, defaultPathOf, fileDialogs } from '#shell/desktop/dialogs';

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

  test('offers the kinds of files of its purpose, the usual one first', () => {
    const offered = Object.entries(fileDialogs).map(([purpose, { filters }]) => [
      purpose,
      filters.map(({ extensions }) => extensions.join(' ')),
    ]);
    expect(Object.fromEntries(offered)).toEqual({
      'open-env': ['*', 'env'],
      'open-handoff': ['*', 'yaml yml'],
      'open-age': ['age', '*'],
      'open-identity': ['*'],
      'open-words': ['txt', '*'],
      'open-shares': ['txt', '*'],
      'open-photo': ['png jpg jpeg pdf', '*'],
      'open-certificate': ['pem crt cer key', '*'],
      'open-connection': ['*'],
      'save-activity': ['csv', 'jsonl'],
      'save-credential': ['*'],
      'save-age': ['age'],
      'save-recipients': ['age'],
      'save-archive': ['age'],
      'open-archive': ['age', '*'],
      'open-key-file': ['*'],
      'save-report-html': ['html'],
      'save-report-pdf': ['pdf'],
      'save-words': ['txt'],
      'save-paper': ['pdf'],
      'save-paper-words': ['pdf'],
      'save-paper-shares': ['pdf'],
      'save-shares': ['*'],
    });
    for (const { filters } of Object.values(fileDialogs))
      for (const { name } of filters) expect(name).toMatch(/^[A-Za-z]/);
  });

  test('shows its words, its files and what it may do', async () => {
    const { shown, choose } = personChoosing('/home/ada/file');
    await choose(window, 'open-words', {});
    await choose(window, 'save-words', {});
    const { title, button, filters } = fileDialogs['open-words'];
    expect(shown).toEqual([
      {
        kind: 'open',
        title,
        message: title,
        buttonLabel: button,
        filters,
        properties: ['openFile', 'showHiddenFiles', 'dontAddToRecent'],
      },
      expect.objectContaining({
        buttonLabel: fileDialogs['save-words'].button,
        properties: ['createDirectory', 'showOverwriteConfirmation', 'dontAddToRecent'],
      }),
    ]);
  });

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

  test('answers one of several that were chosen where one is asked for', async () => {
    const dialog = { showOpenDialog: async () => ({ filePaths: ['/one', '/two'] }) };
    const choose = createFileDialogs(dialog as unknown as Dialog);
    expect(await choose(window, 'open-shares', {})).toEqual(['/one']);
    expect(await choose(window, 'open-shares', { several: true })).toEqual(['/one', '/two']);
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
    ['...a.b', 'a.b'],
  ] as const)('%o is only a name: %s', ([name, shown]) => {
    expect(defaultPathOf(undefined, name)).toBe(shown);
    expect(defaultPathOf('/backups', name)).toBe(`/backups/${shown}`);
  });

  test('may be missing', () => {
    expect(defaultPathOf(undefined, undefined)).toBeUndefined();
    expect(defaultPathOf('/backups', '...')).toBe('/backups');
  });
});

test.each([
  [0, false],
  [1, true],
  [2, false],
  [-1, false],
])('the admin agrees with the button that does it, and no other (%i)', async (response, agreed) => {
  const asked: unknown[] = [];
  const dialog = {
    showMessageBox: async (...question: unknown[]) => {
      asked.push(question);
      return { response, checkboxChecked: false };
    },
  };
  const { signal } = new AbortController();
  const question = { message: 'Destroy the key?', detail: 'It is gone then.', button: 'Destroy' };
  expect(await askAdmin(dialog as never, window, question, signal)).toBe(agreed);
  expect(asked).toEqual([
    [
      window,
      {
        type: 'question',
        title: 'Keel',
        message: 'Destroy the key?',
        detail: 'It is gone then.',
        buttons: ['Cancel', 'Destroy'],
        defaultId: 0,
        cancelId: 0,
        noLink: true,
        signal,
      },
    ],
  ]);
});
