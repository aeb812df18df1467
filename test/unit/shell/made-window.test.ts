import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, vi } from 'vitest';
import { createWindow, loadPage } from '#shell/window';
import { readWindowState, type WindowState, writeWindowState } from '#shell/window-state';
import { recorded } from '#test/support/recorded-calls';
import { test } from '#test/support/temp-folder';

beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] }));
afterEach(() => void vi.useRealTimers());

const bounds = { x: 10, y: 20, width: 1000, height: 700 };

/** A window made over a display of 1440 by 875. */
async function made(folder: string, saved?: WindowState) {
  const stateFile = join(folder, 'state.json');
  if (saved) await writeWindowState(stateFile, saved);
  const contents = recorded();
  let destroyed = false;
  const window = recorded(
    {
      getNormalBounds: bounds,
      isMaximized: true,
      isDestroyed: () => destroyed,
      loadURL: async () => {
        throw new Error('it did not load');
      },
    },
    { webContents: contents.object },
  );
  let given: any;
  function BrowserWindow(options: unknown) {
    given = options;
    return window.object;
  }
  const looks = { shouldUseDarkColors: true };
  const theme = recorded({}, looks);
  const workArea = { x: 0, y: 25, width: 1440, height: 875 };
  const result = await createWindow({
    stateFile,
    session: {} as never,
    preload: '/app/preload.cjs',
    isPackaged: true,
    BrowserWindow: BrowserWindow as never,
    nativeTheme: theme.object,
    screen: { getAllDisplays: () => [{ workArea }] } as never,
  });
  return {
    result,
    given,
    window,
    contents,
    theme,
    looks,
    stateFile,
    destroy: () => void (destroyed = true),
  };
}

describe('the window', () => {
  test('is made hidden, in its place, and shown with its first paint', async ({ folder }) => {
    const left = { x: 100, y: 100, width: 1200, height: 700, maximized: false };
    const { given, window } = await made(folder, left);
    expect(given).toMatchObject({
      x: 100,
      y: 100,
      width: 1200,
      height: 700,
      minWidth: 900,
      minHeight: 600,
      show: false,
      title: 'Keel',
      webPreferences: { sandbox: true, preload: '/app/preload.cjs', devTools: false },
    });
    expect(window.names()).toEqual([]);
    window.emit('ready-to-show');
    window.emit('ready-to-show');
    expect(window.names()).toEqual(['show']);
  });

  test('is maximized again where it was', async ({ folder }) => {
    const { window } = await made(folder, { ...bounds, maximized: true });
    window.emit('ready-to-show');
    expect(window.names()).toEqual(['maximize', 'show']);
  });

  test('has the ground of the theme, and follows it until it is closed', async ({ folder }) => {
    const { given, window, theme, looks } = await made(folder);
    const dark = given.backgroundColor;
    looks.shouldUseDarkColors = false;
    theme.emit('updated');
    const [[name, light]] = window.calls as [[string, string]];
    expect(name).toBe('setBackgroundColor');
    expect([dark, light]).toEqual(['#10171d', '#f5f7f9']);
    window.emit('closed');
    theme.emit('updated');
    expect(window.calls).toHaveLength(1);
  });

  test('loads its page again after a crash, a few times, and not after an end', async ({ folder }) => {
    const { contents } = await made(folder);
    contents.emit('render-process-gone', {}, { reason: 'clean-exit' });
    contents.emit('render-process-gone', {}, { reason: 'killed' });
    expect(contents.names()).toEqual([]);
    contents.emit('render-process-gone', {}, { reason: 'crashed' });
    contents.emit('render-process-gone', {}, { reason: 'oom' });
    expect(contents.names()).toEqual(['reload', 'reload']);
    for (let n = 0; n < 9; n++) contents.emit('render-process-gone', {}, { reason: 'crashed' });
    expect(contents.names()).toHaveLength(3);
  });

  test.for(['resize', 'move', 'maximize', 'unmaximize'])(
    'keeps where it is once it rests after %s',
    async (event, { folder }) => {
      const { window, stateFile } = await made(folder);
      window.emit(event);
      vi.advanceTimersByTime(200);
      window.emit(event);
      vi.advanceTimersByTime(200);
      expect(window.names()).toEqual([]);
      vi.advanceTimersByTime(100);
      expect(window.names()).toEqual(['isDestroyed', 'getNormalBounds', 'isMaximized']);
      await vi.waitFor(async () =>
        expect(await readWindowState(stateFile)).toEqual({ ...bounds, maximized: true }),
      );
    },
  );

  test('keeps nothing once it is closed or gone', async ({ folder }) => {
    const { window, destroy } = await made(folder);
    window.emit('move');
    window.emit('closed');
    vi.advanceTimersByTime(1_000);
    expect(window.names()).toEqual([]);
    window.emit('move');
    destroy();
    vi.advanceTimersByTime(1_000);
    expect(window.names()).toEqual(['isDestroyed']);
  });

  test('may be closed while its page loads, and else a page that does not load is a failure', async ({
    folder,
  }) => {
    const { result, window, destroy } = await made(folder);
    await expect(loadPage(result)).rejects.toThrow('it did not load');
    destroy();
    await expect(loadPage(result)).resolves.toBeUndefined();
    expect(window.calls[0]).toEqual(['loadURL', 'keel://app/']);
  });
});
