import type { SslMode } from '#contract/environments';
import { isPairs, pairOf, withPair } from './pasted-pairs.ts';

/** Reading and changing an address as text, without judging it: that is the main process's part. */

export interface TakenApart {
  /** The address without its password. */
  readonly url: string;
  readonly password?: string;
}

const sslModes: readonly SslMode[] = ['disable', 'allow', 'prefer', 'require', 'verify-ca', 'verify-full'];

/** The parts of an address that the TLS choice changes. */
export const tlsParameters = ['sslmode', 'sslrootcert', 'sslcert', 'sslkey'] as const;
export type TlsParameter = (typeof tlsParameters)[number];

/**
 * Takes the password out of a pasted address, from between user and host or from its parameters. Also where it holds
 * signs that should have been encoded (`@`, `/`, `#`): taken out, they do no harm.
 */
export function takePassword(text: string): TakenApart {
  const trimmed = text.trim();
  if (isPairs(trimmed)) {
    const password = pairOf(trimmed, 'password');
    return { url: withPair(trimmed, 'password', undefined), ...(password && { password }) };
  }
  const [, scheme, rest] = /^([a-z][a-z0-9+.:-]*:\/\/)(.*)$/is.exec(trimmed) ?? [];
  if (scheme === undefined || rest === undefined) return { url: trimmed };
  const between = betweenUserAndHost(rest);
  const asParameter = takeParameter(`${scheme}${between.url}`);
  return {
    url: asParameter.url,
    ...((between.password ?? asParameter.password) !== undefined && {
      password: between.password ?? asParameter.password ?? '',
    }),
  };
}

/** Where the parameters begin: with a name that addresses have, since a password may hold `?` and `=` too. */
const parameter =
  /[?&](?:user|username|password|host|hostaddr|port|dbname|database|schema|currentSchema|options|ssl\w*|requiressl|application_name|\w*_?timeout|target\w*|pool\w*|prepare\w*|pgbouncer)=/i;

function betweenUserAndHost(rest: string): TakenApart {
  const authority = rest.split(/[/?#]/)[0] ?? '';
  // a sign that ends the authority may be one of the password: then another `@` follows, before any parameter
  const beforeParameters = rest.split(parameter)[0] ?? '';
  const end = Math.max(authority.lastIndexOf('@'), beforeParameters.lastIndexOf('@'));
  const colon = rest.slice(0, Math.max(end, 0)).indexOf(':');
  if (colon === -1) return { url: rest };
  // a colon behind the first slash belongs to something else
  if (/[/?#]/.test(rest.slice(0, colon))) return { url: rest };
  const password = decoded(rest.slice(colon + 1, end));
  return { url: rest.slice(0, colon) + rest.slice(end), ...(password !== '' && { password }) };
}

function takeParameter(url: string): TakenApart {
  const password = parameterOf(url, 'password');
  if (password === undefined) return { url };
  return { url: withParameter(url, 'password', undefined), ...(password !== '' && { password }) };
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

function parameterOf(url: string, name: string): string | undefined {
  if (isPairs(url)) return pairOf(url, name);
  const found = queryOf(url).find(([key]) => key === name);
  return found && decoded(found[1]);
}

function queryOf(url: string): [string, string][] {
  const at = url.indexOf('?');
  if (at === -1) return [];
  return url
    .slice(at + 1)
    .split('&')
    .filter((pair) => pair !== '')
    .map((pair) => {
      const [key = '', ...value] = pair.split('=');
      return [key, value.join('=')];
    });
}

/** The address with a parameter set again, or without it. */
export function withParameter(url: string, name: string, value: string | undefined): string {
  if (isPairs(url)) return withPair(url, name, value);
  const kept = queryOf(url).filter(([key]) => key !== name);
  const pairs = kept.map(([key, text]) => (text === '' ? key : `${key}=${text}`));
  if (value !== undefined) pairs.push(`${name}=${encodeURIComponent(value).replaceAll('%2F', '/')}`);
  const base = url.split('?')[0] ?? '';
  return pairs.length === 0 ? base : `${base}?${pairs.join('&')}`;
}

/** What an address says of TLS. Without a mode PostgreSQL's own default holds, `prefer`. */
export function tlsOfUrl(url: string): {
  readonly sslmode: SslMode;
  readonly named: boolean;
  readonly sslrootcert?: string;
  readonly sslcert?: string;
  readonly sslkey?: string;
} {
  const mode = sslModes.findLast((one) => one === parameterOf(url, 'sslmode') || one === driverMode(url));
  const files = (['sslrootcert', 'sslcert', 'sslkey'] as const).flatMap((name) => {
    const value = parameterOf(url, name);
    return value ? [[name, value] as const] : [];
  });
  return { sslmode: mode ?? 'prefer', named: mode !== undefined, ...Object.fromEntries(files) };
}

/** Words of drivers for an sslmode, as the main process reads them; one that is chosen here takes their place. */
export const driverTlsParameters = ['ssl', 'sslaccept', 'sslfactory', 'requiressl'] as const;

function driverMode(url: string): string | undefined {
  const ssl = parameterOf(url, 'ssl');
  if (parameterOf(url, 'sslaccept') === 'strict') return 'verify-full';
  if (ssl === undefined) return parameterOf(url, 'requiressl') === '1' ? 'require' : undefined;
  if (!['', 'true', '1', 'yes', 'on', 't'].includes(ssl)) return ssl === 'no-verify' ? 'require' : ssl;
  const unchecked = parameterOf(url, 'sslfactory')?.endsWith('NonValidatingFactory');
  return /^jdbc:/i.test(url.trim()) && !unchecked ? 'verify-full' : 'require';
}

/** The host of an address, for a suggestion of a name; undefined where there is none to be seen. */
export function hostOfUrl(url: string): string | undefined {
  if (isPairs(url)) return pairOf(url, 'host')?.split(',')[0];
  const authority = /^[a-z][a-z0-9+.:-]*:\/\/([^/?#]*)/i.exec(url)?.[1] ?? '';
  const [first = ''] = authority.slice(authority.lastIndexOf('@') + 1).split(',');
  const host = first.replace(/:\d*$/, '');
  return host === '' ? undefined : host.replace(/^\[(.*)\]$/, '$1');
}
