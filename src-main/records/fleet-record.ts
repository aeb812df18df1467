import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { z } from 'zod';
import { databaseAddress } from '#contract/environments';
import { fingerprint, time } from '#contract/shapes';
import { KeelError } from '#errors/keel-error';
import { isText, type Text, text } from '#errors/text';
import { changeState, readState } from '#storage/state-file';
import { stateKind } from '#storage/state-kind';
import { formatCount } from '#shared/counted';

/**
 * The progress of a rotation over many databases. Each database itself shows which key it is encrypted with;
 * this is the list to work through.
 */
const fleetRecord = z.strictObject({
  from: fingerprint,
  to: fingerprint,
  startedAt: time,
  /** All databases were rotated, except those that were given up. */
  finishedAt: time.exactOptional(),
  databases: z.array(
    z.strictObject({
      /** As the environment's own server calls it; `host:port/name` of one on another server. */
      name: z.string(),
      state: z.enum(['waiting', 'done', 'failed']),
      at: time.exactOptional(),
      rows: z.number().int().exactOptional(),
      /** Why it failed. */
      code: z.string().exactOptional(),
      message: z.string().exactOptional(),
      remedy: z.custom<Text>(isText).exactOptional(),
    }),
  ),
  /** It rotates databases back to the key that the previous rotation came from. */
  undo: z.boolean().exactOptional(),
  /**
   * Left by the admin with an earlier key, by this rotation or one before it. They may need that key
   * permanently.
   */
  givenUp: z.array(z.strictObject({ name: z.string(), at: time, key: fingerprint })).exactOptional(),
  /**
   * How to reach databases of this rotation and earlier ones that are not reached like the environment's own.
   * No secrets.
   */
  elsewhere: z.array(z.strictObject({ name: z.string(), address: databaseAddress })).exactOptional(),
});
export type FleetRecord = z.infer<typeof fleetRecord>;
export type FleetDatabase = FleetRecord['databases'][number];

export const fleetRecordKind = stateKind({
  file: 'environments/*/fleet/rotation.json',
  what: 'the fleet rotation record',
  version: 4,
  schema: fleetRecord,
  // since 2 a remedy may have acts in it; a string is a remedy still
  // since 3 a database may be given up, which an older Keel would take for finished
  // since 4 a database may be on another server, which an older Keel would look for on the environment's
  migrations: { 1: (fields) => fields, 2: (fields) => fields, 3: (fields) => fields },
  remedy:
    'restore it from a backup of the folder, or move it aside: each database itself shows which key it is encrypted with',
});

export interface FleetKeys {
  readonly from: string;
  readonly to: string;
}

/**
 * The last rotation over many databases of the environment in `folder`; undefined without one. Throws
 * `state-damaged`, `state-newer`.
 */
export function readFleetRecord(folder: string): Promise<FleetRecord | undefined> {
  return readState(fleetRecordKind, pathIn(folder));
}

/** How to reach databases that are not on the environment's own server, or not reached in the same way. */
export type RecordedElsewhere = NonNullable<FleetRecord['elsewhere']>;

/**
 * Starts a rotation of these databases, or continues the unfinished one between the same keys, and returns
 * its record once it is durable. Throws `rotation-unsettled` if one between other keys is not finished.
 */
export function beginFleetRecord(
  folder: string,
  names: readonly string[],
  keys: FleetKeys,
  elsewhere: RecordedElsewhere = [],
  lapsed: readonly string[] = [],
): Promise<FleetRecord> {
  return changeState(fleetRecordKind, pathIn(folder), (now) => {
    const unfinished = unfinishedOf(now);
    assertSameFleet(unfinished, keys);
    return { ...fleetRecordFor(names, keys, unfinished, lapsed), ...keptOf(now, elsewhere) };
  });
}

/** What a record inherits from the previous one. */
function keptOf(
  before: FleetRecord | undefined,
  elsewhere: RecordedElsewhere = [],
): Pick<FleetRecord, 'givenUp' | 'elsewhere'> {
  const known = new Map([...(before?.elsewhere ?? []), ...elsewhere].map((one) => [one.name, one]));
  return {
    ...(before?.givenUp && { givenUp: before.givenUp }),
    ...(known.size > 0 && { elsewhere: [...known.values()] }),
  };
}

