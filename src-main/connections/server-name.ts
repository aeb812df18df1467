import { isIP } from 'node:net';

/** A host name (RFC 1123), or an address; undefined for what no server could be called, which may be half a password. */
export function asHost(text: string): string | undefined {
  const bare = text
    .trim()
    .replace(/^\[(.*)\]$/, '$1')
    .replace(/\.$/, '')
    .toLowerCase();
  if (isIP(bare)) return bare;
  const isName =
    bare.length <= 253 &&
    bare.split('.').every((label) => /^[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?$/.test(label));
  // all digits behind the last dot is an address that is none
  return isName && !/(^|\.)\d+$/.test(bare) ? bare : undefined;
}

export function asPort(text: string | undefined, usual: number): number | undefined {
  if (text === undefined || text === '') return usual;
  const port = Number(text);
  return Number.isInteger(port) && port > 0 && port < 65_536 ? port : undefined;
}

/** `host:port`, as a person writes it. */
export function describePlace({ host, port }: { readonly host: string; readonly port: number }): string {
  return `${host.includes(':') ? `[${host}]` : host}:${port}`;
}
