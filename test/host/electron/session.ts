import type { Download } from 'playwright';
import { appSchemes, toPageUrl } from '../chromium/addresses.ts';
import type { RendererLink } from '../chromium/renderer-link.ts';
import { modelled, notModelled, onlyKnown, StrictEmitter } from './strict.ts';

export type ProtocolHandler = (request: Request) => Response | Promise<Response>;
type BeforeRequest = (
  details: object,
  callback: (response: { cancel?: boolean; redirectURL?: string }) => void,
) => void;
type Check = (contents: unknown, permission: string, origin: string, details: object) => boolean;
type Ask = (
  contents: unknown,
  permission: string,
  callback: (granted: boolean) => void,
  details: object,
) => void;

/** Chromium's names for what Electron's handlers are asked, and which of them Electron calls how. */
const permissions: Readonly<Record<string, string>> = {
  camera: 'media',
  microphone: 'media',
  geolocation: 'geolocation',
  notifications: 'notifications',
  midi: 'midi',
  'midi-sysex': 'midiSysex',
  'clipboard-read': 'clipboard-read',
  'clipboard-write': 'clipboard-sanitized-write',
  'idle-detection': 'idle-detection',
  'storage-access': 'storage-access',
  'display-capture': 'display-capture',
  'window-management': 'window-management',
  'screen-wake-lock': 'screen-wake-lock',
  'local-fonts': 'local-fonts',
};

/** A session: its protocol, its requests, its permissions. What nobody forbids is granted, as in Electron. */
export class AppSession extends StrictEmitter {
  readonly handle: AppSession;
  readonly protocol;
  readonly webRequest;
  readonly protocols = new Map<string, ProtocolHandler>();
  private beforeRequest: BeforeRequest | undefined;
  private check: Check | undefined;
  private ask: Ask | undefined;

  constructor() {
    super('session', ['will-download', 'preconnect']);
    this.handle = modelled('session', this);
    this.protocol = modelled('protocol', {
      handle: (scheme: string, handler: ProtocolHandler) => {
        if (!appSchemes.has(scheme))
          throw notModelled(`protocol.handle of a scheme without privileges (${scheme})`);
        if (this.protocols.has(scheme)) throw new Error(`the scheme ${scheme} is handled already`);
        this.protocols.set(scheme, handler);
      },
      unhandle: (scheme: string) => void this.protocols.delete(scheme),
      isProtocolHandled: (scheme: string) => this.protocols.has(scheme),
      registerSchemesAsPrivileged,
    });
    this.webRequest = modelled('webRequest', {
      onBeforeRequest: (
        filter: BeforeRequest | { urls: string[] } | null,
        listener?: BeforeRequest | null,
      ) => {
        if (filter !== null && typeof filter === 'object' && !filter.urls.includes('<all_urls>')) {
          throw notModelled('webRequest.onBeforeRequest with a filter other than <all_urls>');
        }
        this.beforeRequest = (typeof filter === 'function' ? filter : listener) ?? undefined;
      },
    });
  }

  setPermissionRequestHandler(ask: Ask | null): void {
    this.ask = ask ?? undefined;
  }
  setPermissionCheckHandler(check: Check | null): void {
    this.check = check ?? undefined;
  }
  // a page of the host has no devices and no screens to give, so what these answer has no effect
  setDevicePermissionHandler(): void {}
  setDisplayMediaRequestHandler(): void {}
  setUSBProtectedClassesHandler(): void {}
  setBluetoothPairingHandler(): void {}
  setSpellCheckerEnabled(): void {}
  setSpellCheckerLanguages(): void {}
  isPersistent(): boolean {
    return false;
  }
  clearCache(): Promise<void> {
    return Promise.resolve();
  }
  clearStorageData(): Promise<void> {
    return Promise.resolve();
  }
  closeAllConnections(): Promise<void> {
    return Promise.resolve();
  }

  /** Asks the app about every permission that a page could want, and holds Chromium to the answers. */
  async applyPermissions(link: RendererLink, contents: unknown): Promise<void> {
    for (const scheme of appSchemes) {
      const origin = `${scheme}://app`;
      for (const [name, electrons] of Object.entries(permissions)) {
        const details = { requestingUrl: `${origin}/`, isMainFrame: true, securityOrigin: origin };
        const checked = this.check?.(contents, electrons, origin, details) ?? true;
        const granted = checked && (await this.asked(contents, electrons, details));
        await link.setPermission(name, granted, toPageUrl(origin).replace(/\/$/, ''));
      }
    }
  }

  private asked(contents: unknown, permission: string, details: object): Promise<boolean> {
    const { ask } = this;
    if (!ask) return Promise.resolve(true);
    return new Promise((resolve) => {
      ask(contents, permission, resolve, details);
    });
  }

  /** Whether the app lets a request go out. */
  async mayRequest(details: object): Promise<boolean> {
    const { beforeRequest } = this;
    if (!beforeRequest) return true;
    const answer = await new Promise<{ cancel?: boolean; redirectURL?: string }>((resolve) => {
      beforeRequest(details, resolve);
    });
    if (answer.redirectURL !== undefined)
      throw notModelled('webRequest.onBeforeRequest answering redirectURL');
    return answer.cancel !== true;
  }

  async refuseDownload(download: Download, contents: unknown): Promise<void> {
    const item = { getURL: () => download.url(), getFilename: () => download.suggestedFilename() };
    const prevented = this.emitPreventable('will-download', {}, modelled('DownloadItem', item), contents);
    await download.cancel();
    if (!prevented) throw notModelled('a download that the app does not prevent');
  }
}

const sessions = new Map<string, AppSession>();

export function sessionOf(partition: string): AppSession {
  const known = sessions.get(partition);
  if (known) return known;
  const made = new AppSession();
  sessions.set(partition, made);
  return made;
}

export const session = modelled('session', {
  get defaultSession() {
    return sessionOf('').handle;
  },
  fromPartition: (partition: string, options?: { cache: boolean }) => {
    onlyKnown('session.fromPartition', options, ['cache']);
    return sessionOf(partition).handle;
  },
});

interface CustomScheme {
  readonly scheme: string;
  readonly privileges?: { readonly standard?: boolean; readonly secure?: boolean };
}

function registerSchemesAsPrivileged(schemes: readonly CustomScheme[]): void {
  for (const { scheme, privileges } of schemes) {
    onlyKnown('protocol.registerSchemesAsPrivileged', privileges, [
      'standard',
      'secure',
      'supportFetchAPI',
      'corsEnabled',
      'stream',
      'codeCache',
    ]);
    if (!privileges?.standard || !privileges.secure) {
      throw notModelled(`a scheme that is not standard and secure (${scheme})`);
    }
    appSchemes.add(scheme);
  }
}

/** Of the default session, as the module's `protocol` is. */
export const protocol = sessionOf('').protocol;
