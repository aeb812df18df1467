import { writeHeapSnapshot } from 'node:v8';
import { app } from './electron/app.ts';
import type { BrowserWindow } from './electron/browser-window.ts';
import { clipboard, clipboardFormats } from './electron/clipboard.ts';
import { passTime } from './desk/clock.ts';
import { clickLastNotification, power, theme } from './electron/desktop.ts';
import { lastInput } from './desk/last-input.ts';
import { Menu, type MenuItem, menuItemAt } from './electron/menu.ts';
import { openWindows } from './desk/open-windows.ts';
import type { ScriptedDesk } from './desk/scripted-desk.ts';
import { traffic } from './chromium/traffic.ts';

/** What a spec may do to the app and its desktop, and see of them, besides what the page shows. */
export function controls(desk: ScriptedDesk) {
  const window = (): BrowserWindow => {
    const [first] = openWindows;
    if (!first) throw new Error('the app has no window');
    return first as BrowserWindow;
  };
  const crossed: string[] = [];
  traffic.hear = (message) => void crossed.push(JSON.stringify(message));
  return {
    answerDialog: (path: string | null) => desk.files.give(path ?? undefined),
    answerQuestions: (agrees: boolean | null) => {
      desk.agrees = agrees ?? undefined;
    },
    answerMessageBox: (button: number) => desk.buttons.give(button),
    dialogs: () => desk.shownDialogs,
    readClipboard: () => clipboard.readText(),
    writeClipboard: (text: string) => clipboard.writeText(text),
    clipboardFormats,
    menu: () => outline(Menu.getApplicationMenu()?.items ?? []),
    chooseMenu: (path: string[]) => menuItemAt(path).click(),
    powerEvent: (event: string) => power.fire(event),
    systemTheme: (dark: boolean) => theme.setSystem(dark),
    notifications: () => desk.notifications,
    clickNotification: clickLastNotification,
    external: () => desk.external,
    windows: () => openWindows.size,
    shown: () => ({ ...window().shown, focused: window().isFocused(), bounds: window().getBounds() }),
    resize: (width: number, height: number) => window().setBounds({ width, height }),
    blur: () => window().blur(),
    closeWindow: () => window().close(),
    quit: () => app.quit(),
    /** Past the preload, as a renderer process that was taken over could. */
    invokeFrom: async (url: string, channel: string, args: unknown[]) =>
      (await window().webContents.attached).invokeFrom(url, channel, args),
    dropFiles: async (paths: string[]) => (await window().webContents.attached).dropFiles(paths),
    pressesHeard: () => lastInput.presses,
    traffic: () => crossed,
    forgetTraffic: () => void crossed.splice(0),
    writeHeap: (path: string) => void writeHeapSnapshot(path),
    passTime,
    /** Throws for an API that the host does not model. */
    touchApi: async (path: string[]) => {
      const { default: electron } = await import('./electron.ts');
      return typeof path.reduce<object>((object, name) => Reflect.get(object, name), electron);
    },
  };
}

export type Controls = ReturnType<typeof controls>;

function outline(items: readonly MenuItem[]): object[] {
  return items.map(({ id, label, role, type, accelerator, enabled, visible, submenu }) => {
    const sub = submenu ? { submenu: outline(submenu.items) } : {};
    return { id, label, role, type, accelerator, enabled, visible, ...sub };
  });
}

/** Answers the parent process, one message a request. */
export function serveControls(table: Controls): void {
  process.on('message', async ({ id, name, args }: { id: number; name: keyof Controls; args: unknown[] }) => {
    try {
      const value = await (table[name] as (...given: unknown[]) => unknown)(...args);
      process.send?.({ id, value });
    } catch (error) {
      process.send?.({ id, error: error instanceof Error ? error.message : String(error) });
    }
  });
}
