import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { homedir } from 'node:os';
import { basename, dirname, extname, isAbsolute, join, resolve, sep } from 'node:path';
import type { BrowserWindow } from '../electron/browser-window.ts';
import type { Desk, FileFilter, MessageBox, SaveDialog } from './desk.ts';
import { copyText, showFileDialog, showMessageBox } from './dialog-face.ts';
import { openWindows } from './open-windows.ts';
import type { RendererLink } from '../chromium/renderer-link.ts';

/** A desktop with a person at it: dialogs appear over the app's window, links open in the system's browser. */
export class FacedDesk implements Desk {
  openDialog(options: SaveDialog): Promise<string | undefined> {
    return this.chooseFile(options, false);
  }

  async saveDialog(options: SaveDialog): Promise<string | undefined> {
    const path = await this.chooseFile(options, true);
    if (path === undefined || !existsSync(path)) return path;
    const message = `${basename(path)} is there already`;
    const buttons = ['Cancel', 'Replace'];
    const answer = await this.messageBox({
      message,
      detail: dirname(path),
      buttons,
      defaultId: 0,
      cancelId: 0,
    });
    return answer === 1 ? path : undefined;
  }

  async messageBox({
    message,
    detail = '',
    buttons = ['OK'],
    defaultId = 0,
    cancelId = 0,
  }: MessageBox): Promise<number> {
    const link = await window();
    // nobody is left to ask: what was begun by closing goes on
    if (!link) return buttons.length - 1;
    return link.ask(showMessageBox, { message, detail, buttons, defaultId, cancelId });
  }

  async openExternal(url: string): Promise<void> {
    const [command, ...args] = openers[process.platform] ?? ['xdg-open'];
    spawn(command, [...args, url], { detached: true, stdio: 'ignore' })
      .on('error', () => process.stderr.write(`open ${url} in a browser\n`))
      .unref();
  }

  /** Chromium's own notifications need a permission that the app denies its page. */
  notified(): void {}

  copied(text: string): void {
    void window()
      .then((link) => link?.ask(copyText, text))
      .catch(() => undefined);
  }

  private async chooseFile(options: SaveDialog, saves: boolean): Promise<string | undefined> {
    const { title = saves ? 'Save' : 'Open', buttonLabel, defaultPath = '', filters = [] } = options;
    const start = isAbsolute(defaultPath) ? defaultPath : join(homedir(), defaultPath);
    const isFolder = !saves && !basename(defaultPath).includes('.');
    let folder = isFolder ? start : dirname(start);
    let filter = 0;
    for (;;) {
      const link = await window();
      if (!link) return undefined;
      const choice = await link.ask(showFileDialog, {
        title,
        button: buttonLabel ?? title,
        folder,
        entries: await list(folder, filters[filter]),
        name: saves ? basename(start) : undefined,
        filters: filters.map(({ name }) => name),
        filter,
      });
      if (choice.kind === 'cancel') return undefined;
      if (choice.kind === 'choose') return resolve(folder, choice.name);
      filter = choice.filter;
      const to = resolve(folder, choice.to);
      if (await isDirectory(to)) folder = to;
      // a whole path was typed
      else return saves || existsSync(to) ? to : undefined;
    }
  }
}

const openers: Readonly<Record<string, readonly [string, ...string[]]>> = {
  darwin: ['open'],
  win32: ['cmd', '/c', 'start', ''],
};

async function window(): Promise<RendererLink | undefined> {
  const [first] = openWindows;
  return first && (first as BrowserWindow).webContents.attached;
}

async function list(folder: string, filter: FileFilter | undefined): Promise<string[]> {
  const found = await readdir(folder, { withFileTypes: true }).catch(() => []);
  const wanted = filter?.extensions ?? ['*'];
  const shown = (name: string) =>
    wanted.includes('*') ||
    wanted.includes(extname(name).slice(1)) ||
    wanted.includes(name.replace(/^\./, ''));
  const names = found.flatMap((entry) => {
    if (entry.isDirectory()) return [`${entry.name}/`];
    return entry.isFile() && shown(entry.name) ? [entry.name] : [];
  });
  const isHidden = (name: string) => Number(name.startsWith('.'));
  const isFile = (name: string) => Number(!name.endsWith('/'));
  return names.sort((a, b) => isFile(a) - isFile(b) || isHidden(a) - isHidden(b) || a.localeCompare(b));
}

async function isDirectory(path: string): Promise<boolean> {
  return readdir(path + sep).then(
    () => true,
    () => false,
  );
}
