import { userInfo } from 'node:os';
import { Secret } from '#crypto/secret';
import { KeelError } from '#errors/keel-error';

export const sslModes = ['disable', 'allow', 'prefer', 'require', 'verify-ca', 'verify-full'] as const;
export type SslMode = (typeof sslModes)[number];

/** A database and how to reach it, as libpq understands it. */
export interface DatabaseTarget {
  /** Host name, address, or the folder of a unix socket. */
  readonly host: string;
  readonly port: number;
  readonly database: string;
  readonly user: string;
  /** Absent: the server asks for none, or it stands in ~/.pgpass. */
  readonly password?: Secret;
  readonly sslmode: SslMode;
  /** File of root certificates, or `system`. */
  readonly sslrootcert?: string;
  readonly sslcert?: string;
  readonly sslkey?: string;
  /** Settings of the session, as `-c role=owner`, which come before Keel's own. */
  readonly options?: string;
  readonly connectTimeoutMs: number;
}

type Environment = Readonly<Record<string, string | undefined>>;

/** Parameters of libpq that change nothing for Keel. */
const ignoredParameters = new Set([
  'application_name',
  'channel_binding',
  'client_encoding',
  'fallback_application_name',
  'gssencmode',
  'keepalives',
  'keepalives_idle',
  'pgbouncer',
  'pool_timeout',
  'connection_limit',
  'schema',
  'sslcompression',
  'ssl_min_protocol_version',
  'sslsni',
  'target_session_attrs',
  'uselibpqcompat',
]);
const readParameters = new Set([
  'connect_timeout',
  'dbname',
  'host',
  'options',
  'password',
  'port',
  'sslcert',
  'sslkey',
  'sslmode',
  'sslrootcert',
  'user',
]);
const example = 'write it like postgres://user@host:5432/database?sslmode=verify-full';

/**
 * Reads a `postgres://` URL as libpq does, with PGPASSWORD, PGSSLMODE and the like for what it leaves out. Throws
 * `url-malformed` naming the usual mistake; no message repeats the password.
 */
export function parseDatabaseUrl(text: string, environment: Environment = process.env): DatabaseTarget {
  const url = parseUrl(text);
  // libpq knows percent-encoding only: a plus sign is a plus sign
  const parameters = new URLSearchParams(url.search.replaceAll('+', '%2B'));
  for (const name of parameters.keys()) {
    if (isKnownParameter(name)) continue;
    throw malformed(`the parameter \`${name}\` is not one of PostgreSQL's`, 'remove it, or correct its name');
  }
  const given = (parameter: string, variable: string) =>
    parameters.get(parameter) || environment[variable] || undefined;
  const user = decode(url.username) || given('user', 'PGUSER') || userInfo().username;
  const password = decode(url.password) || given('password', 'PGPASSWORD');
  const host =
    parameters.get('host') ||
    decode(url.hostname)
      .trim()
      .replace(/^\[(.*)\]$/, '$1');
  const database = decode(url.pathname.replace(/^\//, '')) || given('dbname', 'PGDATABASE') || user;
  const optional = {
    sslrootcert: given('sslrootcert', 'PGSSLROOTCERT'),
    sslcert: given('sslcert', 'PGSSLCERT'),
    sslkey: given('sslkey', 'PGSSLKEY'),
    options: given('options', 'PGOPTIONS'),
  };
  return {
    host: host || environment['PGHOST'] || 'localhost',
    port: readPort(url.port || given('port', 'PGPORT') || '5432'),
    database,
    user,
    ...(password && { password: new Secret(Buffer.from(password, 'utf8')) }),
    sslmode: readSslMode(given('sslmode', 'PGSSLMODE') ?? 'prefer'),
    ...Object.fromEntries(Object.entries(optional).filter(([, value]) => value !== undefined)),
    connectTimeoutMs: readTimeout(given('connect_timeout', 'PGCONNECT_TIMEOUT') ?? '10'),
  };
}

/** `user@host:port/database`, safe to show. */
export function describeTarget({ user, host, port, database }: DatabaseTarget): string {
  return `${user}@${host.includes(':') ? `[${host}]` : host}:${port}/${database}`;
}

function isKnownParameter(name: string): boolean {
  return readParameters.has(name) || ignoredParameters.has(name);
}

function parseUrl(text: string): URL {
  const trimmed = text.trim();
  const scheme = /^([a-z][a-z0-9+.:-]*?):\/\//i.exec(trimmed)?.[1]?.toLowerCase();
  if (scheme?.startsWith('jdbc:')) throw malformed('this is a JDBC address', 'take `jdbc:` off its front');
  if (scheme?.startsWith('postgres') && scheme.includes('+')) {
    throw malformed(
      `the scheme \`${scheme}\` names a driver of SQLAlchemy`,
      'take the `+` and what follows off the scheme',
    );
  }
  if (scheme === undefined) throw malformed('the database address is no URL', example);
  if (scheme !== 'postgres' && scheme !== 'postgresql') {
    throw malformed(`the scheme \`${scheme}\` is not PostgreSQL's`, example);
  }
  const rest = trimmed.slice(trimmed.indexOf('://') + 3);
  const authority = rest.split(/[/?]/)[0] ?? '';
  if (authority.split('@').length > 2) {
    throw malformed('the password (or user) holds an `@` that is not encoded', 'write it as %40');
  }
  if (trimmed.includes('#'))
    throw malformed('the address holds a `#` that is not encoded', 'write it as %23');
  if (authority.includes(',')) throw malformed('the address names several hosts', 'name the primary only');
  // `user:12/34@host` would otherwise be host `user`, port 12 and a database named by half a password
  const withoutValues = rest
    .slice(authority.length)
    .replaceAll(/[?&]([a-z_]+)=[^&]*/g, (whole, name: string) => (isKnownParameter(name) ? '' : whole));
  if (withoutValues.includes('@')) {
    throw malformed(
      'an `@` stands after the host has ended',
      'if the password holds `/` or `?`, write them as %2F, %3F; write `@` in a database name as %40',
    );
  }
  // behind a user the URL standard wants a host, which libpq does not; a space is none
  const hosted = authority.replace(/@(?=:|$)/, '@%20');
  try {
    return new URL(`postgres://${hosted}${rest.slice(authority.length)}`);
  } catch {
    // the standard's error is no cause to keep: it repeats the address
    throw malformed(
      'the database address cannot be split into user, host and database',
      `if the password holds \`/\`, \`?\` or \`%\`, write them as %2F, %3F, %25; ${example}`,
    );
  }
}

function decode(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch (error) {
    throw malformed(
      'a `%` in the address is not followed by two hex digits',
      'write a literal `%` as %25',
      error,
    );
  }
}

function readPort(text: string): number {
  const port = Number(text);
  if (Number.isInteger(port) && port > 0 && port < 65_536) return port;
  throw malformed('the port is no number from 1 to 65535', example);
}

function readTimeout(text: string): number {
  const seconds = Number(text);
  if (!Number.isFinite(seconds) || seconds < 0)
    throw malformed('connect_timeout is no number of seconds', example);
  // libpq: 0 waits without end, which no admin wants here
  return seconds === 0 ? 60_000 : seconds * 1000;
}

function readSslMode(text: string): SslMode {
  const known = sslModes.find((mode) => mode === text);
  if (known) return known;
  throw malformed(`\`${text.slice(0, 20)}\` is no sslmode`, `it is one of ${sslModes.join(', ')}`);
}

function malformed(message: string, remedy: string, cause?: unknown): KeelError {
  return new KeelError('url-malformed', `${message}; nothing was connected`, remedy, { cause });
}
