import { parsedUrl } from './parsed-url.ts';

/**
 * A host as it is looked up: letters outside ASCII as punycode (UTS 46), numbers that stand for an IPv4 address as that address. The folder of a
 * unix socket and an IPv6 address stay what they are. Undefined for what no server could be called. Pure.
 */
export function asciiHost(typed: string): string | undefined {
  if (isSocket(typed)) return typed;
  const [, ipv6, zone = ''] = /^([0-9a-f.]*:[0-9a-f:.]*)(%[\w.-]+)?$/i.exec(typed) ?? [];
  if (ipv6 !== undefined) return hostnameOf(`[${ipv6}]`)?.replace(/^\[(.*)\]$/, `$1${zone}`);
  // what a URL would read as something else than a part of the host
  if (/[\s\p{Cc}%/?#@:\\[\]<>^|]/u.test(typed)) return undefined;
  const hostname = hostnameOf(typed);
  return hostname !== undefined && hostname.length <= longestName ? hostname : undefined;
}

function hostnameOf(host: string): string | undefined {
  return parsedUrl(`ws://${host}`)?.hostname;
}

/** RFC 1035, with the dot of the root. */
const longestName = 254;

/** Whether it is the folder of a unix socket, or an abstract one. */
export function isSocket(host: string): boolean {
  return /^[/@]/.test(host);
}
