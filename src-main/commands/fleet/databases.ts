import type { DatabaseAddress } from '#contract/environments';
import { serverOfMember } from '#environments/environment-name';
import { KeelError } from '#errors/keel-error';
import { readTextFile } from '#storage/text-file';
import { type FleetList, parseFleetList, parseServerList, type ReadAddress } from '#fleet/fleet-list';
import { databasesLike, type FoundDatabases } from '#fleet/members';
import { memberNameOf, type Reach, serverOf } from '#fleet/reach';
import { machineFiles } from '#postgres/address/named-files';
import { type DatabaseTarget, parseDatabaseUrl } from '#postgres/target';
import { readFleetRecord, unfinishedOf } from '#records/fleet-record';
import { membersToSearch } from '#records/known-databases';
import { counted } from '#shared/counted';
import { inNaturalOrder } from '#shared/natural-order';
import { visible } from '#shared/visible-text';
import type { Terminal } from '#commands/terminal';
import { type Database, databaseAt } from '#workspace/database';
import type { KnownWorkspace } from '#workspace/workspace';
import type { FleetOptions } from './options.ts';

/** An address as the command line takes it, with libpq's variables, services and password files. */
const readAddress: ReadAddress = (text) => parseDatabaseUrl(text, process.env, machineFiles(process.env));

/**
 * The databases that a list names, in its order, or that the servers have under a pattern, in natural order: closed ones too, and those
 * that an unfinished rotation lists and its server lacks. Which these are is said. Those of the environment's own server are reached as its user
 * there. Throws `usage` without any, and what keeps a server from being asked: a pattern that was searched for on some servers only would leave others out.
 */
export async function fleetOf(
  workspace: KnownWorkspace,
  options: FleetOptions,
  terminal: Pick<Terminal, 'note'>,
): Promise<FleetList> {
  const { databases, like } = options;
  if ((databases === undefined) === (like === undefined)) {
    throw new KeelError(
      'usage',
      'it is not clear which databases to use; nothing was done',
      'pass either --databases FILE, with one database per line, or --like PATTERN',
    );
  }
  const own = workspace.settings.address;
  const servers = await serversOf(options, own, terminal);
  if (databases !== undefined) {
    const listed = parseFleetList(await readList(databases), databases, own, readAddress);
    for (const target of listed.databases.values()) sayNotesOf(target, terminal);
    return { names: listed.names, reach: { databases: listed.databases, servers } };
  }
  const names = await namesLike(workspace, like ?? '', servers, terminal);
  return { names, reach: { databases: new Map(), servers } };
}

/** How the servers of `--servers` are reached, for a command that works on what is on record. */
export async function reachOf(
  { settings }: KnownWorkspace,
  options: Pick<FleetOptions, 'servers'>,
  terminal: Pick<Terminal, 'note'>,
): Promise<Reach> {
  return { databases: new Map(), servers: await serversOf(options, settings.address, terminal) };
}

async function serversOf(
  { servers }: Pick<FleetOptions, 'servers'>,
  own: DatabaseAddress,
  terminal: Pick<Terminal, 'note'>,
): Promise<DatabaseTarget[]> {
  if (servers === undefined) return [];
  const targets = parseServerList(await readList(servers), servers, own, readAddress);
  for (const target of targets) sayNotesOf(target, terminal);
  return targets;
}

function readList(path: string): Promise<string> {
  return readTextFile(path, { code: 'usage', what: 'the list', remedy: 'check the path' });
}

function sayNotesOf(target: DatabaseTarget, terminal: Pick<Terminal, 'note'>): void {
  for (const note of target.notes ?? []) terminal.note(`${serverOf(target)}: ${visible(note)}`);
}

async function namesLike(
  workspace: KnownWorkspace,
  like: string,
  servers: readonly DatabaseTarget[],
  terminal: Pick<Terminal, 'note'>,
): Promise<string[]> {
  const { folder, settings } = workspace;
  const own = await workspace.database();
  const recorded = await membersToSearch(folder, settings.address.database);
  const found: FoundDatabases[] = [];
  for (const database of [own, ...servers.map((target) => databaseAt(target, own.signal))])
    found.push(await foundOn(database, like, recorded, settings.address));
  const unfinished = (unfinishedOf(await readFleetRecord(folder))?.databases ?? [])
    .filter(({ state }) => state !== 'done')
    .map(({ name }) => name);
  const gone = found.flatMap((one) => one.gone);
  // what a rotation has still to account for stays in it, there or not
  const left = gone.filter((name) => unfinished.includes(name));
  const closed = found.flatMap((one) => one.closed);
  if (closed.length > 0) {
    terminal.note(
      `${counted(closed.length, 'database')} matching the pattern ${closed.length === 1 ? 'does' : 'do'} not allow connections: ${listed(closed)}`,
    );
  }
  const past = gone.filter((name) => !left.includes(name));
  if (past.length > 0) {
    terminal.note(
      `on record here, but no longer on the server: ${listed(past)}; the keys that they used are kept`,
    );
  }
  const unasked = unfinished.filter((name) => {
    const server = serverOfMember(name);
    return server !== undefined && !servers.some((one) => serverOf(one) === server);
  });
  if (unasked.length > 0) {
    terminal.note(
      `part of the unfinished rotation, but on servers that were not queried: ${listed(unasked)}; list their servers with --servers`,
    );
  }
  const names = inNaturalOrder([...found.flatMap((one) => one.names), ...left]);
  if (names.length > 0) return names;
  throw new KeelError(
    'usage',
    `no database name on ${servers.length === 0 ? 'the server' : `the ${servers.length + 1} servers`} matches ${like}; nothing was done`,
    'in a pattern, % matches any text, and _ matches one character',
  );
}

/** The databases of one server under the pattern, by their names in the fleet. */
async function foundOn(
  database: Database,
  like: string,
  recorded: readonly string[],
  own: DatabaseAddress,
): Promise<FoundDatabases> {
  const { target } = database;
  const nameOf = (name: string) => memberNameOf({ ...target, database: name }, own);
  // as this server calls them
  const here = recorded.flatMap((name) => {
    const server = serverOfMember(name);
    if (server === undefined) return nameOf(name) === name ? [name] : [];
    return server === serverOf(target) ? [name.slice(server.length + 1)] : [];
  });
  const { names, closed, gone } = await databasesLike(database, like, here);
  return { names: names.map(nameOf), closed: closed.map(nameOf), gone: gone.map(nameOf) };
}

/** A few of the names, and how many there are beside. */
function listed(names: readonly string[]): string {
  const shown = names.slice(0, maxNamed).map(visible).join(', ');
  return names.length > maxNamed ? `${shown} and ${names.length - maxNamed} more` : shown;
}

const maxNamed = 20;
