import { KeelError } from '#errors/keel-error';
import { readTextFile } from '#storage/text-file';
import { parseFleetNames } from '#fleet/fleet-names';
import { databasesLike } from '#fleet/members';
import { readFleetRecord, unfinishedOf } from '#records/fleet-record';
import { membersToSearch } from '#records/known-databases';
import { counted } from '#shared/counted';
import { inNaturalOrder } from '#shared/natural-order';
import { visible } from '#shared/visible-text';
import type { Terminal } from '#commands/terminal';
import type { FleetOptions } from './options.ts';
import type { KnownWorkspace } from '#workspace/workspace';

/**
 * The databases that a list names, in its order, or that the server has under a pattern, in natural order: closed ones too, and those
 * that an unfinished rotation lists and the server lacks. Which these are is said. They are reached as the environment's user, on its
 * server. Throws `usage` without any.
 */
export async function fleetOf(
  workspace: KnownWorkspace,
  { databases, like }: FleetOptions,
  terminal: Pick<Terminal, 'note'>,
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
  const { folder, settings } = workspace;
  const recorded = await membersToSearch(folder, settings.address.database);
  const found = await databasesLike(await workspace.database(), like ?? '', recorded);
  const unfinished = unfinishedOf(await readFleetRecord(folder))?.databases.map(({ name }) => name) ?? [];
  // what a rotation has still to account for stays in it, there or not
  const left = found.gone.filter((name) => unfinished.includes(name));
  if (found.closed.length > 0) {
    terminal.note(
      `${counted(found.closed.length, 'database')} of the pattern ${found.closed.length === 1 ? 'allows' : 'allow'} no connections: ${listed(found.closed)}`,
    );
  }
  const past = found.gone.filter((name) => !left.includes(name));
  if (past.length > 0) {
    terminal.note(
      `on record here and not on the server any more: ${listed(past)}; keys that they used are kept`,
    );
  }
  const names = inNaturalOrder([...found.names, ...left]);
  if (names.length > 0) return names;
  throw new KeelError(
    'usage',
    `no database of the server has a name like ${like}; nothing was done`,
    'in a pattern % stands for anything and _ for one character',
  );
}

/** A few of the names, and how many there are beside. */
function listed(names: readonly string[]): string {
  const shown = names.slice(0, maxNamed).map(visible).join(', ');
  return names.length > maxNamed ? `${shown} and ${names.length - maxNamed} more` : shown;
}

const maxNamed = 20;
