import type { WrittenHost } from './hosts.ts';
import { example, malformed } from './malformed.ts';
import { isKnownParameter } from './parameters.ts';

/** An address by its parts, as they were written. */
export interface WrittenAddress {
  readonly hosts: readonly WrittenHost[];
  /** By libpq's names and, where those are others, by the driver's. */
  readonly values: Map<string, string>;
  /** The JDBC driver reads some words in its own way. */
  readonly jdbc: boolean;
  readonly notes: readonly string[];
}

/**
 * Takes the URL of an address apart: libpq's, that of the JDBC driver, and SQLAlchemy's, whose scheme names a driver. Throws
 * `url-malformed` naming the usual mistake, without the password.
 */
export function splitUrl(text: string): WrittenAddress {
  const trimmed = text.trim();
  const [, jdbcRest] = /^jdbc:(postgresql:.*)$/is.exec(trimmed) ?? [];
  const jdbc = jdbcRest !== undefined;
  // `jdbc:postgresql:app` is a database on this machine
  const url = jdbcRest?.replace(/^postgresql:(?!\/\/)\/?/i, 'postgresql:///') ?? trimmed;
  const { driver, alias, rest } = withoutScheme(url);
  const authority = rest.split(/[/?]/)[0] ?? '';
  assertEncoded(url, rest, authority);
  const tail = rest.slice(authority.length);
  const [hostList = '', login] = authority.split('@').reverse();
  const parts = hostList.split(',').map(withoutZone);
  // each is looked at by itself, so that a mistake in any of them is found
  const urls = parts.map(({ part }) =>
    urlOf(`${login === undefined ? '' : `${login}@`}${part.replace(/^(?=:|$)/, '%20')}${tail}`),
  );
  const [first] = urls;
  if (!first) throw malformed('the connection string is not a URL', example);
  const values = new Map<string, string>();
  // libpq knows percent-encoding only: a plus sign is a plus sign. To JDBC it is a space
  const search = new URLSearchParams(jdbc ? first.search : first.search.replaceAll('+', '%2B'));
  for (const [name, value] of search) {
    const before = name === 'host' || name === 'port' ? values.get(name) : undefined;
    // SQLAlchemy writes several hosts as several parameters
    values.set(name, before === undefined ? value : `${before},${value}`);
  }
  const before = new Map([
    ['user', decode(first.username)],
    ['password', decode(first.password)],
    ['dbname', decode(first.pathname.replace(/^\//, ''))],
  ]);
  const hosts = urls.map((one, at): WrittenHost => {
    const host = decode(one.hostname)
      .trim()
      .replace(/^\[(.*)\]$/, `$1${parts[at]?.zone ?? ''}`);
    return { host, ...(one.port !== '' && { port: one.port }) };
  });
  // libpq and what is built on it let a parameter count more than what stands before the question mark; asyncpg does not
  const parametersCount = driver !== 'asyncpg';
  const twice = [...before].flatMap(([name, value]) => {
    const given = values.get(name) ?? '';
    if (value !== '' && (given === '' || !parametersCount)) values.set(name, value);
    return value !== '' && given !== '' && value !== given ? [name] : [];
  });
  const port = values.get('port') ?? '';
  const hasPort = port !== '' && hosts.some((one) => one.port !== undefined && one.port !== port);
  if (hasPort) twice.push('port');
  return {
    hosts: hasPort && parametersCount ? hosts.map(({ host }) => ({ host })) : hosts,
    values,
    jdbc,
    notes: [
      ...(jdbc ? ['the connection string is read as the JDBC driver reads it'] : []),
      ...(driver === undefined ? [] : [`\`+${driver}\` is an SQLAlchemy driver name and was ignored`]),
      ...(alias === undefined ? [] : [`the scheme \`${alias}\` is read as \`postgresql\``]),
      ...twice.map(
        (name) =>
          `\`${name}\` is given twice: ${parametersCount ? 'the parameter after the question mark is used, as in libpq' : 'the one before the question mark is used, as in asyncpg'}`,
      ),
    ],
  };
}

/** The zone of a link-local address, with its `%`: the standard of URLs has none, libpq takes it percent-encoded. Throws `url-malformed` for one that is not. */
function withoutZone(part: string): { readonly part: string; readonly zone?: string } {
  const [, address, zone = '', rest = ''] = /^(\[[^\]%]*)%([^\]]*)(\].*)$/.exec(part) ?? [];
  if (address === undefined) return { part };
  const [, name] = /^25([\w.-]+)$/.exec(zone) ?? [];
  if (name !== undefined) return { part: address + rest, zone: `%${name}` };
  throw malformed(
    'the zone of an IPv6 address is not percent-encoded',
    'write it with %25, such as [fe80::1%25eth0]',
  );
}

/** What frameworks call PostgreSQL in the scheme of a URL: Django's packages, Laravel, Rails and Ecto. */
const aliases = ['ecto', 'pgsql', 'postgis', 'psql', 'timescale', 'timescalegis'];

/** Whether a text begins as an address of a database that `splitUrl` reads. */
export function isDatabaseUrl(text: string): boolean {
  const [, jdbc, scheme = ''] = /^(jdbc:)?([a-z]+)(?:\+\w+)?:/i.exec(text.trim()) ?? [];
  const name = scheme.toLowerCase();
  if (jdbc !== undefined) return name === 'postgresql';
  return ['postgres', 'postgresql', ...aliases].includes(name) && text.includes('://');
}

function withoutScheme(url: string): { driver?: string; alias?: string; rest: string } {
  const [whole = '', scheme] = /^([a-z][a-z0-9+.:_-]*?):\/\//i.exec(url) ?? [];
  if (scheme === undefined) throw malformed('the connection string is not a URL', example);
  const rest = url.slice(whole.length);
  const alias = aliases.find((one) => one === scheme.toLowerCase());
  if (alias !== undefined) return { alias, rest };
  const [, name, driver] = /^(postgres|postgresql)(?:\+(\w+))?$/i.exec(scheme) ?? [];
  if (name === undefined)
    throw malformed(`the scheme \`${scheme.toLowerCase()}\` is not a PostgreSQL scheme`, example);
  return { rest, ...(driver !== undefined && { driver: driver.toLowerCase() }) };
}

/** Throws for what divides a URL and stands in a password. */
function assertEncoded(url: string, rest: string, authority: string): void {
  if (authority.split('@').length > 2) {
    throw malformed('the password (or user) contains an unencoded `@`', 'write it as %40');
  }
  if (url.includes('#'))
    throw malformed('the connection string contains an unencoded `#`', 'write it as %23');
  // `user:12/34@host` would otherwise be host `user`, port 12 and a database named by half a password
  const withoutValues = rest
    .slice(authority.length)
    .replaceAll(/[?&]([A-Za-z_]+)=[^&]*/g, (whole, name: string) => (isKnownParameter(name) ? '' : whole));
  if (withoutValues.includes('@')) {
    throw malformed(
      'there is an `@` after the end of the host',
      'if the password contains `/` or `?`, write them as %2F and %3F; write `@` in a database name as %40',
    );
  }
}

function urlOf(rest: string): URL {
  try {
    return new URL(`postgres://${rest}`);
  } catch {
    // the standard's error is no cause to keep: it repeats the address
    throw malformed(
      'the connection string cannot be split into user, host and database',
      `if the password contains \`/\`, \`?\` or \`%\`, write them as %2F, %3F and %25; ${example}`,
    );
  }
}

function decode(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch (error) {
    throw malformed(
      'a `%` in the connection string is not followed by two hex digits',
      'write a literal `%` as %25',
      error,
    );
  }
}
