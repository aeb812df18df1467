import { readFileSync } from 'node:fs';
import type { Page, Request } from 'playwright';
import { appSchemes, toAppUrl, toPageUrl } from '../chromium/addresses.ts';
import { app } from './app.ts';
import { theHost } from '../host.ts';
import { inputEventsOf, inputOf } from '../chromium/input.ts';
import { answerInvoke, refuseSend } from './ipc-main.ts';
import { lastInput } from '../desk/last-input.ts';
import { pressShortcut } from './menu.ts';
import { RendererLink } from '../chromium/renderer-link.ts';
import type { AppSession } from './session.ts';
import { modelled, notModelled, StrictEmitter } from './strict.ts';
import { traffic } from '../chromium/traffic.ts';
import type { WebFrame } from './web-frame.ts';
import type { FromPage, PageInput } from '../chromium/worlds.ts';

const events = [
  'before-input-event',
  'before-mouse-event',
  'blur',
  'console-message',
  'destroyed',
  'did-attach-webview',
  'did-fail-load',
  'did-finish-load',
  'did-navigate',
  'dom-ready',
  'focus',
  'input-event',
  'preload-error',
  'render-process-gone',
  'unresponsive',
  'responsive',
  'will-attach-webview',
  'will-frame-navigate',
  'will-navigate',
  'will-prevent-unload',
  'will-redirect',
] as const;

type OpenHandler = (details: object) => { action: 'allow' | 'deny' };

/** By the page that shows them. */
export const contentsOf = new WeakMap<Page, WebContents>();
let made = 0;

/** A page as Electron's WebContents: its navigation asks, its messages carry their true frame, only trusted input counts. */
export class WebContents extends StrictEmitter {
  readonly id = ++made;
  readonly session: AppSession;
  /** What Electron hands out, and compares by. */
  readonly handle: WebContents;
  readonly attached: Promise<RendererLink>;
  private link: RendererLink | undefined;
  private openHandler: OpenHandler = () => ({ action: 'allow' });
  private expected: string | undefined;
  private destroyed = false;
  private zoomed = 0;

  constructor(session: AppSession, preload: string) {
    super('webContents', events);
    this.session = session;
    this.handle = modelled('webContents', this);
    this.attached = this.attach(readFileSync(preload, 'utf8'));
    // its failure is loadURL's
    this.attached.catch(() => undefined);
    queueMicrotask(() => app.emit('web-contents-created', {}, this.handle));
  }

  get mainFrame(): WebFrame {
    if (!this.link) throw notModelled('webContents.mainFrame before a page is loaded');
    return this.link.frames.main;
  }

  async loadURL(url: string): Promise<void> {
    const link = await this.attached;
    const scheme = /^([^:]+):/.exec(url)?.[1] ?? '';
    if (!appSchemes.has(scheme))
      throw notModelled(`loadURL of a scheme that is not the app's own (${scheme})`);
    await this.session.applyPermissions(link, this.handle);
    this.expected = toPageUrl(url);
    await link.page.goto(this.expected);
  }

  reload(): void {
    this.expected = this.link?.page.url();
    void this.link?.page.reload().catch(() => undefined);
  }

  send(channel: string, ...args: unknown[]): void {
    traffic.hear?.({ channel, args });
    this.link?.tell(channel, structuredClone(args));
  }

  setWindowOpenHandler(handler: OpenHandler): void {
    this.openHandler = handler;
  }

  getURL(): string {
    return this.link ? this.mainFrame.url : '';
  }
  isDestroyed(): boolean {
    return this.destroyed;
  }
  isLoading(): boolean {
    return this.link === undefined;
  }
  isCrashed(): boolean {
    return false;
  }
  focus(): void {
    void this.link?.page.bringToFront().catch(() => undefined);
  }
  setVisualZoomLevelLimits(): Promise<void> {
    return Promise.resolve();
  }
  /** The switch of the command line does the same for all contents; the host has no other way. */
  setWebRTCIPHandlingPolicy(policy: string): void {
    if (policy !== 'disable_non_proxied_udp') throw notModelled(`setWebRTCIPHandlingPolicy('${policy}')`);
  }
  setIgnoreMenuShortcuts(): void {}
  closeDevTools(): void {}
  isDevToolsOpened(): boolean {
    return false;
  }
  get zoomLevel(): number {
    return this.zoomed;
  }
  zoom(level: number): void {
    this.zoomed = level;
    void this.link?.setZoom(1.2 ** level);
  }
  edit(command: string): void {
    void this.link?.edit(command);
  }

