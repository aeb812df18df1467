import type { Session } from 'electron';
import { parsedUrl } from '#shared/parsed-url';
import { scheme } from './origin.ts';
import { denyPermissions } from './permissions.ts';

/** Without `persist:` in front it lives in memory only. */
export const sessionName = 'keel-window';
export const sessionOptions = { cache: false } as const;

/** Whether the window may ask for an address: its own scheme, and while developing the tools that inspect it. */
export function mayRequest(address: string, isPackaged: boolean): boolean {
  const protocol = parsedUrl(address)?.protocol;
  return protocol === `${scheme}:` || (!isPackaged && protocol === 'devtools:');
}

export interface SessionOptions {
  readonly isPackaged: boolean;
  readonly onRefused: (what: string, address: string) => void;
}

/** A session that reaches nothing: no network, no permission, no download, no spell checker that fetches dictionaries. */
export function sealSession(session: Session, { isPackaged, onRefused }: SessionOptions): void {
  denyPermissions(session);
  session.setSpellCheckerEnabled(false);
  session.webRequest.onBeforeRequest(({ url }, answer) => {
    const cancel = !mayRequest(url, isPackaged);
    if (cancel) onRefused('request', url);
    answer({ cancel });
  });
  session.on('will-download', (event, item) => {
    event.preventDefault();
    onRefused('download', item.getURL());
  });
}
