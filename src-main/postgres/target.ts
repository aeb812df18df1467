import { userInfo } from 'node:os';
import { Secret } from '#crypto/secret';
import { isConninfo, readConninfo } from './address/conninfo.ts';
import { type HostAddress, pairHosts, splitHosts, type WrittenHost } from './address/hosts.ts';
import { example, malformed } from './address/malformed.ts';
import { type Environment, type NamedFiles, noFiles } from './address/named-files.ts';
import { noteOn } from './address/parameters.ts';
import { noteOnServers } from './address/server-choice.ts';
import { splitUrl, type WrittenAddress } from './address/split-url.ts';
import { readTlsWords, type SslMode } from './address/tls-text.ts';
import { withoutDriverNames } from './address/driver-names.ts';

/** A database and how to reach it, as libpq understands it. */
export interface DatabaseTarget extends HostAddress {
  /** Further hosts of the same database, in their order: the first of all that takes writes is used. */
  readonly others?: readonly HostAddress[];
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
  /** What was made of the address that does not stand in it in libpq's words, and what is not followed; never a secret. */
  readonly notes?: readonly string[];
}

/**
 * Reads a database address: libpq's URL or `key=value` pairs, or what SQLAlchemy, JDBC, Prisma, asyncpg and node-postgres write, with
 * PGPASSWORD, PGSSLMODE and the like for what it leaves out. `files` are those that it may name. Throws `url-malformed` naming the usual
 * mistake; no message repeats the password.
 */
export function parseDatabaseUrl(
  text: string,
  environment: Environment = process.env,
  files: NamedFiles = noFiles,
): DatabaseTarget {
  return targetOf(writtenAddress(text), environment, files);
}

/** A target of libpq's parameters by their names. Throws `url-malformed`. */
export function targetFromValues(values: ReadonlyMap<string, string>): DatabaseTarget {
  return targetOf({ hosts: [], values: new Map(values), jdbc: false, notes: [] }, {}, noFiles);
}

function targetOf(address: WrittenAddress, environment: Environment, files: NamedFiles): DatabaseTarget {
  const written = withService(address, environment, files);
  const { values, jdbc } = written;
  const given = (parameter: string, variable?: string) =>
    values.get(parameter) || (variable !== undefined && environment[variable]) || undefined;
  const notes = [...written.notes];
  for (const [name, value] of values) {
    const note = noteOn(name, value);
    if (note !== undefined) notes.push(note);
  }
  const user = given('user', 'PGUSER') || userInfo().username;
  const database = given('dbname', 'PGDATABASE') || user;
  const hostaddr = given('hostaddr', 'PGHOSTADDR');
  const [first, ...others] = pairHosts(
    hostsOf(written, hostaddr, environment),
    given('port', 'PGPORT'),
    hostaddr,
  );
  if (!first) throw malformed('the connection string has no host', example);
  const tls = readTlsWords(values, {
    jdbc,
    preset: environment['PGSSLMODE'] || undefined,
    systemRoots: given('sslrootcert', 'PGSSLROOTCERT') === 'system',
  });
  const servers = noteOnServers(given('target_session_attrs', 'PGTARGETSESSIONATTRS'), others.length + 1);
  const passfile = given('passfile');
  const password =
    given('password', 'PGPASSWORD') ??
    (passfile === undefined
      ? undefined
      : files.password(passfile, { host: first.host, port: String(first.port), database, user }));
  const optional = {
    ...certificatesOf(given),
    options: given('options', 'PGOPTIONS'),
  };
  const said = [...new Set([...notes, ...tls.notes, ...servers])];
  return {
    ...first,
    ...(others.length > 0 && { others }),
    database,
    user,
    ...(password && { password: new Secret(Buffer.from(password, 'utf8')) }),
    sslmode: tls.sslmode,
    ...Object.fromEntries(Object.entries(optional).filter(([, value]) => value !== undefined)),
    connectTimeoutMs: readTimeout(given('connect_timeout', 'PGCONNECT_TIMEOUT') ?? '10'),
    ...(said.length > 0 && { notes: said }),
  };
}

/** `user@host:port/database`, safe to show. */
export function describeTarget({ user, host, port, database }: DatabaseTarget): string {
  return `${user}@${host.includes(':') ? `[${host}]` : host}:${port}/${database}`;
}

/** Every host of a target as one of its own. */
export function eachHost(target: DatabaseTarget): DatabaseTarget[] {
  const { others = [], host: _, port: __, hostaddr: ___, ...rest } = target;
  const { host, port, hostaddr } = target;
  return [{ host, port, ...(hostaddr !== undefined && { hostaddr }) }, ...others].map((one) => ({
    ...rest,
    ...one,
  }));
}

function writtenAddress(text: string): WrittenAddress {
  if (!isConninfo(text)) return withoutDriverNames(splitUrl(text));
  return { hosts: [], values: new Map(readConninfo(text)), jdbc: false, notes: [] };
}

/** With what its service says for what it leaves out. */
function withService(written: WrittenAddress, environment: Environment, files: NamedFiles): WrittenAddress {
  const name = written.values.get('service') || (files === noFiles ? undefined : environment['PGSERVICE']);
  if (!name) return written;
  const service = files.service(name, written.values.get('servicefile'));
  // of the parts that hang together those of the address stand alone
  const hostIsGiven = written.values.has('host') || written.hosts.some(({ host }) => host !== '');
  const taken = [...service].filter(([part]) => !hostIsGiven || (part !== 'host' && part !== 'hostaddr'));
  return {
    ...written,
    values: new Map([...taken, ...written.values]),
    notes: [...written.notes, `what the connection string omits is taken from the service ${name}`],
  };
}

function hostsOf(
  { hosts, values }: WrittenAddress,
  hostaddr: string | undefined,
  environment: Environment,
): WrittenHost[] {
  const parameter = values.get('host');
  if (parameter) {
    const named = splitHosts(parameter);
    const [only] = hosts;
    // `localhost:5433/app?host=/run/postgresql`: the port of the one goes with the folder of the other
    return named.length === 1 && hosts.length === 1 && only?.port !== undefined
      ? named.map((host) => ({ port: only.port ?? '', ...host }))
      : named;
  }
  const written = hosts.length > 0 ? hosts : [{ host: '' }];
  const preset = environment['PGHOST'];
  if (written.some(({ host }) => host !== '') || (hostaddr && !preset)) {
    const addresses = hostaddr?.split(',').length ?? 0;
    return written.length === 1 && written[0]?.host === ''
      ? Array.from({ length: addresses }, () => ({ host: '' }))
      : [...written];
  }
  if (!preset) return [...written];
  const [only] = written;
  return splitHosts(preset).map((host) => ({
    ...(only?.port !== undefined && { port: only.port }),
    ...host,
  }));
}

function certificatesOf(given: (parameter: string, variable: string) => string | undefined) {
  return {
    sslrootcert: given('sslrootcert', 'PGSSLROOTCERT'),
    sslcert: given('sslcert', 'PGSSLCERT'),
    sslkey: given('sslkey', 'PGSSLKEY'),
  };
}

function readTimeout(text: string): number {
  const seconds = Number(text);
  if (!Number.isFinite(seconds) || seconds < 0)
    throw malformed('connect_timeout is not a number of seconds', example);
  // libpq: 0 waits without end, which no admin wants here
  return seconds === 0 ? 60_000 : seconds * 1000;
}