/**
 * Gives up databases of the unfinished rotation that were not rotated, so that it can finish without them.
 * They stay on record with the key that they may be encrypted with. Throws `usage` for a name that is not one
 * of them.
 */
export function giveUpMembers(folder: string, names: readonly string[]): Promise<FleetRecord> {
  return changeState(fleetRecordKind, pathIn(folder), (now) => {
    const unfinished = unfinishedOf(now);
    const left = unfinished?.databases.filter(({ state }) => state !== 'done') ?? [];
    const unknown = names.find((name) => !left.some((one) => one.name === name));
    if (!unfinished || unknown !== undefined) throw notLeft(unknown ?? '', left.length);
    const at = new Date().toISOString();
    const others = (unfinished.givenUp ?? []).filter(({ name }) => !names.includes(name));
    const rest = unfinished.databases.filter(({ name }) => !names.includes(name));
    return ended({
      ...unfinished,
      databases: rest,
      givenUp: [...others, ...names.map((name) => ({ name, at, key: unfinished.from }))],
    });
  });
}

/**
 * Adds databases that were given up to the rotation again, which then is unfinished. Throws `usage` for a
 * name that was not given up by the last rotation.
 */
export function takeBackMembers(folder: string, names: readonly string[]): Promise<FleetRecord> {
  return changeState(fleetRecordKind, pathIn(folder), (now) => {
    const givenUp = now?.givenUp ?? [];
    const isOf = (name: string) => givenUp.some((one) => one.name === name && one.key === now?.from);
    const unknown = names.find((name) => !isOf(name));
    if (!now || unknown !== undefined) {
      throw new KeelError(
        'usage',
        `${unknown ?? 'the fleet'} was not given up by the last rotation of this fleet; nothing was changed`,
        text`${{ do: 'see-fleet' }}; a database of an earlier rotation is rotated on its own, from the key it is encrypted with`,
      );
    }
    const { finishedAt: _, ...open } = now;
    const waiting = names.map((name): FleetDatabase => ({ name, state: 'waiting' }));
    return {
      ...open,
      databases: [...now.databases.filter(({ name }) => !names.includes(name)), ...waiting],
      givenUp: givenUp.filter(({ name }) => !names.includes(name)),
    };
  });
}

/**
 * Starts to undo the last rotation, or continues to, once `agree` has agreed to the plan. Throws
 * `nothing-to-undo` without a rotation on record, `already-undone`, and `confirmation-missing` where it is
 * another plan by then.
 */
export async function beginFleetUndo(
  folder: string,
  agree: (plan: FleetRecord) => Promise<void>,
): Promise<FleetRecord> {
  const agreed = undoOf(await readFleetRecord(folder));
  await agree(agreed);
  return changeState(fleetRecordKind, pathIn(folder), (now) => {
    const plan = undoOf(now);
    if (isDeepStrictEqual(essenceOf(plan), essenceOf(agreed))) return plan;
    throw new KeelError(
      'confirmation-missing',
      'the list of databases changed after you were asked; nothing was changed',
      'start the undo again, and read which databases it names',
    );
  });
}

/** What an admin agrees to: which databases go from which key to which. */
function essenceOf({ from, to, databases }: FleetRecord) {
  return { from, to, databases: databases.map(({ name, state }) => [name, state === 'done']) };
}

function undoOf(now: FleetRecord | undefined): FleetRecord {
  if (now?.undo && unfinishedOf(now)) return now;
  if (!now || now.undo) {
    throw new KeelError(
      now ? 'already-undone' : 'nothing-to-undo',
      now
        ? `the last rotation of the fleet was already undone, back to key ${now.to}; nothing was changed`
        : 'no fleet rotation is on record here; nothing was changed',
      text`${{ do: 'see-fleet' }}`,
    );
  }
  const databases = now.databases.map(({ name }): FleetDatabase => ({ name, state: 'waiting' }));
  const startedAt = new Date().toISOString();
  return { from: now.to, to: now.from, startedAt, undo: true, databases, ...keptOf(now) };
}

