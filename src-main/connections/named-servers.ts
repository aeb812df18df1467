import type { Node } from 'jsonc-parser';
import { parseDocument } from '#forms/json-document';
import { isConninfo, readConninfo } from '#postgres/address/conninfo';
import { splitHosts } from '#postgres/address/hosts';
import { asciiHost, isSocket } from '#shared/ascii-host';
import { plainName } from './credential-fields.ts';
import { databaseKindOf, usualPort } from './database-kinds.ts';
import { loginNames } from './recognise-login.ts';
import { describePlace } from './server-name.ts';

/** The servers that a text names, for a question: whatever else it says of itself, and whatever kind its column is said to be. */
export interface NamedServers {
  /** `host:port`, or `host` where no port is known, as they are written, each once. */
  readonly servers: readonly string[];
  /** Nothing in it was left that could name another one. */
  readonly complete: boolean;
}

/**
 * Every server that a client could connect to by `text`: all hosts of a URL and of libpq's pairs, those that parameters name beside or in
 * place of them, and what the fields of a JSON document name. Clients differ in which of these counts, so each does. Pure.
 */
export function serversNamedBy(text: string): NamedServers {
  const found: Found = { servers: new Set(), complete: true, depth: 0 };
  readText(text.trim(), found);
  return { servers: [...found.servers], complete: found.complete };
}

/** An address within a parameter of an address, and so on: nobody writes more, and each is read again. */
const deepest = 4;

interface Found {
  readonly servers: Set<string>;
  complete: boolean;
  /** How many addresses the one that is read is within. */
  depth: number;
}

type Pairs = readonly (readonly [name: string, value: string])[];