  /** Whether a request that would replace a document may go on. */
  mayNavigate(request: Request, frameUrl: string, isMainFrame: boolean): boolean {
    const url = toAppUrl(request.url());
    if (request.url() === this.expected && isMainFrame) {
      this.expected = undefined;
      return true;
    }
    const details = {
      url,
      isMainFrame,
      isSameDocument: false,
      frame: null,
      initiator: null,
      currentUrl: frameUrl,
    };
    if (this.emitPreventable('will-frame-navigate', { ...details }, url)) return false;
    return !(isMainFrame && this.emitPreventable('will-navigate', { ...details }, url));
  }

  /** Whether a redirect may be followed. */
  mayRedirect(to: string): boolean {
    return !this.emitPreventable('will-redirect', { url: to, isMainFrame: true, isSameDocument: false }, to);
  }

  /** A window that the page wants. The host has no second window to give. */
  askToOpen(url: string, name: string, features: string): void {
    const details = {
      url: toAppUrl(url),
      frameName: name,
      features,
      disposition: 'new-window',
      referrer: { url: '' },
    };
    const { action } = this.openHandler(details);
    if (action !== 'deny') throw notModelled(`setWindowOpenHandler answering '${action}'`);
  }

  markDestroyed(): void {
    this.destroyed = true;
    this.emit('destroyed');
  }

  private async attach(preload: string): Promise<RendererLink> {
    const page = await theHost().takePage();
    contentsOf.set(page, this);
    const { headed } = theHost();
    const link = await RendererLink.attach(page, preload, headed, (message, frame, answer) => {
      void this.hear(message, frame, answer);
    });
    this.link = link;
    page.on('domcontentloaded', () => this.emit('dom-ready', {}));
    page.on('load', () => {
      this.emit('did-navigate', {}, this.getURL(), 200, 'OK');
      this.emit('did-finish-load', {});
    });
    page.on('crash', () => {
      this.emit('render-process-gone', {}, { reason: 'crashed', exitCode: 1 });
      app.emit('render-process-gone', {}, this.handle, { reason: 'crashed', exitCode: 1 });
    });
    page.on('console', (message) => {
      this.emit('console-message', { message: message.text(), level: message.type() });
    });
    page.on('download', (download) => void this.session.refuseDownload(download, this.handle));
    return link;
  }

  private feel(type: string, input: PageInput): void {
    lastInput.at = Date.now();
    if (type === 'mousedown' || type === 'keydown') lastInput.presses++;
    if (type.startsWith('key')) this.emitPreventable('before-input-event', {}, inputOf(type, input));
    for (const event of inputEventsOf(type, input)) {
      if (type.startsWith('mouse') || type === 'wheel') this.emitPreventable('before-mouse-event', {}, event);
      this.emit('input-event', {}, event);
    }
  }

  private async hear(message: FromPage, frame: WebFrame, answer: (reply: object) => void): Promise<void> {
    switch (message.kind) {
      case 'invoke': {
        const event = {
          sender: this.handle,
          senderFrame: frame,
          processId: 1,
          frameId: frame.routingId,
          type: 'frame',
        };
        return answer(await answerInvoke(message.channel, modelled('event', event), message.args));
      }
      case 'send':
        return refuseSend(message.channel);
      case 'window-open':
        return this.askToOpen(message.url, message.name, message.features);
      case 'shortcut':
        return pressShortcut(message.input);
      case 'focus':
      case 'blur':
        return void this.emit(message.kind, {});
      case 'input':
        return this.feel(message.type, message.input);
    }
  }
}
