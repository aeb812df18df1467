import { theHost } from '../host.ts';
import { lastInput } from '../desk/last-input.ts';
import { modelled, onlyKnown, StrictEmitter } from './strict.ts';

/** The desktop's parts that have no page: theme, power, screen, links, notifications. */

class NativeTheme extends StrictEmitter {
  private source: 'system' | 'light' | 'dark' = 'system';
  private systemIsDark = false;

  constructor() {
    super('nativeTheme', ['updated']);
  }

  get themeSource() {
    return this.source;
  }
  set themeSource(source) {
    this.source = source;
    this.emit('updated');
  }
  get shouldUseDarkColors(): boolean {
    return this.source === 'system' ? this.systemIsDark : this.source === 'dark';
  }
  get shouldUseHighContrastColors(): boolean {
    return false;
  }

  /** What the system's own setting is. */
  setSystem(isDark: boolean): void {
    this.systemIsDark = isDark;
    this.emit('updated');
  }
}

/** Unmodelled access throws on what the app gets; the host itself uses the theme beneath. */
export const theme = new NativeTheme();
export const nativeTheme = modelled('nativeTheme', theme);

const powerEvents = ['suspend', 'resume', 'lock-screen', 'unlock-screen', 'shutdown', 'on-ac', 'on-battery'];

class PowerMonitor extends StrictEmitter {
  private locked = false;

  constructor() {
    super('powerMonitor', powerEvents);
  }

  getSystemIdleTime(): number {
    return Math.floor((Date.now() - lastInput.at) / 1000);
  }
  getSystemIdleState(threshold: number): string {
    if (this.locked) return 'locked';
    return this.getSystemIdleTime() >= threshold ? 'idle' : 'active';
  }
  isOnBatteryPower(): boolean {
    return false;
  }

  fire(event: string): void {
    if (event === 'lock-screen') this.locked = true;
    if (event === 'unlock-screen') this.locked = false;
    if (!powerEvents.includes(event)) throw new Error(`there is no power event '${event}'`);
    this.emit(event, {});
  }
}

export const power = new PowerMonitor();
export const powerMonitor = modelled('powerMonitor', power);

const area = { x: 0, y: 0, width: 1920, height: 1080 };
const display = {
  id: 1,
  bounds: area,
  workArea: area,
  size: area,
  workAreaSize: area,
  scaleFactor: 1,
  rotation: 0,
};

export const screen = modelled('screen', {
  getAllDisplays: () => [display],
  getPrimaryDisplay: () => display,
  getDisplayMatching: () => display,
  getDisplayNearestPoint: () => display,
});

export const shell = modelled('shell', {
  openExternal: (url: string) => theHost().desk.openExternal(url),
});

interface NotificationOptions {
  readonly title?: string;
  readonly body?: string;
}

const shownNotifications: Notification[] = [];

/** The one shown last; throws where there is none. */
export function clickLastNotification(): void {
  const last = shownNotifications.at(-1);
  if (!last) throw new Error('no notification was shown');
  last.emit('click', {});
}

export class Notification extends StrictEmitter {
  readonly title: string;
  readonly body: string;

  constructor(options: NotificationOptions = {}) {
    super('Notification', ['click', 'close', 'show', 'failed', 'action', 'reply']);
    onlyKnown('Notification', options, [
      'title',
      'body',
      'silent',
      'icon',
      'urgency',
      'subtitle',
      'timeoutType',
    ]);
    this.title = options.title ?? '';
    this.body = options.body ?? '';
  }

  static isSupported(): boolean {
    return true;
  }
  show(): void {
    shownNotifications.push(this);
    theHost().desk.notified(this.title, this.body);
    this.emit('show', {});
  }
  close(): void {
    this.emit('close', {});
  }
}

/** An image is nothing to look at here. */
const image = modelled('NativeImage', { isEmpty: () => false, setTemplateImage() {} });

export const nativeImage = modelled('nativeImage', {
  createEmpty: () => image,
  createFromPath: () => image,
  createFromDataURL: () => image,
});
