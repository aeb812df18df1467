import { app } from './app.ts';
import { theme } from './desktop.ts';
import { theHost } from '../host.ts';
import { openWindows, type OpenWindow } from '../desk/open-windows.ts';
import type { RendererLink } from '../chromium/renderer-link.ts';
import { sessionOf } from './session.ts';
import { modelled, onlyKnown, StrictEmitter } from './strict.ts';
import { WebContents } from './web-contents.ts';
import { modelledPreferences, type WindowOptions } from './window-options.ts';

const events = [
  'always-on-top-changed',
  'blur',
  'close',
  'closed',
  'enter-full-screen',
  'focus',
  'hide',
  'leave-full-screen',
  'maximize',
  'minimize',
  'move',
  'moved',
  'page-title-updated',
  'ready-to-show',
  'resize',
  'resized',
  'responsive',
  'restore',
  ...['query-session-end', 'session-end'],
  'show',
  'unmaximize',
  'unresponsive',
] as const;

let made = 0;

/** A window: its page, its place, and what it shows of itself. */
export class BrowserWindow extends StrictEmitter implements OpenWindow {
  readonly id = ++made;
  readonly handle: BrowserWindow;
  readonly webContents: WebContents;
  readonly shown = { contentProtected: false, progress: -1, visible: true };
  title = 'Keel';
  private readonly contents: WebContents;
  private bounds: { x: number; y: number; width: number; height: number };
  private maximized = false;
  private minimized = false;
  private fullScreen = false;
  private focused = false;
  private destroyed = false;

  constructor(given: WindowOptions = {}) {
    super('BrowserWindow', events);
    const { session, partition = '', preload } = modelledPreferences(given);
    this.handle = modelled('BrowserWindow', this);
    this.bounds = {
      x: given.x ?? 0,
      y: given.y ?? 0,
      width: given.width ?? 800,
      height: given.height ?? 600,
    };
    this.shown.visible = given.show ?? true;
    this.contents = new WebContents(session ?? sessionOf(partition).handle, preload);
    this.webContents = this.contents.handle;
    openWindows.add(this.handle);
    this.contents.on('focus', () => this.setFocused(true));
    this.contents.on('blur', () => this.setFocused(false));
    const followTheme = () => void this.applyTheme();
    theme.on('updated', followTheme);
    this.once('closed', () => theme.off('updated', followTheme));
    void this.contents.attached.then((link) => this.begin(link)).catch(() => undefined);
    app.emit('browser-window-created', {}, this.handle);
    // oxlint-disable-next-line no-constructor-return
    return this.handle;
  }

  static getAllWindows(): BrowserWindow[] {
    return [...openWindows].map(({ handle }) => handle as BrowserWindow);
  }
  static getFocusedWindow(): BrowserWindow | null {
    return BrowserWindow.getAllWindows().find((window) => window.isFocused()) ?? null;
  }
  static fromWebContents(contents: WebContents): BrowserWindow | null {
    return BrowserWindow.getAllWindows().find((window) => window.webContents === contents) ?? null;
  }

  async loadURL(url: string): Promise<void> {
    await this.contents.loadURL(url);
    this.emit('ready-to-show');
  }

  /** Asks, then ends the page. */
  close(): void {
    if (!this.destroyed && !this.emitPreventable('close')) this.destroy();
  }

  destroy(): void {
    if (this.destroyed) return;
    this.destroyed = true;
    openWindows.delete(this.handle);
    this.contents.markDestroyed();
    void this.contents.attached.then(({ page }) => page.close()).catch(() => undefined);
    this.emit('closed');
    app.windowClosed();
  }

  show(): void {
    this.showInactive();
    this.focus();
  }
  showInactive(): void {
    this.shown.visible = true;
    this.emit('show');
  }
  hide(): void {
    this.shown.visible = false;
    this.setFocused(false);
    this.emit('hide');
  }
  focus(): void {
    this.contents.focus();
    this.setFocused(true);
  }
  blur(): void {
    this.setFocused(false);
    this.contents.emit('blur', {});
  }
  isVisible(): boolean {
    return this.shown.visible;
  }
  isFocused(): boolean {
    return this.focused;
  }
  isDestroyed(): boolean {
    return this.destroyed;
  }

  getBounds() {
    return { ...this.bounds };
  }
  getNormalBounds() {
    return { ...this.bounds };
  }
  setBounds(bounds: Partial<{ x: number; y: number; width: number; height: number }>): void {
    this.bounds = { ...this.bounds, ...bounds };
    void this.place();
    this.emit('resize');
  }
  getSize(): [number, number] {
    return [this.bounds.width, this.bounds.height];
  }
  setSize(width: number, height: number): void {
    this.setBounds({ width, height });
  }
  setMinimumSize(): void {}
  center(): void {}

  maximize(): void {
    this.maximized = true;
    this.emit('maximize');
  }
  unmaximize(): void {
    this.maximized = false;
    this.emit('unmaximize');
  }
  isMaximized(): boolean {
    return this.maximized;
  }
  minimize(): void {
    this.minimized = true;
    this.setFocused(false);
    this.emit('minimize');
  }
  restore(): void {
    this.minimized = false;
    this.emit('restore');
  }
  isMinimized(): boolean {
    return this.minimized;
  }
  setFullScreen(on: boolean): void {
    this.fullScreen = on;
    this.emit(on ? 'enter-full-screen' : 'leave-full-screen');
  }
  isFullScreen(): boolean {
    return this.fullScreen;
  }

  setContentProtection(on: boolean): void {
    this.shown.contentProtected = on;
  }
  isContentProtected(): boolean {
    return this.shown.contentProtected;
  }
  setProgressBar(progress: number, given?: { mode?: string }): void {
    onlyKnown('setProgressBar', given, ['mode']);
    this.shown.progress = progress;
  }
  setTitle(title: string): void {
    this.title = title;
  }
  getTitle(): string {
    return this.title;
  }
  setBackgroundColor(): void {}
  flashFrame(): void {}
  setAutoHideMenuBar(): void {}
  setMenuBarVisibility(): void {}

  edit(command: string): void {
    this.contents.edit(command);
  }
  zoomBy(step: number | undefined): void {
    this.contents.zoom(step === undefined ? 0 : this.contents.zoomLevel + step);
  }

  private setFocused(focused: boolean): void {
    if (this.focused === focused) return;
    this.focused = focused;
    this.emit(focused ? 'focus' : 'blur');
    app.emit(focused ? 'browser-window-focus' : 'browser-window-blur', {}, this.handle);
  }

  private async begin(link: RendererLink): Promise<void> {
    link.page.on('close', () => this.destroy());
    // the window's own close button; to stay is what the app answers by preventing
    link.page.on('dialog', (asked) => {
      const stays = asked.type() !== 'beforeunload' || this.emitPreventable('close');
      void (stays ? asked.dismiss() : asked.accept()).catch(() => undefined);
    });
    await this.place();
    await this.applyTheme();
  }

  private async place(): Promise<void> {
    const link = await this.contents.attached;
    const { x: left, y: top, width, height } = this.bounds;
    await link.setBounds(theHost().headed ? { left, top, width, height } : { width, height });
  }

  private async applyTheme(): Promise<void> {
    const { page } = await this.contents.attached;
    const isSystems = theme.themeSource === 'system' && theHost().headed;
    const colorScheme = theme.shouldUseDarkColors ? 'dark' : 'light';
    await page.emulateMedia({ colorScheme: isSystems ? null : colorScheme }).catch(() => undefined);
  }
}
