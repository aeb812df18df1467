import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { theHost } from '../host.ts';
import { takeInstanceLock } from '../instance-lock.ts';
import { openWindows } from '../desk/open-windows.ts';
import { modelled, notModelled, StrictEmitter } from './strict.ts';

const events = [
  'activate',
  'before-quit',
  'browser-window-blur',
  'browser-window-created',
  'browser-window-focus',
  'child-process-gone',
  'open-file',
  'open-url',
  'quit',
  'ready',
  'render-process-gone',
  'second-instance',
  'web-contents-created',
  'will-quit',
  'window-all-closed',
] as const;

/** Of Chromium, which the host starts with them. */
const switches: ReadonlySet<string> = new Set([
  'host-resolver-rules',
  'force-webrtc-ip-handling-policy',
  'proxy-server',
  'proxy-bypass-list',
]);

class App extends StrictEmitter {
  name = 'Keel';
  readonly isPackaged = false;
  readonly dock =
    process.platform === 'darwin' ? modelled('dock', { setIcon() {}, setMenu() {} }) : undefined;
  readonly commandLine = modelled('commandLine', {
    appendSwitch: (name: string, value?: string) => {
      if (this.isNowReady) throw new Error('a switch counts only before app is ready');
      if (!switches.has(name)) throw notModelled(`app.commandLine.appendSwitch('${name}')`);
      theHost().switches.push(value === undefined ? `--${name}` : `--${name}=${value}`);
    },
  });
  private readonly paths = new Map<string, string>();
  private ready: Promise<void> | undefined;
  private isNowReady = false;
  private quitting = false;
  private releaseLock: (() => void) | undefined;

  constructor() {
    super('app', events);
  }

  whenReady(): Promise<void> {
    this.ready ??= this.becomeReady();
    return this.ready;
  }
  isReady(): boolean {
    return this.isNowReady;
  }
  getVersion(): string {
    return theHost().version;
  }
  getName(): string {
    return this.name;
  }
  setName(name: string): void {
    this.name = name;
  }
  getLocale(): string {
    return 'en-US';
  }
  getAppPath(): string {
    return theHost().appPath;
  }
  getPath(name: string): string {
    const known: Readonly<Record<string, string>> = {
      home: homedir(),
      temp: tmpdir(),
      appData: join(homedir(), '.config'),
      userData: theHost().userData,
      documents: join(homedir(), 'Documents'),
      downloads: join(homedir(), 'Downloads'),
      desktop: join(homedir(), 'Desktop'),
      exe: process.execPath,
    };
    const path = this.paths.get(name) ?? known[name];
    if (path === undefined) throw notModelled(`app.getPath('${name}')`);
    return path;
  }
  setPath(name: string, path: string): void {
    this.paths.set(name, path);
  }
  /** The host's windows are sandboxed in any case. */
  enableSandbox(): void {
    if (this.isNowReady) throw new Error('app.enableSandbox() can only be called before app is ready');
  }
  setAppUserModelId(): void {}
  setBadgeCount(): boolean {
    return false;
  }
  focus(): void {}
  setAboutPanelOptions(): void {}
  showAboutPanel(): void {}
  setSecureKeyboardEntryEnabled(): void {}

  requestSingleInstanceLock(): boolean {
    this.releaseLock = takeInstanceLock(this.getPath('userData'), (argv, cwd) => {
      this.emit('second-instance', {}, argv, cwd, {});
    });
    return this.releaseLock !== undefined;
  }
  hasSingleInstanceLock(): boolean {
    return this.releaseLock !== undefined;
  }
  releaseSingleInstanceLock(): void {
    this.releaseLock?.();
  }

  quit(): void {
    if (this.quitting || this.emitPreventable('before-quit')) return;
    this.quitting = true;
    for (const window of openWindows) window.close();
    if (openWindows.size > 0 || this.emitPreventable('will-quit')) {
      this.quitting = false;
      return;
    }
    this.exit(0);
  }

  exit(code = 0): void {
    this.quitting = true;
    this.emit('quit', {}, code);
    this.releaseLock?.();
    theHost().exit(code);
  }

  private async becomeReady(): Promise<void> {
    await theHost().context;
    this.isNowReady = true;
    this.emit('ready', {}, {});
  }

  /** As Electron: the last window's end asks the listeners, and ends the app where there are none. */
  windowClosed(): void {
    if (this.quitting || openWindows.size > 0) return;
    if (this.listenerCount('window-all-closed') === 0) this.quit();
    else this.emit('window-all-closed');
  }
}

export const app = modelled('app', new App());
