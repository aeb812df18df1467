import type { WebContents } from 'electron';
import { appUrl, parsedAddress } from './origin.ts';

/** Sites that a link of the app may open, in the system's browser. A host that is not here is never opened. */
const externalHosts: ReadonlySet<string> = new Set(['age-encryption.org', 'www.postgresql.org']);

/** Whether the window may load an address: its own page and nothing else, so that reloading works. */
export function mayLoad(address: string): boolean {
  return address.replace(/#.*$/, '') === appUrl;
}

/** The address as it may be handed to the system's browser, or undefined. */
export function externalAddress(address: string): string | undefined {
  const url = parsedAddress(address);
  const allowed =
    url?.protocol === 'https:' &&
    externalHosts.has(url.hostname) &&
    url.port === '' &&
    url.username === '' &&
    url.password === '';
  return allowed ? url.href : undefined;
}

export interface NavigationHandling {
  /** Opens an address that was found allowed. */
  readonly openExternal: (address: string) => void;
  readonly onRefused: (what: string, address: string) => void;
}

/** Holds contents to the app's own page: no other address, no new window, no embedded browser. */
export function holdToOwnPage(contents: WebContents, { openExternal, onRefused }: NavigationHandling): void {
  const refuse = (what: string, details: { readonly url: string; preventDefault(): void }) => {
    if (mayLoad(details.url)) return;
    details.preventDefault();
    onRefused(what, details.url);
  };
  contents.on('will-navigate', (details) => refuse('navigation', details));
  contents.on('will-frame-navigate', (details) => refuse('navigation of a frame', details));
  contents.on('will-redirect', (details) => refuse('redirect', details));
  contents.on('will-attach-webview', (event) => {
    event.preventDefault();
    onRefused('embedded browser', '');
  });
  contents.setWindowOpenHandler(({ url }) => {
    const address = externalAddress(url);
    if (address === undefined) onRefused('new window', url);
    else openExternal(address);
    return { action: 'deny' };
  });
}
