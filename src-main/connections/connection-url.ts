import { databaseKindOf, type DatabaseKind, usualPort } from './database-kinds.ts';
import type { LoginPlan } from './probe-plan.ts';
import { asHost, asPort } from './server-name.ts';
import { tlsWishOf } from './tls-wish.ts';

/** What a text that begins like a URL of a database turned out to be. */
export type ReadUrl = LoginPlan | 'unreadable' | undefined;

/**
 * Reads the connection URL of a database; undefined for one of something else. A URL that could be read in two ways, since
 * its password is not encoded, is `unreadable`: half of the password would be taken for a host.
 */
export function readConnectionUrl(text: string): ReadUrl {
  const [, scheme = '', rest = ''] = /^\s*([a-z][a-z0-9+.-]*):\/\/(.*?)\s*$/is.exec(text) ?? [];
  const [name = '', variant] = scheme.toLowerCase().split('+');
  const isSecureRedis = name === 'rediss' || name === 'valkeys';
  const kind = isSecureRedis ? 'redis' : databaseKindOf(name);
  if (!kind) return undefined;
  const url = parse(rest);
  if (!url) return 'unreadable';
  const user = decode(url.username);
  const password = decode(url.password);
  const isServiceName = kind === 'mongodb' && variant === 'srv';
  // of several servers the first is as good as any
  const host = asHost(url.hostname);
  const port = asPort(url.port, usualPort[kind]);
  const path = decode(url.pathname.replace(/^\//, ''));
  if (host === undefined || port === undefined) return 'unreadable';
  if (user === undefined || password === undefined || path === undefined) return 'unreadable';
  const wish = isSecureRedis || isServiceName ? 'true' : undefined;
  const authSource = url.searchParams.get('authSource');
  return {
    probe: kind,
    host,
    port,
    tls: tlsWishOf(kind, modeOf(kind, url.searchParams) ?? wish, verifyOf(url.searchParams)),
    ...(user !== '' && { user }),
    ...(password !== '' && { password }),
    ...(path !== '' && kind !== 'redis' && { database: path }),
    ...(authSource !== null && kind === 'mongodb' && { authSource }),
    ...(isServiceName && { isServiceName }),
  };
}

const modeNames: Readonly<Record<DatabaseKind, readonly string[]>> = {
  postgresql: ['sslmode', 'ssl'],
  mysql: ['ssl-mode', 'sslmode', 'ssl', 'tls', 'useSSL'],
  redis: ['ssl', 'tls'],
  mongodb: ['tls', 'ssl'],
};

function modeOf(kind: DatabaseKind, parameters: URLSearchParams): string | undefined {
  return modeNames[kind].map((name) => parameters.get(name)).find((value) => value !== null) ?? undefined;
}

function verifyOf(parameters: URLSearchParams): string | undefined {
  const lax = ['tlsAllowInvalidCertificates', 'tlsInsecure', 'tlsAllowInvalidHostnames'];
  if (lax.some((name) => parameters.get(name) === 'true')) return 'false';
  return /^(none|CERT_NONE)$/i.test(parameters.get('ssl_cert_reqs') ?? '') ? 'false' : undefined;
}

function parse(rest: string): URL | undefined {
  const authority = rest.split(/[/?#]/)[0] ?? '';
  const behind = rest.slice(authority.length);
  if (authority.split('@').length > 2 || behind.includes('@') || rest.includes('#')) return undefined;
  const at = authority.lastIndexOf('@');
  const firstServer = authority.slice(at + 1).split(',')[0] ?? '';
  try {
    return new URL(`keel://${authority.slice(0, at + 1)}${firstServer}${behind}`);
  } catch {
    return undefined;
  }
}

function decode(part: string): string | undefined {
  try {
    return decodeURIComponent(part);
  } catch {
    return undefined;
  }
}
