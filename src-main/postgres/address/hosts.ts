import { example, malformed } from './malformed.ts';

/** A server of several that an address names. */
export interface HostAddress {
  /** Host name, address, or the folder of a unix socket. */
  readonly host: string;
  readonly port: number;
  /** Where to connect to without looking `host` up; the certificate is for `host` still. */
  readonly hostaddr?: string;
}

export interface WrittenHost {
  readonly host: string;
  readonly port?: string;
}

/** `one,two:5433` as hosts. A folder and an IPv6 address keep their colons. */
export function splitHosts(text: string): WrittenHost[] {
  return text.split(',').map((part) => {
    const [, host, port] = /^(\[[^\]]*\]|[^/:[\]]*):(\d*)$/.exec(part.trim()) ?? [];
    if (host === undefined) return { host: withoutBrackets(part.trim()) };
    return { host: withoutBrackets(host), ...(port && { port }) };
  });
}

/** Each host with its port and address, where one port or as many as hosts are given. Throws `url-malformed`. */
export function pairHosts(
  hosts: readonly WrittenHost[],
  ports: string | undefined,
  addresses: string | undefined,
): HostAddress[] {
  const [portOf, addressOf] = [
    listOf(ports, hosts.length, 'ports'),
    listOf(addresses, hosts.length, 'addresses'),
  ];
  return hosts.map(({ host, port }, at) => {
    const hostaddr = addressOf(at);
    return {
      host: host || hostaddr || 'localhost',
      port: readPort(port || portOf(at) || '5432'),
      ...(hostaddr && host && host !== hostaddr && { hostaddr }),
    };
  });
}

function listOf(text: string | undefined, hosts: number, what: string): (at: number) => string | undefined {
  const parts = (text ?? '').split(',').map((part) => part.trim());
  if (parts.length === 1 && (what === 'ports' || hosts === 1 || parts[0] === '')) return () => parts[0];
  if (parts.length === hosts) return (at) => parts[at];
  throw malformed(
    `the connection string lists ${hosts} ${hosts === 1 ? 'host' : 'hosts'} but ${parts.length} ${what}`,
    `list as many ${what} as hosts`,
  );
}

function readPort(text: string): number {
  const port = Number(text);
  if (Number.isInteger(port) && port > 0 && port < 65_536) return port;
  throw malformed('the port is not a number from 1 to 65535', example);
}

function withoutBrackets(host: string): string {
  return host.replace(/^\[(.*)\]$/, '$1');
}
