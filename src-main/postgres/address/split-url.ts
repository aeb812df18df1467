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
  const { driver, rest } = withoutScheme(url);
  const authority = rest.split(/[/?]/)[0] ?? '';
  assertEncoded(url, rest, authority);
  const tail = rest.slice(authority.length);
  const [hostList = '', login] = authority.split('@').reverse();
  const parts = hostList.split(',');
  // each is looked at by itself, so that a mistake in any of them is found
  const urls = parts.map((part) =>
    urlOf(`${login === undefined ? '' : `${login}@`}${part.replace(/^(?=:|$)/, '%20')}${tail}`),
  );
  const [first] = urls;
  if (!first) throw malformed('the connection string is not a URL', example);
  const values = new Map<string, string>();
  // libpq knows percent-encoding only: a plus sign is a plus sign. To JDBC it is a space
  const search = new URLSearchParams(jdbc ? first.search : first.search.replaceAll('+', '%2B'));
  for (const [name, value] of search) {
    const before = name === 'host' ? values.get(name) : undefined;
    // SQLAlchemy writes several hosts as several parameters
    values.set(name, before === undefined ? value : `${before},${value}`);
  }
  fill(values, 'user', decode(first.username));
  fill(values, 'password', decode(first.password));
  fill(values, 'dbname', decode(first.pathname.replace(/^\//, '')));
  return {
    hosts: urls.flatMap((one): WrittenHost[] => {
      const host = decode(one.hostname)
        .trim()
        .replace(/^\[(.*)\]$/, '$1');
      return [{ host, ...(one.port !== '' && { port: one.port }) }];
    }),
    values,
    jdbc,
    notes: [
      ...(jdbc ? ['the connection string is read as the JDBC driver reads it'] : []),
      ...(driver === undefined ? [] : [`\`+${driver}\` is an SQLAlchemy driver name and was ignored`]),
    ],
  };
}

/** What stands in front of the host counts more than a parameter of the name. */
function fill(values: Map<string, string>, name: string, value: string): void {
  if (value !== '') values.set(name, value);
}

function withoutScheme(url: string): { driver?: string; rest: string } {
  const [whole = '', scheme] = /^([a-z][a-z0-9+.:_-]*?):\/\//i.exec(url) ?? [];
  if (scheme === undefined) throw malformed('the connection string is not a URL', example);
  const [, name, driver] = /^(postgres|postgresql)(?:\+(\w+))?$/i.exec(scheme) ?? [];
  if (name === undefined)
    throw malformed(`the scheme \`${scheme.toLowerCase()}\` is not a PostgreSQL scheme`, example);
  return { rest: url.slice(whole.length), ...(driver !== undefined && { driver: driver.toLowerCase() }) };
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
