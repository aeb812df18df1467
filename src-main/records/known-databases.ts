import { readdir } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { environmentNameIn, environmentNameOf, serverOfMember } from '#environments/environment-name';
import { readEnvironmentSettings } from '#environments/environment-settings';
import type { Census } from '#census/census-result';
import { readCensuses, recordCensus } from './census-record.ts';
import { readFleetRecord } from './fleet-record.ts';
import { RotationRecords } from './rotation-record.ts';

/** A database that keys of an environment were used for, as far as its folder tells. */
export interface KnownDatabase {
  /** `host:port/name`. */
  readonly name: string;
  /** Of a fleet: as the environment's own server calls it, or `host:port/name` on another one. */
  readonly member?: string;
  /** When rows of it last went from one key to another. */
  readonly rewrittenAt?: string;
}

/**
 * Every database that an environment's keys may be in: its own, the one that its folder was made for, those of its fleets past and
 * present (`fleetNames` is what the record of the last one lists, whatever became of them), and any that a census was taken of.
 * Throws `state-damaged`.
 */
export async function knownDatabases(
  folder: string,
  fleetNames: readonly string[],
): Promise<KnownDatabase[]> {
  const own = await ownDatabaseName(folder);
  const server = own.slice(0, own.lastIndexOf('/') + 1);
  const found = new Map<string, KnownDatabase>();
  const add = (known: KnownDatabase) => {
    const before = found.get(known.name);
    const rewrittenAt = [before?.rewrittenAt, known.rewrittenAt]
      .filter((at) => at !== undefined)
      .sort()
      .at(-1);
    found.set(known.name, { ...before, ...known, ...(rewrittenAt !== undefined && { rewrittenAt }) });
  };
  add({ name: own, ...(await rewritten(folder)) });
  const first = environmentNameIn(basename(folder));
  // of a name too long for a folder only the beginning is there, which `own` has in full
  if (!first.endsWith('…')) add({ name: first, ...(await rewritten(folder)) });
  for (const member of fleetNames) add({ name: knownName(server, member), member });
  for (const member of await fleetFolders(folder)) {
    add({
      name: knownName(server, environmentNameIn(member)),
      member: environmentNameIn(member),
      ...(await rewritten(join(folder, 'fleet', member))),
    });
  }
  for (const { database } of await readCensuses(folder)) add({ name: database });
  return [...found.values()];
}

/** Every database that keys of the environment in `folder` may be in. Throws `state-damaged`. */
export async function databasesOf(folder: string): Promise<KnownDatabase[]> {
  const fleet = await readFleetRecord(folder);
  return knownDatabases(
    folder,
    [...(fleet?.databases ?? []), ...(fleet?.givenUp ?? []), ...(fleet?.elsewhere ?? [])].map(
      ({ name }) => name,
    ),
  );
}

/** The names of databases that an environment's keys may be in: its own, and those of fleets. */
export async function membersToSearch(folder: string, own: string): Promise<string[]> {
  const others = (await databasesOf(folder)).flatMap(({ member }) => member ?? []);
  return [...new Set([own, ...others])];
}

/** Keeps what a census of the environment's own database saw, or of another one on its server. */
export async function keepCensus(folder: string, census: Census, member?: string): Promise<void> {
  const own = await ownDatabaseName(folder);
  const name = member === undefined ? own : knownName(own.slice(0, own.lastIndexOf('/') + 1), member);
  await recordCensus(folder, name, census);
}

/** `host:port/name` of a database of a fleet; `server` is the environment's own, with a slash. */
function knownName(server: string, member: string): string {
  return serverOfMember(member) === undefined ? `${server}${member}` : member;
}

/** `host:port/name` of the environment in a folder. */
async function ownDatabaseName(folder: string): Promise<string> {
  const settings = await readEnvironmentSettings(folder);
  if (!settings) return environmentNameIn(basename(folder));
  const { host, port, database } = settings.address;
  return environmentNameOf(host, port, database);
}

/** Names of databases of fleets, this one's and earlier ones', that have records; one too long for a folder is left out. */
export async function membersOnRecord(folder: string): Promise<string[]> {
  return (await fleetFolders(folder)).map(environmentNameIn).filter((name) => !name.endsWith('…'));
}

/** The folders of databases of fleets, this one's and earlier ones'. */
export async function fleetFolders(folder: string): Promise<string[]> {
  const entries = await readdir(join(folder, 'fleet'), { withFileTypes: true }).catch(
    (error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return [];
      throw error;
    },
  );
  return entries.filter((entry) => entry.isDirectory()).map(({ name }) => name);
}

async function rewritten(folder: string): Promise<Pick<KnownDatabase, 'rewrittenAt'>> {
  const records = await new RotationRecords(folder).list();
  const last = records
    .flatMap(({ history }) => history.filter(({ state }) => state === 'committed'))
    .map(({ at }) => at)
    .sort()
    .at(-1);
  return last === undefined ? {} : { rewrittenAt: last };
}
