import { KeelError } from '#errors/keel-error';
import { addressOf } from './database-address.ts';
import { readEnvValues } from './env-values.ts';
import { readSmallFile } from '#storage/small-file';
import { type DatabaseTarget, parseDatabaseUrl } from './target.ts';

/** An address that stood in a file. The caller disposes its password. */
export interface ImportedConnection {
  /** Where it stood: `DATABASE_URL`, `POSTGRES_HOST`, `[production]`, `line 3`. */
  readonly from: string;
  readonly target: DatabaseTarget;
}

/** No file holds more; a hostile one does not fill memory. */
const maxFound = 50;

/** What `findConnections` finds in a file. Throws `key-file-unreadable` too. */
export async function readConnectionFile(path: string): Promise<ImportedConnection[]> {
  const read = await readSmallFile(path);
  if ('why' in read) throw unreadable(path, read.why, read.cause);
  return findConnections(read.bytes.toString('utf8'));
}

/**
 * The databases that the text of a `.env`, a `.pgpass` or a `pg_service.conf` names; which of them it is shows in its lines. The
 * caller disposes the passwords. Entries that name no one database (a `*` for host or user) are left out. Throws
 * `url-malformed` where nothing is found, with what is wrong with the first that cannot be used; never a password.
 */
export function findConnections(text: string): ImportedConnection[] {
  const found: ImportedConnection[] = [];
  let fault: unknown;
  for (const { from, url } of candidatesIn(text).slice(0, maxFound)) {
    try {
      const target = parseDatabaseUrl(url, {});
      // an address that the window could not show is none
      addressOf(target);
      found.push({ from: from.replace(/\p{C}+/gu, ' ').slice(0, 60), target });
    } catch (error) {
      fault ??= error;
    }
  }
  if (found.length > 0) return found;
  if (fault !== undefined) throw fault;
  throw new KeelError(
    'url-malformed',
    'the file names no PostgreSQL database; nothing was connected',
    'choose a .env with DATABASE_URL or POSTGRES_HOST, a .pgpass or a pg_service.conf, or type the address',
  );
}

interface Candidate {
  readonly from: string;
  readonly url: string;
}

function candidatesIn(text: string): Candidate[] {
  const lines = text.split(/\r\n|\n|\r/);
  if (lines.some((line) => /^\s*\[[^\]]+\]\s*$/.test(line))) return inServiceFile(lines);
  const telling = lines.filter((line) => !/^\s*(?:#|$)/.test(line));
  if (telling.length > 0 && telling.every(isPasswordLine)) return inPasswordFile(lines);
  return inEnvFile(text);
}

/** Of `.env` files: whole addresses first, then the names that PostgreSQL's image, libpq and frameworks use for the parts. */
function inEnvFile(text: string): Candidate[] {
  const values = readEnvValues(text);
  const addresses = [...values].flatMap(([name, value]): Candidate[] => {
    // SQLAlchemy names its driver behind a plus sign
    const [, rest] = /^postgres(?:ql)?(?:\+\w+)?:\/\/(.*)$/is.exec(value) ?? [];
    return rest === undefined ? [] : [{ from: name, url: `postgres://${rest}` }];
  });
  return [...addresses, ...partNames.flatMap((names) => fromParts(values, names))];
}

const partNames = [
  {
    host: 'POSTGRES_HOST',
    port: 'POSTGRES_PORT',
    dbname: 'POSTGRES_DB',
    user: 'POSTGRES_USER',
    password: 'POSTGRES_PASSWORD',
    sslmode: 'POSTGRES_SSLMODE',
  },
  {
    host: 'PGHOST',
    port: 'PGPORT',
    dbname: 'PGDATABASE',
    user: 'PGUSER',
    password: 'PGPASSWORD',
    sslmode: 'PGSSLMODE',
    sslrootcert: 'PGSSLROOTCERT',
    sslcert: 'PGSSLCERT',
    sslkey: 'PGSSLKEY',
  },
  { host: 'DB_HOST', port: 'DB_PORT', dbname: 'DB_NAME', user: 'DB_USER', password: 'DB_PASSWORD' },
] as const;

function fromParts(
  values: ReadonlyMap<string, string>,
  names: Readonly<Record<string, string>>,
): Candidate[] {
  const set = Object.entries(names).filter(([, name]) => values.get(name));
  // a password alone, or a port, is no address
  const first = set.find(([part]) => part === 'host' || part === 'dbname' || part === 'user');
  if (!first) return [];
  const parts = Object.fromEntries(set.map(([part, name]) => [part, values.get(name) ?? '']));
  return [{ from: first[1], url: urlOf({ host: 'localhost', user: 'postgres', ...parts }) }];
}

/** PostgreSQL documentation, "The Password File": host:port:database:user:password, with `\` before `:` and `\`. */
function inPasswordFile(lines: readonly string[]): Candidate[] {
  return lines.flatMap((line, index): Candidate[] => {
    const [host = '', port = '', dbname = '', user = '', password = ''] = fieldsOf(line);
    if (/^\s*(?:#|$)/.test(line) || host === '*' || user === '*') return [];
    const parts = { host, port: known(port), dbname: known(dbname), user, password };
    return [{ from: `line ${index + 1}`, url: urlOf(parts) }];
  });
}

function isPasswordLine(line: string): boolean {
  return fieldsOf(line).length === 5 && !/^\s*(?:export\s+)?[A-Za-z_]\w*\s*=/.test(line);
}

function known(field: string): string {
  return field === '*' ? '' : field;
}

function fieldsOf(line: string): string[] {
  const fields = line.match(/(?:\\.|[^\\:])*(?::|$)/g) ?? [];
  // the match at the end of the line is empty unless the line ends in the fifth field
  const whole = line.endsWith(':') ? fields : fields.slice(0, -1);
  return whole.map((field) => field.replace(/:$/, '').replace(/\\(.)/g, '$1'));
}

/** PostgreSQL documentation, "The Connection Service File". */
function inServiceFile(lines: readonly string[]): Candidate[] {
  const services: { from: string; parts: Record<string, string> }[] = [];
  for (const line of lines) {
    const [, section] = /^\s*(\[[^\]]+\])\s*$/.exec(line) ?? [];
    if (section !== undefined) services.push({ from: section, parts: {} });
    const [, name, value = ''] = /^\s*([a-z_]+)\s*=\s*(.*?)\s*$/.exec(line) ?? [];
    const last = services.at(-1);
    if (name !== undefined && last && serviceParts.has(name)) last.parts[name] = value;
  }
  return services
    .filter(({ parts }) => Object.keys(parts).length > 0)
    .map(({ from, parts: { hostaddr, ...parts } }) => ({
      from,
      url: urlOf({ ...(hostaddr && { host: hostaddr }), ...parts }),
    }));
}

const serviceParts = new Set([
  'host',
  'hostaddr',
  'port',
  'dbname',
  'user',
  'password',
  'sslmode',
  'sslrootcert',
  'sslcert',
  'sslkey',
  'connect_timeout',
]);

/** As parameters, so that `parseDatabaseUrl` looks at every part as it does at any address. */
function urlOf(parts: Readonly<Record<string, string>>): string {
  const parameters = Object.entries(parts).filter(([, value]) => value !== '');
  return `postgres://?${parameters.map(([name, value]) => `${name}=${encodeURIComponent(value)}`).join('&')}`;
}

function unreadable(path: string, why: string, cause?: unknown): KeelError {
  return new KeelError(
    'key-file-unreadable',
    `${path} cannot be read: ${why}; nothing was connected`,
    'check the path and its permissions, or choose another file',
    { cause },
  );
}