/** Adds the outcome of one database to the current record, and returns it once it is durable. */
export function recordFleetOutcome(
  folder: string,
  keys: FleetKeys,
  outcome: FleetDatabase,
): Promise<FleetRecord> {
  return changeState(fleetRecordKind, pathIn(folder), (now) => {
    assertSameFleet(now, keys);
    return withOutcome(now ?? fleetRecordFor([outcome.name], keys, undefined), outcome);
  });
}

/** Adds that a rotated database is not encrypted with the new key any more: the rotation is unfinished again. */
export function recordFleetLapse(
  folder: string,
  keys: FleetKeys,
  outcome: FleetDatabase,
): Promise<FleetRecord> {
  return changeState(fleetRecordKind, pathIn(folder), (now) => {
    assertSameFleet(now, keys);
    const { finishedAt: _, ...open } = now ?? fleetRecordFor([outcome.name], keys, undefined);
    return { ...open, databases: open.databases.map((one) => (one.name === outcome.name ? outcome : one)) };
  });
}

/** The record, if it has databases that are not rotated. */
export function unfinishedOf(record: FleetRecord | undefined): FleetRecord | undefined {
  return record?.finishedAt === undefined ? record : undefined;
}

/** Throws `rotation-unsettled` if the record is of a rotation between other keys. */
export function assertSameFleet(record: FleetRecord | undefined, keys: FleetKeys): void {
  if (!record || (record.from === keys.from && record.to === keys.to)) return;
  throw new KeelError(
    'rotation-unsettled',
    `a rotation of this fleet from key ${record.from} to key ${record.to} is not finished; nothing was changed`,
    'finish that rotation first: run it again without specifying keys, and it completes the rest',
  );
}

/** A record of these databases, none of them done; an unfinished one is kept, except for the `lapsed` ones. */
export function fleetRecordFor(
  names: readonly string[],
  { from, to }: FleetKeys,
  unfinished: FleetRecord | undefined,
  lapsed: readonly string[] = [],
): FleetRecord {
  const known = new Map(unfinished?.databases.map((one) => [one.name, one]));
  for (const name of names)
    if (!known.has(name) || lapsed.includes(name)) known.set(name, { name, state: 'waiting' });
  const startedAt = unfinished?.startedAt ?? new Date().toISOString();
  return { from, to, startedAt, databases: [...known.values()] };
}

/**
 * The record with the outcome of one database, and finished if that was the last. A rotated one stays
 * rotated: a second program may have found it busy.
 */
export function withOutcome(record: FleetRecord, outcome: FleetDatabase): FleetRecord {
  const known = record.databases.some(({ name }) => name === outcome.name);
  const before = known ? record.databases : [...record.databases, outcome];
  const databases = before.map((one) =>
    one.name !== outcome.name || (one.state === 'done' && outcome.state !== 'done') ? one : outcome,
  );
  const { givenUp, ...rest } = record;
  const others = givenUp?.filter(({ name }) => name !== outcome.name || outcome.state !== 'done');
  return ended({ ...rest, databases, ...(others && { givenUp: others }) });
}

function ended(record: FleetRecord): FleetRecord {
  const finished = record.databases.every(({ state }) => state === 'done');
  return { ...record, ...(finished && { finishedAt: new Date().toISOString() }) };
}

function notLeft(name: string, left: number): KeelError {
  return new KeelError(
    'usage',
    left === 0
      ? 'no rotation of this fleet is unfinished; nothing was given up'
      : `${name} is not one of the ${formatCount(left)} databases that are still to be rotated; nothing was given up`,
    text`${{ do: 'see-fleet' }}`,
  );
}

/** Throws `key-needed` while databases of an unfinished rotation may be encrypted with this key. */
export function assertNoFleetNeeds(record: FleetRecord | undefined, fingerprint: string): void {
  if (!record || !unfinishedOf(record)) return;
  if (record.from !== fingerprint && record.to !== fingerprint) return;
  const left = record.databases.filter(({ state }) => state !== 'done').length;
  throw new KeelError(
    'key-needed',
    `key ${fingerprint} is still needed: ${formatCount(left)} of ${formatCount(record.databases.length)} databases of a fleet are still to be rotated; nothing was destroyed`,
    text`${{ do: 'finish-fleet' }}`,
  );
}

function pathIn(folder: string): string {
  return join(folder, 'fleet', 'rotation.json');
}
