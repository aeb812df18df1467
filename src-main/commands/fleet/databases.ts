import { KeelError } from '#errors/keel-error';
import { readTextFile } from '#storage/text-file';
import { parseFleetNames } from '#fleet/fleet-names';
import { databasesLike } from '#fleet/members';
import type { KnownWorkspace } from '#workspace/workspace';

export interface FleetOptions {
  readonly databases?: string;
  readonly like?: string;
  readonly concurrency: number;
}

/**
 * The databases that a list names, or that the server has under a pattern, in that order. All lie on the environment's own server and are
 * reached as its user. Throws `usage` without any.
 */
export async function fleetOf(
  workspace: KnownWorkspace,
  { databases, like }: FleetOptions,
): Promise<string[]> {
  if ((databases === undefined) === (like === undefined)) {
    throw new KeelError(
      'usage',
      'which databases are meant is not clear; nothing was done',
      'give either --databases FILE, with a name a line, or --like PATTERN',
    );
  }
  if (databases !== undefined) {
    const text = await readTextFile(databases, { code: 'usage', what: 'the list', remedy: 'check the path' });
    return parseFleetNames(text, databases);
  }
  const found = await databasesLike(await workspace.database(), like ?? '');
  if (found.length > 0) return found;
  throw new KeelError(
    'usage',
    `no database of the server has a name like ${like}; nothing was done`,
    'in a pattern % stands for anything and _ for one character',
  );
}
