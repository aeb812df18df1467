import { app } from './app.ts';
import { matchesAccelerator } from './accelerator.ts';
import { focusedWindow, openWindows } from '../desk/open-windows.ts';
import { modelled, notModelled, onlyKnown } from './strict.ts';
import type { PageInput } from '../chromium/worlds.ts';

export interface MenuTemplate {
  readonly id?: string;
  readonly label?: string;
  readonly role?: string;
  readonly type?: string;
  readonly accelerator?: string;
  readonly enabled?: boolean;
  readonly visible?: boolean;
  readonly checked?: boolean;
  readonly click?: (item: object, window: object | undefined, event: object) => void;
  readonly submenu?: readonly MenuTemplate[];
}

const known =
  'id label role type accelerator enabled visible checked click submenu sublabel toolTip icon registerAccelerator'.split(
    ' ',
  );

const edit = (command: string) => () => focusedWindow()?.edit(command);

/** What a role is called, which keys it has, and what it does here. */
const roles: Readonly<Record<string, { label: string; keys?: string; act: () => void }>> = {
  about: { label: 'About Keel', act: () => app.showAboutPanel() },
  quit: { label: 'Quit', keys: 'CmdOrCtrl+Q', act: () => app.quit() },
  close: { label: 'Close Window', keys: 'CmdOrCtrl+W', act: () => focusedWindow()?.close() },
  minimize: { label: 'Minimize', keys: 'CmdOrCtrl+M', act: () => focusedWindow()?.minimize() },
  undo: { label: 'Undo', act: edit('undo') },
  redo: { label: 'Redo', act: edit('redo') },
  cut: { label: 'Cut', act: edit('cut') },
  copy: { label: 'Copy', act: edit('copy') },
  paste: { label: 'Paste', act: edit('paste') },
  delete: { label: 'Delete', act: edit('delete') },
  selectAll: { label: 'Select All', act: edit('selectAll') },
  resetZoom: { label: 'Actual Size', keys: 'CmdOrCtrl+0', act: () => focusedWindow()?.zoomBy(undefined) },
  zoomIn: { label: 'Zoom In', keys: 'CmdOrCtrl+Plus', act: () => focusedWindow()?.zoomBy(1) },
  zoomOut: { label: 'Zoom Out', keys: 'CmdOrCtrl+-', act: () => focusedWindow()?.zoomBy(-1) },
  togglefullscreen: {
    label: 'Toggle Full Screen',
    keys: 'F11',
    act: () => {
      const window = focusedWindow();
      window?.setFullScreen(!window.isFullScreen());
    },
  },
};

/** What a spec cannot use, or a host's window has not, but a menu may hold. */
const idle = [
  'toggleDevTools',
  'hide',
  'hideOthers',
  'unhide',
  'zoom',
  'front',
  'services',
  'window',
  'help',
  'reload',
  'forceReload',
];

const submenus: Readonly<Record<string, { label: string; items: readonly string[] }>> = {
  appMenu: { label: 'Keel', items: ['about', 'quit'] },
  fileMenu: { label: 'File', items: [process.platform === 'darwin' ? 'close' : 'quit'] },
  editMenu: { label: 'Edit', items: ['undo', 'redo', 'cut', 'copy', 'paste', 'delete', 'selectAll'] },
  windowMenu: { label: 'Window', items: ['minimize', 'close'] },
};

export class MenuItem {
  readonly id: string | undefined;
  readonly label: string;
  readonly role: string | undefined;
  readonly type: string;
  readonly accelerator: string | undefined;
  enabled: boolean;
  visible: boolean;
  checked: boolean;
  readonly submenu: Menu | undefined;
  private readonly act: MenuTemplate['click'];

  constructor(template: MenuTemplate) {
    onlyKnown('MenuItem', template, known);
    const { role } = template;
    const own = role === undefined ? undefined : roles[role];
    const group = role === undefined ? undefined : submenus[role];
    if (role !== undefined && !own && !group && !idle.includes(role))
      throw notModelled(`menu role '${role}'`);
    const items = template.submenu ?? group?.items.map((item) => ({ role: item }));
    this.id = template.id;
    this.role = role;
    this.label = (template.label ?? own?.label ?? group?.label ?? role ?? '').replace('&', '');
    this.submenu = items && Menu.buildFromTemplate(items);
    this.type = template.type ?? (items ? 'submenu' : 'normal');
    this.accelerator = template.accelerator ?? own?.keys;
    this.enabled = template.enabled ?? true;
    this.visible = template.visible ?? true;
    this.checked = template.checked ?? false;
    this.act = template.click ?? own?.act;
  }

  click(): void {
    if (!this.enabled) throw new Error(`the menu item '${this.label}' is disabled`);
    const [first] = openWindows;
    this.act?.(this, (focusedWindow() ?? first)?.handle, {});
  }
}

let application: Menu | null = null;

export class Menu {
  readonly items: readonly MenuItem[];

  constructor(items: readonly MenuItem[] = []) {
    this.items = items;
  }

  static buildFromTemplate(template: readonly MenuTemplate[]): Menu {
    return modelled('Menu', new Menu(template.map((item) => modelled('MenuItem', new MenuItem(item)))));
  }
  static setApplicationMenu(menu: Menu | null): void {
    application = menu;
  }
  static getApplicationMenu(): Menu | null {
    return application;
  }

  getMenuItemById(id: string): MenuItem | null {
    return everyItem(this).find((item) => item.id === id) ?? null;
  }
}

function everyItem(menu: Menu | null): MenuItem[] {
  return (menu?.items ?? []).flatMap((item) => [item, ...everyItem(item.submenu ?? null)]);
}

/** The item under these labels or ids. Throws where there is none. */
export function menuItemAt(path: readonly string[]): MenuItem {
  let menu: Menu | null | undefined = application;
  let found: MenuItem | undefined;
  for (const step of path) {
    found = menu?.items.find(({ label, id }) => label === step || id === step);
    if (!found) throw new Error(`the menu has no ${path.join(' › ')}`);
    menu = found.submenu;
  }
  if (!found) throw new Error('no menu item was named');
  return found;
}

/** Chooses the item whose keys were pressed, if there is one. */
export function pressShortcut(input: PageInput): void {
  const item = everyItem(application).find(
    ({ accelerator, enabled }) =>
      enabled && accelerator !== undefined && matchesAccelerator(accelerator, input),
  );
  item?.click();
}
