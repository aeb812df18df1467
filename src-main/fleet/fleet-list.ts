import type { DatabaseAddress } from '#contract/environments';
import { KeelError } from '#errors/keel-error';
import type { DatabaseTarget } from '#postgres/target';
import { memberNameOf, type Reach, serverOf } from './reach.ts';
import { formatCount } from '#shared/counted';

const maxDatabases = 10_000;
const maxServers = 100;

/** Databases of a fleet, and how those are reached that are not reached as the environment's own is. */
export interface FleetList {
  readonly names: readonly string[];
  readonly reach: Reach;
}

/** Reads an address of a database. Throws `url-malformed`. */
export type ReadAddress = (text: string) => DatabaseTarget;

/**
 * The databases of a list, one a line: the name of one on the environment's own server, `host:port/name` of one whose server is known,
 * or an address with a role and an sslmode of its own. Blank lines and what follows `#` are left out, as are repeats. Throws `usage` for
 * an empty list, and `url-malformed` with the line.
 */
export function parseFleetList(
  text: string,
  file: string,
  own: DatabaseAddress,
  read: ReadAddress,
): { readonly names: string[]; readonly databases: ReadonlyMap<string, DatabaseTarget> } {
  const databases = new Map<string, DatabaseTarget>();
  const names = linesOf(text).map(({ line, at }) => {
    if (!isAddress(line)) return line;
    const target = readLine(line, { file, at }, read);
    const name = memberNameOf(target, own);
    databases.set(name, target);
    return name;
  });
  if (names.length > 0 && names.length <= maxDatabases) return { names: [...new Set(names)], databases };
  throw new KeelError(
    'usage',
    names.length === 0
      ? `${file} contains no database; nothing was done`
      : `${file} contains more than ${formatCount(maxDatabases)} databases; nothing was done`,
    'write one database per line: its name on the environment’s server, or a connection string',
  );
}

/**
 * The servers of a list, an address of any of its databases a line. Throws `usage` for an empty list, for one that is named twice, and
 * for the environment's own server, which is a part of the fleet anyway; and `url-malformed` with the line.
 */
export function parseServerList(
  text: string,
  file: string,
  own: DatabaseAddress,
  read: ReadAddress,
): DatabaseTarget[] {
  const servers = linesOf(text).map(({ line, at }) => readLine(line, { file, at }, read));
  const names = servers.map(serverOf);
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  const problem =
    servers.length === 0
      ? `${file} contains no server`
      : servers.length > maxServers
        ? `${file} contains more than ${maxServers} servers`
        : twice !== undefined
          ? `${file} contains ${twice} more than once`
          : names.includes(serverOf(own))
            ? `${file} contains ${serverOf(own)}, the environment’s own server, which is always included`
            : undefined;
  if (problem === undefined) return servers;
  throw new KeelError(
    'usage',
    `${problem}; nothing was done`,
    'write one connection string per line, to any database on each additional server, such as postgres://role@host:5432/postgres?sslmode=verify-full',
  );
}

function linesOf(text: string): { readonly line: string; readonly at: number }[] {
  return text
    .replace(/^\uFEFF/, '')
    .split(/\r\n|\n|\r/)
    .map((line, index) => ({ line: line.replace(/(^|\s)#.*$/, '').trim(), at: index + 1 }))
    .filter(({ line }) => line !== '');
}

/** A URL, or libpq's `key=value` pairs. */
function isAddress(line: string): boolean {
  return /^[a-z][\w+:.-]*:\/\//i.test(line) || /^[a-z_]+\s*=/.test(line);
}

/** An address may hold a password, so that the message names its line alone. */
function readLine(
  line: string,
  { file, at }: { readonly file: string; readonly at: number },
  read: ReadAddress,
): DatabaseTarget {
  try {
    return read(line);
  } catch (error) {
    if (!(error instanceof KeelError)) throw error;
    throw new KeelError(error.code, `line ${at} of ${file}: ${error.message}`, error.remedy, {
      cause: error,
    });
  }
}
