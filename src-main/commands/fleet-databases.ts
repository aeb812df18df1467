import { readFile } from 'node:fs/promises';
import type { KnownEnvironment } from '#environments/known-environments';
import { KeelError } from '#errors/keel-error';
import { parseFleetNames } from '#fleet/fleet-names';
import { databasesLike, type FleetMember } from '../compose-fleet.ts';
import { databaseOf } from './named-environment.ts';

export interface FleetOptions {
  readonly databases?: string;
  readonly like?: string;
  readonly concurrency: number;
}

/**
 * The databases that a list names, or that the server has under a pattern, in that order. All lie on the environment's own server and are
 * reached as its user. Throws `usage` without any.
 */
export async function fleetOf(environment: KnownEnvironment, options: FleetOptions): Promise<FleetMember[]> {
  const names = await namesOf(environment, options);
  return names.map((name) => ({ name, database: databaseOf(environment, name) }));
}

async function namesOf(environment: KnownEnvironment, { databases, like }: FleetOptions): Promise<string[]> {
  if ((databases === undefined) === (like === undefined)) {
    throw new KeelError(
      'usage',
      'which databases are meant is not clear; nothing was done',
      'give either --databases FILE, with a name a line, or --like PATTERN',
    );
  }
  if (databases !== undefined) {
    const text = await readFile(databases, 'utf8').catch((error: NodeJS.ErrnoException) => {
      throw new KeelError(
        'usage',
        `the list ${databases} cannot be read (${error.code}); nothing was done`,
        'check the path',
        { cause: error },
      );
    });
    return parseFleetNames(text, databases);
  }
  const found = await databasesLike(databaseOf(environment), like ?? '');
  if (found.length > 0) return found;
  throw new KeelError(
    'usage',
    `no database of the server has a name like ${like}; nothing was done`,
    'in a pattern % stands for anything and _ for one character',
  );
}
