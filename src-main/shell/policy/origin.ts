import { parsedUrl } from '#shared/parsed-url';

/** The one place that says where the window's pages come from. */
export const scheme = 'keel';
const host = 'app';

/** What a frame of our own reports as its origin (RFC 6454). */
export const appOrigin = `${scheme}://${host}`;
/** The only page. */
export const appUrl = `${appOrigin}/`;

/** Whether an address belongs to the app, whatever its path. `URL.origin` is opaque for our scheme, so its parts decide. */
export function isAppUrl(address: string): boolean {
  const url = parsedUrl(address);
  return url?.protocol === `${scheme}:` && url.host === host && url.username === '' && url.password === '';
}
