import type { BrowserWindow, NativeTheme, Screen } from 'electron';
import { fewReloads } from './few-reloads.ts';
import { appUrl } from './policy/origin.ts';
import { type PagePreferences, webPreferences } from './policy/web-preferences.ts';
import { placementFor, readWindowState, smallest, writeWindowState } from './window-state.ts';

/** Of the page's ground, so that nothing flashes before it is painted. */
const backgrounds = { light: '#f5f7f9', dark: '#10171d' } as const;

function background({ shouldUseDarkColors }: NativeTheme): string {
  return shouldUseDarkColors ? backgrounds.dark : backgrounds.light;
}

export interface WindowOptions extends PagePreferences {
  /** The file that keeps place and size. */
  readonly stateFile: string;
  readonly BrowserWindow: typeof BrowserWindow;
  readonly nativeTheme: NativeTheme;
  readonly screen: Screen;
}

/** Makes the app's one window, hidden until its first paint, in the place where it was left. */
export async function createWindow(options: WindowOptions): Promise<BrowserWindow> {
  const { stateFile, nativeTheme, screen } = options;
  const workAreas = screen.getAllDisplays().map(({ workArea }) => workArea);
  const { width, height, position, maximized } = placementFor(await readWindowState(stateFile), workAreas);
  const window = new options.BrowserWindow({
    width,
    height,
    ...position,
    minWidth: smallest.width,
    minHeight: smallest.height,
    show: false,
    title: 'Keel',
    backgroundColor: background(nativeTheme),
    webPreferences: webPreferences(options),
  });
  window.once('ready-to-show', () => {
    if (maximized) window.maximize();
    window.show();
  });
  keepState(window, stateFile);
  const followTheme = () => window.setBackgroundColor(background(nativeTheme));
  nativeTheme.on('updated', followTheme);
  window.once('closed', () => nativeTheme.off('updated', followTheme));
  // work goes on in the main process; the page finds it again
  const mayReload = fewReloads();
  window.webContents.on('render-process-gone', (_event, { reason }) => {
    if ((reason === 'crashed' || reason === 'oom') && mayReload()) window.webContents.reload();
  });
  return window;
}

/** Loads the page; a window that was closed meanwhile is no failure. */
export async function loadPage(window: BrowserWindow): Promise<void> {
  try {
    await window.loadURL(appUrl);
  } catch (error) {
    if (!window.isDestroyed()) throw error;
  }
}

function keepState(window: BrowserWindow, stateFile: string): void {
  let timer: NodeJS.Timeout | undefined;
  const keep = () => {
    clearTimeout(timer);
    timer = setTimeout(() => {
      if (window.isDestroyed()) return;
      void writeWindowState(stateFile, { ...window.getNormalBounds(), maximized: window.isMaximized() });
    }, 300);
  };
  window.on('resize', keep);
  window.on('move', keep);
  window.on('maximize', keep);
  window.on('unmaximize', keep);
  window.on('closed', () => clearTimeout(timer));
}
