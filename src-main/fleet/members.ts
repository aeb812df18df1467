import type { Inventory, EncryptedColumn } from '#contract/inventory';
import type { BeyondReach } from '#contract/beyond-reach';
import { KeelError } from '#errors/keel-error';
import type { FleetRecord } from '#records/fleet-record';
import { beyondReach } from '#rotation/beyond-reach';
import type { Database } from '#workspace/database';
import type { Workspace } from '#workspace/workspace';

/** A database of a fleet, and what to call it. */
export interface FleetMember {
  readonly name: string;
  readonly database: Database;
}

/** These databases of the workspace's server, reached as its own is; each once, in their order. */
export async function membersOf(workspace: Workspace, names: readonly string[]): Promise<FleetMember[]> {
  return Promise.all(
    [...new Set(names)].map(async (name) => ({ name, database: await workspace.database(name) })),
  );
}

/** Names of the server's databases under a pattern of LIKE, in their order. */
export async function databasesLike(database: Database, pattern: string): Promise<string[]> {
  const client = await database.open('keel fleet');
  try {
    const { rows } = await client.query(
      'SELECT datname FROM pg_database WHERE datallowconn AND NOT datistemplate AND datname LIKE $1 ORDER BY datname',
      [pattern],
    );
    return rows.map(({ datname }) => datname);
  } finally {
    await client.end();
  }
}

/** An inventory of these columns; undefined where there are none, and each database is looked through. */
export function inventoryFrom(columns: readonly EncryptedColumn[]): Inventory | undefined {
  return columns.length > 0 ? { version: 1, columns: [...columns] } : undefined;
}

/** What a rotation of a fleet does not reach, once a database went over: the same in each of them. */
export function fleetReach(
  { from, databases }: FleetRecord,
  columns: readonly EncryptedColumn[],
  rehearsal: boolean,
): BeyondReach | undefined {
  if (rehearsal || !databases.some(({ state }) => state === 'done')) return undefined;
  return beyondReach(
    from,
    columns.map((entry) => ({ entry })),
  );
}

/** A failure of one database as data; what nobody foresaw names no stack. */
export function asKeelError(error: unknown): Pick<KeelError, 'code' | 'message' | 'remedy'> {
  if (error instanceof KeelError) return error;
  return {
    code: 'internal',
    message: `something in Keel went wrong (${error instanceof Error ? error.name : 'no error was given'})`,
    remedy: 'work on this database alone, to see more',
  };
}
