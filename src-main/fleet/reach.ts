import { environmentNameOf, serverOfMember } from '#environments/environment-name';
import type { DatabaseAddress } from '#contract/environments';
import { KeelError } from '#errors/keel-error';
import { addressOf, targetFromAddress } from '#postgres/database-address';
import type { DatabaseTarget } from '#postgres/target';
import { readFleetRecord, type RecordedElsewhere } from '#records/fleet-record';
import { type Database, databaseAt } from '#workspace/database';
import type { KnownWorkspace } from '#workspace/workspace';

/** How databases are reached that are not on the environment's own server, or not as its own is. Whoever read it keeps the passwords. */
export interface Reach {
  /** By the name of the database in the fleet. */
  readonly databases: ReadonlyMap<string, DatabaseTarget>;
  /** Each stands for every database of its server. */
  readonly servers: readonly DatabaseTarget[];
}

export const ownServerOnly: Reach = { databases: new Map(), servers: [] };

/** What a database is called in the fleet of an environment: as its own server calls it, or `host:port/name`. */
export function memberNameOf(target: DatabaseTarget, own: DatabaseAddress): string {
  const { host, port, database } = target;
  const name = environmentNameOf(host, port, database);
  return name === environmentNameOf(own.host, own.port, database) ? database : name;
}

/** `host:port` of a server. */
export function serverOf({ host, port }: Pick<DatabaseTarget, 'host' | 'port'>): string {
  return environmentNameOf(host, port, '').slice(0, -1);
}

/**
 * The way to each database of the environment's fleet by its name: as given, else as its server is, else as the fleet's record says,
 * else on the environment's own server. One on another server that is nowhere named cannot be opened.
 */
export async function waysTo(
  workspace: KnownWorkspace,
  reach: Reach = ownServerOnly,
): Promise<(name: string) => Promise<Database>> {
  const recorded = (await readFleetRecord(workspace.folder))?.elsewhere ?? [];
  return async (name) => {
    const isOwn = serverOfMember(name) === undefined;
    const own = await workspace.database(isOwn ? name : undefined);
    const target = givenTarget(name, reach) ?? targetOnRecord(name, recorded);
    if (target) return databaseAt(target, own.signal);
    return isOwn ? own : unreachable(name, own);
  };
}

/** What the record keeps of how these databases are reached: for each that is not reached as the environment's own is. */
export function elsewhereOf(names: readonly string[], reach: Reach = ownServerOnly): RecordedElsewhere {
  return names.flatMap((name) => {
    const target = givenTarget(name, reach);
    return target ? [{ name, address: addressOf(target) }] : [];
  });
}

function givenTarget(name: string, { databases, servers }: Reach): DatabaseTarget | undefined {
  const itself = databases.get(name);
  const server = serverOfMember(name);
  if (itself || server === undefined) return itself;
  const near = servers.find((one) => serverOf(one) === server);
  return near && { ...near, database: name.slice(server.length + 1) };
}

function targetOnRecord(name: string, recorded: RecordedElsewhere): DatabaseTarget | undefined {
  const known = recorded.find((one) => one.name === name);
  return known && targetFromAddress(known.address);
}

function unreachable(name: string, { target, signal }: Database): Database {
  return {
    target,
    label: name,
    signal,
    async open() {
      throw new KeelError(
        'server-unreachable',
        `Keel has no record of how to reach ${name}; it was not queried`,
        'pass the connection string of its server, or of the database itself',
      );
    },
  };
}
