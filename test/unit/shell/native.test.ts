import { describe, expect, test } from 'vitest';
import { createNative } from '#shell/desktop/native';
import { notify } from '#shell/desktop/notification';
import { createGesture } from '#shell/gesture';
import { isFirstInstance } from '#shell/single-instance';
import { recorded } from '#test/support/recorded-calls';

/** The desktop over a window that is there, gone, or was never opened. */
function native(is: 'open' | 'destroyed' | 'missing' = 'open') {
  const contents = recorded();
  const window = recorded(
    { isDestroyed: is === 'destroyed', isFocused: true },
    { webContents: contents.object },
  );
  const dialog = recorded({
    showOpenDialog: { filePaths: ['/one', '/two'] },
    showSaveDialog: { filePath: '/saved' },
    showMessageBox: { response: 1 },
  });
  const clipboard = recorded();
  const gesture = createGesture(() => 0);
  let changes = 0;
  const made = createNative({
    window: () => (is === 'missing' ? undefined : window.object),
    gesture,
    clipboard: clipboard.object,
    dialog: dialog.object,
    Notification: { isSupported: () => false } as never,
    onAppChanged: () => void changes++,
  });
  return { native: made, window, contents, dialog, clipboard, gesture, changed: () => changes };
}

describe('the desktop', () => {
  test('chooses one file, or several where several are asked for', async () => {
    const { native: desktop, dialog } = native();
    expect(await desktop.chooseFile('save-age', 'new.age', undefined)).toBe('/saved');
    expect(await desktop.chooseFile('open-age', undefined, undefined)).toBe('/one');
    expect(await desktop.chooseFiles('open-shares')).toEqual(['/one', '/two']);
    expect(dialog.calls.map(([name, , { defaultPath }]) => [name, defaultPath])).toEqual([
      ['showSaveDialog', 'new.age'],
      ['showOpenDialog', undefined],
      ['showOpenDialog', undefined],
    ]);
  });

  test('copies with a time only what is concealed', async () => {
    const { native: desktop, clipboard } = native();
    await desktop.copyText('secret', { clearAfterMs: 30_000 });
    await desktop.copyText('a fingerprint');
    expect(clipboard.calls).toEqual([
      ['copyConcealed', 'secret', 30_000],
      ['copy', 'a fingerprint'],
    ]);
  });

  test('counts and gives the presses of the window', () => {
    const { native: desktop, gesture } = native();
    gesture.press('mouse');
    gesture.press('Enter');
    expect(desktop.presses()).toBe(2);
    expect(desktop.takePress('hold')).toBeUndefined();
    expect(desktop.takePress('click')).toBeDefined();
  });

  test('shows on the window what belongs there, and tells the page', async () => {
    const { native: desktop, window, contents, changed } = native();
    desktop.protectContent(true);
    desktop.showProgress(0.5);
    desktop.notify('Done', 'It is done');
    desktop.emit({ kind: 'menu', item: 'home' });
    expect(changed()).toBe(0);
    desktop.emit({ kind: 'app-changed' });
    expect(changed()).toBe(1);
    expect(window.calls.filter(([name]) => name.startsWith('set'))).toEqual([
      ['setContentProtection', true],
      ['setProgressBar', 0.5, { mode: 'normal' }],
    ]);
    expect(contents.calls.map(([name, , event]) => [name, event.kind])).toEqual([
      ['send', 'menu'],
      ['send', 'app-changed'],
    ]);
    expect(
      await desktop.ask({ message: 'Really?', detail: '', button: 'Yes' }, new AbortController().signal),
    ).toBe(true);
  });

  test.each(['destroyed', 'missing'] as const)(
    'leaves out what belongs to a window that is %s, and agrees to nothing',
    async (is) => {
      const { native: desktop, window, contents, dialog, changed } = native(is);
      desktop.protectContent(true);
      desktop.showProgress(0.5);
      desktop.notify('Done', 'It is done');
      desktop.emit({ kind: 'app-changed' });
      expect(changed()).toBe(1);
      for (const asked of [
        desktop.ask({ message: 'Really?', detail: '', button: 'Yes' }, new AbortController().signal),
        desktop.chooseFile('open-age', undefined, undefined),
        desktop.chooseFiles('open-shares'),
      ])
        await expect(asked).rejects.toMatchObject({ code: 'cancelled' });
      expect(window.names().filter((name) => name !== 'isDestroyed')).toEqual([]);
      expect([contents.calls, dialog.calls]).toEqual([[], []]);
    },
  );
});

describe('a notification', () => {
  function notified({ isFocused = false, isSupported = true, isMinimized = false } = {}) {
    const window = recorded({ isFocused, isMinimized });
    const made: { words: unknown; of: ReturnType<typeof recorded> }[] = [];
    function Notification(words: unknown) {
      const of = recorded();
      made.push({ words, of });
      return of.object;
    }
    notify(Object.assign(Notification, { isSupported: () => isSupported }) as never, window.object, 'a', 'b');
    return { window, made };
  }

  test('is shown while the window is not in front, and brings it back when it is chosen', () => {
    const { window, made } = notified();
    expect(made).toMatchObject([{ words: { title: 'a', body: 'b' } }]);
    expect(made[0]?.of.names()).toEqual(['show']);
    expect(window.names()).toEqual(['isFocused']);
    made[0]?.of.emit('click');
    expect(window.names()).toEqual(['isFocused', 'isMinimized', 'show', 'focus']);
  });

  test('restores a window that was put away', () => {
    const { window, made } = notified({ isMinimized: true });
    made[0]?.of.emit('click');
    expect(window.names()).toContain('restore');
  });

  test('is not shown in front of the window, or where the system has none', () => {
    expect(notified({ isFocused: true }).made).toEqual([]);
    expect(notified({ isSupported: false }).made).toEqual([]);
  });
});

describe('of two instances on one folder', () => {
  test('the second ends', () => {
    const app = recorded({ requestSingleInstanceLock: false });
    expect(isFirstInstance(app.object, () => undefined)).toBe(false);
  });

  test.each([
    [{ isDestroyed: false }, ['isDestroyed', 'isMinimized', 'show', 'focus']],
    [{ isDestroyed: true }, ['isDestroyed']],
  ])('the first comes to the front where it has a window: %o', (answers, names) => {
    const app = recorded({ requestSingleInstanceLock: true });
    const window = recorded(answers);
    let current: object | undefined;
    expect(isFirstInstance(app.object, () => current as never)).toBe(true);
    app.emit('second-instance');
    expect(window.calls).toEqual([]);
    current = window.object;
    app.emit('second-instance');
    expect(window.names()).toEqual(names);
  });
});
