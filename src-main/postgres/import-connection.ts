import { expectedFailure } from '#errors/expected-failure';
import { KeelError } from '#errors/keel-error';
import { readSmallFile } from '#storage/small-file';
import type { Candidate } from './address/candidate.ts';
import { inEnvFile } from './address/env-file.ts';
import { passwordFields } from './address/password-file.ts';
import { readServices } from './address/service-file.ts';
import { addressOf } from './database-address.ts';
import { type DatabaseTarget, targetFromValues } from './target.ts';

/** An address that stood in a file. The caller disposes its password. */
export interface ImportedConnection {
  /** Where it stood: `DATABASE_URL`, `POSTGRES_HOST`, `[production]`, `line 3`. */
  readonly from: string;
  readonly target: DatabaseTarget;
  /** What was made of what is there, and what else of the file cannot be used; never a password. */
  readonly notes: readonly string[];
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
  const faults: KeelError[] = [];
  for (const { from, read, notes } of candidatesIn(text).slice(0, maxFound)) {
    const shown = from.replace(/\p{C}+/gu, ' ').slice(0, 60);
    try {
      const target = read();
      // an address that the window could not show is none
      addressOf(target);
      found.push({ from: shown, target, notes: [...notes, ...(target.notes ?? [])] });
    } catch (error) {
      const { code, message, remedy, cause } = expectedFailure(error);
      faults.push(new KeelError(code, `${shown}: ${message}`, remedy, { cause }));
    }
  }
  const [fault] = faults;
  if (found.length > 0) {
    const leftOut = faults.map(({ message }) => `skipped: ${message}`);
    return found.map((one) => ({ ...one, notes: [...one.notes, ...leftOut] }));
  }
  if (fault) throw fault;
  throw new KeelError(
    'url-malformed',
    'the file contains no PostgreSQL connection; no connection was made',
    'choose a .env with DATABASE_URL or POSTGRES_HOST, a .pgpass or a pg_service.conf, or enter the connection string',
  );
}

function candidatesIn(text: string): Candidate[] {
  const lines = text.split(/\r\n|\n|\r/);
  if (lines.some((line) => /^\s*\[[^\]]+\]\s*$/.test(line))) return inServiceFile(text);
  const telling = lines.filter((line) => !/^\s*(?:#|$)/.test(line));
  if (telling.length > 0 && telling.every(isPasswordLine)) return inPasswordFile(lines);
  return inEnvFile(text);
}

function inServiceFile(text: string): Candidate[] {
  return readServices(text)
    .filter(({ values }) => values.size > 0)
    .map(({ name, values }) => ({ from: `[${name}]`, read: () => targetFromValues(values), notes: [] }));
}

function inPasswordFile(lines: readonly string[]): Candidate[] {
  return lines.flatMap((line, index): Candidate[] => {
    const [host = '', port = '', dbname = '', user = '', password = ''] = passwordFields(line);
    if (/^\s*(?:#|$)/.test(line) || host === '*' || user === '*') return [];
    const parts = { host, port: known(port), dbname: known(dbname), user, password };
    return [
      {
        from: `line ${index + 1}`,
        read: () => targetFromValues(new Map(Object.entries(parts))),
        notes: [],
      },
    ];
  });
}

function isPasswordLine(line: string): boolean {
  return passwordFields(line).length === 5 && !/^\s*(?:export\s+)?[A-Za-z_]\w*(?:\s*=|:\s)/.test(line);
}

function known(field: string): string {
  return field === '*' ? '' : field;
}

function unreadable(path: string, why: string, cause?: unknown): KeelError {
  return new KeelError(
    'key-file-unreadable',
    `${path} cannot be read: ${why}; no connection was made`,
    'check the path and its permissions, or choose another file',
    { cause },
  );
}
