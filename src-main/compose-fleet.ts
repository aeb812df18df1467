import { join } from 'node:path';
import type { BeyondReach } from '#contract/beyond-reach';
import type { EncryptedColumn, Inventory } from '#contract/inventory';
import type { EncryptionKey } from '#crypto/encryption-key';
import { folderNameOf } from '#environments/environment-name';
import { KeelError } from '#errors/keel-error';
import { type FleetRecord, withOutcome, writeFleetRecord } from '#fleet/fleet-record';
import { inParallel } from '#fleet/in-parallel';
import { readCatalog } from '#postgres/catalog';
import { discoverColumns } from '#discovery/discovery';
import { resolveInventory } from '#postgres/table-target';
import { type AcceptableStop, assertNoStops } from '#rewrite/finding';
import { openSession } from '#rewrite/session';
import { beyondReach } from '#rotation/beyond-reach';
import { withoutExcluded } from '#rotation/exclusion';
import type { KeyKeeper } from '#rotation/key-keeper';
import { runPreflight } from '#rotation/preflight';
import { type Proof, proveKey } from '#rotation/prove';
import { recover } from '#rotation/recover';
import { rotate } from '#rotation/rotate';
import { RotationRecords } from '#rotation/rotation-record';
import { isUnsettled } from '#rotation/rotation-state';
import { runRotation } from '#rotation/run';
import type { Database } from './compose.ts';

/** A database of a fleet, and what to call it. */
export interface FleetMember {
  readonly name: string;
  readonly database: Database;
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

export interface FleetProofRequest {
  readonly key: EncryptionKey;
  /** Found in each database where there are none. */
  readonly columns: readonly EncryptedColumn[];
  readonly excluded: readonly string[];
  readonly signal: AbortSignal;
}

/** What the key opens of one database. Only reads. */
export async function proveMember(
  { database }: FleetMember,
  { key, columns, excluded, signal }: FleetProofRequest,
): Promise<Proof> {
  const client = await database.open('keel prove');
  try {
    const inventory = inventoryFrom(columns) ?? (await discoverColumns(client, { key, signal })).inventory;
    const tables = resolveInventory(inventory, await readCatalog(client));
    return withoutExcluded(await proveKey(client, key, tables, { signal }), excluded);
  } finally {
    await client.end();
  }
}

export interface FleetRotation {
  /** Of the environment. */
  readonly folder: string;
  readonly columns: readonly EncryptedColumn[];
  readonly excluded: readonly string[];
  readonly accepted: readonly AcceptableStop[];
  readonly lockTimeoutMs: number;
  readonly keys: { readonly from: EncryptionKey; readonly to: EncryptionKey };
  readonly keyRing: KeyKeeper;
  /** Everything is done and rolled back, and the record is left alone. */
  readonly rehearsal: boolean;
  readonly limit: number;
  readonly signal: AbortSignal;
  /** Databases that have come to an end, whichever. */
  readonly onEnded: (ended: number) => void;
}

/**
 * Works on these databases and writes after each what became of it. A failure is an entry of the record that is returned; what
 * is called off stays as it was in it.
 */
export async function rotateFleet(
  members: readonly FleetMember[],
  before: FleetRecord,
  rotation: FleetRotation,
): Promise<FleetRecord> {
  const { folder, keys, keyRing, rehearsal, limit, signal, onEnded } = rotation;
  const shared = fleetKeeper(keyRing, { from: keys.from.fingerprint, to: keys.to.fingerprint });
  let record = before;
  let ended = 0;
  // one change of the record after the other
  let written: Promise<void> = Promise.resolve();
  const settle = (outcome: FleetRecord['databases'][number]) => {
    ended += 1;
    onEnded(ended);
    record = withOutcome(record, outcome);
    const now = record;
    if (!rehearsal) written = written.then(() => writeFleetRecord(folder, now));
    return written;
  };
  onEnded(0);
  await inParallel(members, { limit, signal }, async (member) => {
    const { name } = member;
    const at = () => new Date().toISOString();
    try {
      const records = new RotationRecords(join(folder, 'fleet', folderNameOf(name)));
      const rows = await rotateMember(member, { ...rotation, keyRing: shared, records });
      await settle({ name, state: 'done', at: at(), rows });
    } catch (error) {
      if (signal.aborted) return;
      const { code, message, remedy } = asKeelError(error);
      await settle({ name, state: 'failed', at: at(), code, message, remedy });
    }
  });
  await written;
  return record;
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

interface MemberRotation extends FleetRotation {
  readonly records: RotationRecords;
}

/** Rotates one database, or finds that an earlier run did. Returns the rows that went over. */
async function rotateMember({ database }: FleetMember, one: MemberRotation): Promise<number> {
  const { keys, keyRing, records, rehearsal, signal, accepted } = one;
  if (!rehearsal && (await settleEarlier(database, one))) return 0;
  await using session = await openSession(database.open);
  const inventory =
    inventoryFrom(one.columns) ??
    (await discoverColumns(session.reader, { key: keys.from, signal })).inventory;
  const request = {
    inventory,
    keys: {
      ...keys,
      toMayBePresent: accepted.includes('half-rotated'),
      takeAmbiguousAsFrom: accepted.includes('ambiguous-rows'),
    },
    excluded: one.excluded,
    accepted,
    lockTimeoutMs: one.lockTimeoutMs,
    // of fifty databases one line is enough
    onProgress: () => {},
    signal,
  };
  const preflight = await runPreflight(session, request);
  assertNoStops(preflight.findings);
  const result = rehearsal
    ? await runRotation(session, preflight, request, { rehearsal: true })
    : await rotate(session, preflight, { ...request, purpose: 'rotate' }, { keyRing, records });
  return result.rows;
}

/** Settles what a killed run left of this database. True where it turns out to be under the new key by a run of this fleet. */
async function settleEarlier(
  database: Database,
  { keys, keyRing, records }: MemberRotation,
): Promise<boolean> {
  const all = await records.list();
  if (all.some(({ state }) => isUnsettled(state))) {
    const client = await database.open('keel recover');
    try {
      await recover(client, { keyRing, records });
    } finally {
      await client.end();
    }
  }
  const last = (await records.list()).findLast(({ state }) => state !== 'rolled-back');
  return last?.to === keys.to.fingerprint && last.from === keys.from.fingerprint;
}

/**
 * The environment's key ring as the rotation of one database of a fleet sees it. All databases share it: the new key becomes the
 * active one with the first that goes over, and one that follows later, found under the old key still, does not turn that back.
 */
function fleetKeeper(ring: KeyKeeper, keys: { readonly from: string; readonly to: string }): KeyKeeper {
  return {
    ...ring,
    async activate(fingerprint, how) {
      const active = (await ring.list()).find(({ state }) => state === 'active');
      if (fingerprint === keys.from && active?.fingerprint === keys.to) return;
      await ring.activate(fingerprint, how);
    },
  };
}

function inventoryFrom(columns: readonly EncryptedColumn[]): Inventory | undefined {
  return columns.length > 0 ? { version: 1, columns: [...columns] } : undefined;
}

/** A failure of one database as data; what nobody foresaw names no stack. */
export function asKeelError(error: unknown): Pick<KeelError, 'code' | 'message' | 'remedy'> {
  if (error instanceof KeelError) return error;
  return {
    code: 'internal',
    message: `something in Keel went wrong (${error instanceof Error ? error.name : 'no error was given'})`,
    remedy: 'rotate this database alone, to see more',
  };
}
