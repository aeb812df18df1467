import type { WebContents } from 'electron';
import { appUrl } from './origin.ts';

/** Whether the window may load an address: its own page and nothing else, so that reloading works. */
export function mayLoad(address: string): boolean {
  return address.replace(/#.*$/, '') === appUrl;
}

export type OnRefused = (what: string, address: string) => void;

/**
 * Holds contents to the app's own page: no other address, no new window, no embedded browser, and no link into the system's browser,
 * which would carry whatever is in its address.
 */
export function holdToOwnPage(contents: WebContents, onRefused: OnRefused): void {
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
  // the page does not keep its window open: the main process asks where that matters
  contents.on('will-prevent-unload', (event) => event.preventDefault());
  contents.setWindowOpenHandler(({ url }) => {
    onRefused('new window', url);
    return { action: 'deny' };
  });
  contents.setWebRTCIPHandlingPolicy('disable_non_proxied_udp');
}
