import type { Client } from 'pg';
import { type ApplicationForm, formsOfChosen } from '#applications/applications';
import type { Inventory, EncryptedColumn } from '#contract/inventory';
import type { BeyondReach } from '#contract/beyond-reach';
import type { EncryptionKey } from '#crypto/encryption-key';
import { discoverColumns } from '#discovery/discovery';
import type { EnvironmentSettings } from '#environments/environment-settings';
import { KeelError } from '#errors/keel-error';
import { asOutsideFailure } from '#errors/outside-failure';
import type { FleetRecord } from '#records/fleet-record';
import { beyondReach } from '#rotation/beyond-reach';
import type { Database } from '#workspace/database';
import { inNaturalOrder } from '#shared/natural-order';
import type { KnownWorkspace } from '#workspace/workspace';
import { connectionRoom } from './connection-room.ts';
import { type Reach, waysTo } from './reach.ts';

/** A database of a fleet, and what to call it. */
export interface FleetMember {
  readonly name: string;
  readonly database: Database;
}

/** These databases of the environment's fleet, each once, in their order. See `waysTo` for how each is reached. */
export async function membersOf(
  workspace: KnownWorkspace,
  names: readonly string[],
  reach?: Reach,
): Promise<FleetMember[]> {
  const wayTo = await waysTo(workspace, reach);
  return Promise.all([...new Set(names)].map(async (name) => ({ name, database: await wayTo(name) })));
}

/** What a pattern finds. */
export interface FoundDatabases {
  /** Every database of the server under it, in natural order; those that allow no connections too. */
  readonly names: readonly string[];
  /** Of these, the ones that allow no connections. */
  readonly closed: readonly string[];
  /** On record here under the pattern, and not on the server any more. */
  readonly gone: readonly string[];
}

/**
 * A server's databases under a pattern of LIKE, but for its own templates, and which of `recorded` are under it and are not there, all as
 * the server calls them. A closed database may hold values under the fleet's keys as well as any other. A server without a free connection is
 * waited for.
 */
export async function databasesLike(
  database: Database,
  pattern: string,
  recorded: readonly string[] = [],
): Promise<FoundDatabases> {
  const room = connectionRoom(database.signal ?? new AbortController().signal);
  return room(database.label, () => findLike(database, pattern, recorded));
}

async function findLike(
  database: Database,
  pattern: string,
  recorded: readonly string[],
): Promise<FoundDatabases> {
  await using client = await database.open('keel fleet');
  const { rows: there } = await client.query(
    `SELECT datname::text AS name, datallowconn AND datconnlimit <> -2 AS open
     FROM pg_catalog.pg_database
     WHERE datname NOT IN ('template0', 'template1') AND datname LIKE $1`,
    [pattern],
  );
  const { rows: gone } = await client.query(
    `SELECT name FROM pg_catalog.unnest($2::text[]) AS name
     WHERE name LIKE $1 AND NOT EXISTS (SELECT FROM pg_catalog.pg_database WHERE datname = name)`,
    [pattern, recorded],
  );
  const namesOf = (rows: readonly { name: string }[]) => inNaturalOrder(rows.map(({ name }) => name));
  return {
    names: namesOf(there),
    closed: namesOf(there.filter(({ open }) => !open)),
    gone: namesOf(gone),
  };
}

/** An inventory of these columns; undefined where there are none, and each database is looked through. */
export function inventoryFrom(columns: readonly EncryptedColumn[]): Inventory | undefined {
  return columns.length > 0 ? { version: 1, columns: [...columns] } : undefined;
}

/** What the environment says of the columns of its databases. */
export interface FleetColumns {
  /** Found in each database where there are none. */
  readonly columns: readonly EncryptedColumn[];
  /** How values are searched for then, in a fleet of another application than Ballast. */
  readonly forms: readonly ApplicationForm[] | undefined;
}

export function fleetColumns({ inventory, application }: EnvironmentSettings): FleetColumns {
  return { columns: inventory, forms: formsOfChosen(application) };
}

/** The columns of one database: the environment's, or those that the key decrypts. Throws what discovery throws. */
export async function memberInventory(
  client: Client,
  { columns, forms }: FleetColumns,
  { key, signal }: { readonly key: EncryptionKey; readonly signal: AbortSignal },
): Promise<Inventory> {
  return inventoryFrom(columns) ?? (await discoverColumns(client, { key, forms, signal })).inventory;
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
  const known = error instanceof KeelError ? error : asOutsideFailure(error);
  if (known) return known;
  return {
    code: 'internal',
    message: `internal error in Keel (${error instanceof Error ? error.name : 'no error was given'})`,
    remedy: 'run this on that database alone for details',
  };
}
