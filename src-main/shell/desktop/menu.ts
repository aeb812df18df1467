import type { MenuItemConstructorOptions } from 'electron';
import type { AppEvent } from '#contract/app';
import { type MenuScreenId, screenEntries } from '#screens';

export type MenuChoice = Extract<AppEvent, { kind: 'menu' }>['item'];

export interface MenuOptions {
  readonly platform: NodeJS.Platform;
  readonly isPackaged: boolean;
  readonly choose: (item: MenuChoice) => void;
  readonly lock: () => void;
}

/** The native menus, with the shortcuts of the platform. Tools for developers are there only while developing. */
export function menuTemplate({
  platform,
  isPackaged,
  choose,
  lock,
}: MenuOptions): MenuItemConstructorOptions[] {
  const isMac = platform === 'darwin';
  const separator: MenuItemConstructorOptions = { type: 'separator' };
  const item = (label: string, accelerator: string, choice: MenuChoice): MenuItemConstructorOptions => ({
    id: choice,
    label,
    accelerator,
    click: () => choose(choice),
  });
  const screens = (under: 'file' | 'go' | 'app') =>
    screenEntries.flatMap(({ id, title, shortcut = '', menu }) =>
      menu?.under === under
        ? [item(menu.label ?? title, `CmdOrCtrl+${shortcut.toUpperCase()}`, id as MenuScreenId)]
        : [],
    );
  // macOS marks what opens a place to decide in
  const settings = screens('app').map((one) => (isMac ? { ...one, label: `${one.label}…` } : one));
  const lockNow: MenuItemConstructorOptions = {
    id: 'lock',
    label: 'Lock Keel',
    accelerator: 'CmdOrCtrl+L',
    click: lock,
  };

  return [
    ...(isMac ? [appMenu(settings)] : []),
    {
      label: '&File',
      submenu: [
        ...screens('file'),
        separator,
        lockNow,
        separator,
        ...(isMac ? [{ role: 'close' } as const] : [...settings, separator, { role: 'quit' } as const]),
      ],
    },
    { role: 'editMenu' },
    {
      label: '&View',
      submenu: [
        item('Command Palette…', 'CmdOrCtrl+K', 'palette'),
        separator,
        { role: 'resetZoom' },
        { role: 'zoomIn' },
        { role: 'zoomOut' },
        separator,
        { role: 'togglefullscreen' },
        ...(isPackaged ? [] : [separator, { role: 'toggleDevTools' } as const]),
      ],
    },
    {
      label: '&Go',
      submenu: [item('Back', isMac ? 'Cmd+[' : 'Alt+Left', 'back'), separator, ...screens('go')],
    },
    { role: 'windowMenu' },
    ...(isMac ? [] : [{ label: '&Help', submenu: [{ role: 'about' } as const] }]),
  ];
}

function appMenu(settings: readonly MenuItemConstructorOptions[]): MenuItemConstructorOptions {
  return {
    role: 'appMenu',
    submenu: [
      { role: 'about' },
      { type: 'separator' },
      ...settings,
      { type: 'separator' },
      { role: 'hide' },
      { role: 'hideOthers' },
      { role: 'unhide' },
      { type: 'separator' },
      { role: 'quit' },
    ],
  };
}
