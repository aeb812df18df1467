/**
 * Chromium knows no scheme of ours, so `keel://app/` stands as `http://keel.localhost/` there: a secure context and an
 * origin of its own too. Only the host knows; the app sees its own scheme.
 */
const pattern = /^http:\/\/([a-z][a-z0-9+.-]*)\.localhost(?=\/|$)/;

/** The schemes that the app registered as standard and secure. Nothing else is translated. */
export const appSchemes = new Set<string>();

/** The address that Chromium loads. */
export function toPageUrl(url: string): string {
  const [, scheme = '', rest = ''] = /^([a-z][a-z0-9+.-]*):\/\/app(?=\/|$)(.*)$/i.exec(url) ?? [];
  return appSchemes.has(scheme) ? `http://${scheme}.localhost${rest || '/'}` : url;
}

/** The address as the app knows it. */
export function toAppUrl(url: string): string {
  const scheme = pattern.exec(url)?.[1];
  return scheme !== undefined && appSchemes.has(scheme) ? url.replace(pattern, `${scheme}://app`) : url;
}
