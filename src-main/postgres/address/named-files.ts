import { existsSync, readFileSync, statSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { malformed } from './malformed.ts';
import { passwordIn } from './password-file.ts';
import { readServices } from './service-file.ts';

/** Variables of a process. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** Files that an address may name, for a reader that is allowed to open them. */
export interface NamedFiles {
  /** The values of a service. Throws `url-malformed`. */
  service(name: string, file: string | undefined): ReadonlyMap<string, string>;
  /** The password that a `.pgpass` has for a database. Throws `url-malformed`. */
  password(file: string, of: Parameters<typeof passwordIn>[1]): string | undefined;
}

const longest = 1 << 20;

/** The files of this machine, as libpq finds them. */
export function machineFiles(environment: Environment): NamedFiles {
  return {
    service(name, file) {
      const named = file || environment['PGSERVICEFILE'];
      const usual = [
        join(homedir(), '.pg_service.conf'),
        join(environment['PGSYSCONFDIR'] || '/etc/postgresql-common', 'pg_service.conf'),
      ];
      const paths = named ? [named] : usual.filter((path) => existsSync(path));
      for (const path of paths) {
        const found = readServices(readFile(path, 'servicefile')).find((service) => service.name === name);
        if (found) return found.values;
      }
      const where = paths.length > 0 ? paths.join(' or ') : usual.join(' or ');
      throw malformed(
        `the service \`${name.slice(0, 60)}\` is not in ${where}`,
        'correct the service name, or set servicefile to the file that contains it',
      );
    },
    password: (file, of) => passwordIn(readFile(file, 'passfile'), of),
  };
}

/** For an address that was typed or pasted: what it names is read only if the admin chose it in a dialog. */
export const noFiles: NamedFiles = {
  service() {
    throw malformed(
      'the connection string refers to a service, but its file was not chosen in a dialog',
      'import the pg_service.conf that contains it, or specify host, dbname and user',
    );
  },
  password() {
    throw malformed(
      'the connection string refers to a passfile, which was not chosen in a dialog',
      'enter the password, and remove passfile from the connection string',
    );
  },
};

function readFile(path: string, name: string): string {
  try {
    if (statSync(path).size > longest)
      throw malformed(`the ${name} ${path} is larger than 1 MB`, 'check the path');
    return readFileSync(path, 'utf8');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === undefined || code === 'url-malformed') throw error;
    throw malformed(
      `the ${name} ${path} cannot be read (${code})`,
      'check the path and its permissions',
      error,
    );
  }
}