function readText(text: string, found: Found): void {
  if (/^[[{"]/.test(text)) {
    const document = parseDocument(text);
    if (document) readDocument(document, found);
    else found.complete = false;
  } else if (isUrl(text)) readUrl(text, found);
  else if (isConninfo(text)) readPairs(text, found);
  // a password, a token, or a notation that is not known here
  else found.complete = false;
}

function isUrl(text: string): boolean {
  return /^[a-z][a-z0-9+.:-]*:\/\//i.test(text);
}

function readUrl(text: string, found: Found): void {
  if (found.depth === deepest) {
    found.complete = false;
    return;
  }
  found.depth++;
  readUrlAt(text, found);
  found.depth--;
}

function readUrlAt(text: string, found: Found): void {
  const [, scheme = '', rest = ''] = /^([a-z][a-z0-9+.:-]*?):\/\/([^]*)$/i.exec(text) ?? [];
  const authority = rest.split(/[/?]/)[0] ?? '';
  const behind = rest.slice(authority.length);
  // clients disagree about where the host of such a one begins
  if (/[\s\p{C}\\#;()]/u.test(rest) || authority.split('@').length > 2 || behind.includes('@')) {
    found.complete = false;
    return;
  }
  const hosts = decoded(authority.slice(authority.indexOf('@') + 1));
  const query = /\?([^]*)$/.exec(behind)?.[1] ?? '';
  // the servers of a service name are what its own server answers
  if (/\+srv$/i.test(scheme)) found.complete = false;
  const parameters: Pairs = [...new URLSearchParams(query)];
  const ports = portsOf(parameters, usualPortOf(scheme));
  if (hosts === undefined) found.complete = false;
  else if (hosts !== '') addHosts(hosts, ports, found);
  readParameters(parameters, ports, found);
  if (found.servers.size === 0) found.complete = false;
}

function readPairs(text: string, found: Found): void {
  let pairs: Pairs;
  try {
    pairs = readConninfo(text);
  } catch {
    // its failure says how to write one; here it is only not told what this is
    found.complete = false;
    return;
  }
  readParameters(pairs, portsOf(pairs, usualPort.postgresql), found);
  if (found.servers.size === 0) found.complete = false;
}

function readParameters(pairs: Pairs, ports: Ports, found: Found): void {
  for (const [name, value] of pairs) {
    addField(name, value, ports, found);
  }
}

function readDocument(document: Node, found: Found): void {
  const fields: [string, string][] = [];
  gather(document, '', fields);
  const kind = fields
    .filter(([name]) => loginNames.kind.includes(name))
    .map(([, value]) => usualPortOf(value))
    .find((port) => port !== undefined);
  const ports = portsOf(fields, kind);
  for (const [name, value] of fields) addField(name, value, ports, found);
  if (found.servers.size === 0) found.complete = false;
}

/** A URL is read whatever its field is called: a client may take it for where to connect to. */
function addField(name: string, value: string, ports: Ports, found: Found): void {
  if (isHostName(name)) addServers(value, ports, found);
  else if (isUrl(value.trim())) readUrl(value.trim(), found);
  else if (!isHarmless(name, value)) found.complete = false;
}

/** The scalars of a document by the name of the member that they are in, a name that is there twice as two. */
function gather(node: Node, name: string, fields: [string, string][]): void {
  const { type, children = [], value } = node;
  if (type === 'object') {
    for (const { children: [key, member] = [] } of children)
      if (member) gather(member, String(key?.value), fields);
  } else if (type === 'array') for (const child of children) gather(child, name, fields);
  else if (value !== null) fields.push([name, String(value)]);
}

/** A URL, or one or several hosts. */
function addServers(value: string, ports: Ports, found: Found): void {
  const text = value.trim();
  if (text === '') return;
  if (isUrl(text)) readUrl(text, found);
  else addHosts(text, ports, found);
}

function addHosts(hosts: string, ports: Ports, found: Found): void {
  for (const [i, { host, port }] of splitHosts(hosts).entries()) {
    if (!isNameable(host)) found.complete = false;
    else found.servers.add(placed(host, port ?? ports(i)));
  }
}

/** Whether it can be shown as a host. What is none may be half of a password, and is not shown. */
function isNameable(host: string): boolean {
  return asciiHost(host) !== undefined && (isSocket(host) || /^[\p{L}\p{M}\p{N}._:%-]+$/u.test(host));
}

function placed(host: string, port: string | undefined): string {
  const number = Number(port);
  return port !== undefined && Number.isInteger(number) ? describePlace({ host, port: number }) : host;
}

/** The port of a host by its place: libpq takes one for each of them, or one for all. */
type Ports = (place: number) => string | undefined;

function portsOf(pairs: Pairs, usual: number | undefined): Ports {
  const given = pairs
    .findLast(
      ([name, value]) => loginNames.port.map(plainName).includes(plainName(name)) && value !== '',
    )?.[1]
    .split(',');
  return (place) => (given?.length === 1 ? given[0] : given?.[place]) || usual?.toString();
}

function usualPortOf(scheme: string): number | undefined {
  const [name = '', variant] = scheme
    .toLowerCase()
    .replace(/^jdbc:/, '')
    .split('+');
  // the servers of a service name have ports of their own
  const kind = variant === 'srv' ? undefined : databaseKindOf(name.replace(/^(redi|valkey)ss?$/, 'redis'));
  return kind && usualPort[kind];
}

function isHostName(name: string): boolean {
  const plain = plainName(name);
  return (
    !isDriverSetting.has(plain) &&
    /host|server|addr|endpoint|ur[il]s?$|dsn|domain|proxy|broker|connection(string|name)/.test(plain)
  );
}

/** Settings of drivers that are called like hosts, and name none. */
const isDriverSetting = new Set([
  'loadbalancehosts',
  'hostrecheckseconds',
  'targetservertype',
  'servertimezone',
  'serverselectiontimeoutms',
  'tlsallowinvalidhostnames',
  'localsocketaddress',
]);

/** What a value is like that can name no server, by what its field is for. */
const forms = {
  /** More digits may be an IPv4 address. */
  number: /^-?\d{0,7}$/,
  time: /^\d*(?:\.\d+)?(?:ms|s|m|min|h|d)?$/,
  /** A driver's own, and no name of a class, a host or a file. */
  word: /^[\w-]*$/,
  name: /^[^/:@=\\?#\p{C}]*$/u,
  /** Sent to the server that is named. */
  secret: /^(?!\s*(?:[a-z][a-z0-9+.:-]*:)?\/\/)/i,
  mail: /^[^\s@/:]+@[a-z0-9.-]+$/i,
  file: /^(?:[a-z]:)?(?![\\/]{2})[^:]*$/i,
} as const;

/**
 * Fields and parameters that name no server where their value has the form next to them. That a driver knows a parameter says nothing of
 * that: some load code (`sslfactoryarg`), or name who issues a token (`oauth_issuer`).
 */
const harmless: ReadonlyMap<string, RegExp> = new Map(
  (
    [
      [loginNames.port, /^\d+(?:,\d+)*$/],
      [[...loginNames.user, ...loginNames.database], forms.name],
      [[...loginNames.password, 'token', 'access_token', 'refresh_token'], forms.secret],
      [['api_key', 'api_token', 'client_secret', 'secret'], forms.secret],
      [['client_id', 'scope', 'application_name', 'fallback_application_name'], forms.name],
      [['app_name', 'name'], forms.name],
      [['email'], forms.mail],
      [['sslrootcert', 'sslcert', 'sslkey'], forms.file],
      [[...loginNames.mode, ...loginNames.verify], forms.word],
      [['ssl_cert_reqs', 'ssl_negotiation', 'ssl_cert_mode', 'gss_enc_mode', 'channel_binding'], forms.word],
      [['target_session_attrs', 'auth_source', 'auth_mechanism', 'replica_set', 'w'], forms.word],
      [['charset', 'client_encoding', 'schema', 'current_schema', 'prefer_query_mode'], forms.word],
      [['ssl_min_protocol_version', 'ssl_max_protocol_version'], /^TLSv1(?:\.\d)?$/],
      [
        ['connect_timeout', 'pool_timeout', 'socket_timeout', 'statement_timeout', 'lock_timeout'],
        forms.time,
      ],
      [['expires_at', 'expires_in', 'created_at', 'expiry'], forms.time],
    ] as const
  ).flatMap(([names, form]) => names.map((name) => [plainName(name), form] as const)),
);

const kinds: ReadonlySet<string> = new Set(loginNames.kind.map(plainName));

/** libpq has them, and they send its client somewhere else. */
const elsewhere: ReadonlySet<string> = new Set([
  'service',
  'servicefile',
  'socketfactory',
  'socketfactoryarg',
]);

function isHarmless(name: string, value: string): boolean {
  const plain = plainName(name);
  if (elsewhere.has(plain)) return false;
  if (value === 'true' || value === 'false') return true;
  if (kinds.has(plain)) return isKind(value);
  if (isDriverSetting.has(plain)) return forms.file.test(value);
  return (harmless.get(plain) ?? forms.number).test(value);
}

/** The name of a kind of database. Anything else could be read as an address. */
function isKind(value: string): boolean {
  const [name = '', ...variants] = value.toLowerCase().split('+');
  return (
    databaseKindOf(plainName(name)) !== undefined && variants.every((variant) => /^[a-z0-9]+$/.test(variant))
  );
}

function decoded(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}
