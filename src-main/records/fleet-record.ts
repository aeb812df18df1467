import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { fingerprint, time } from '#contract/shapes';
import { writeDurably } from '#environments/durable-file';
import { KeelError } from '#errors/keel-error';

/** How far a rotation over many databases has come. Each database says for itself what it is under; this is the list to work off. */
const fleetRecord = z.strictObject({
  version: z.literal(1),
  from: fingerprint,
  to: fingerprint,
  startedAt: time,
  /** All databases went over. */
  finishedAt: time.exactOptional(),
  databases: z.array(
    z.strictObject({
      /** `host:port/name`. */
      name: z.string(),
      state: z.enum(['waiting', 'done', 'failed']),
      at: time.exactOptional(),
      rows: z.number().int().exactOptional(),
      /** Why it failed. */
      code: z.string().exactOptional(),
      message: z.string().exactOptional(),
      remedy: z.string().exactOptional(),
    }),
  ),
});
export type FleetRecord = z.infer<typeof fleetRecord>;
export type FleetDatabase = FleetRecord['databases'][number];

/** The last rotation over many databases of the environment in `folder`; undefined without one. Throws `state-damaged`. */
export async function readFleetRecord(folder: string): Promise<FleetRecord | undefined> {
  const path = pathIn(folder);
  try {
    return fleetRecord.parse(JSON.parse(await readFile(path, 'utf8')));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw new KeelError(
      'state-damaged',
      `the record of a rotation over many databases, ${path}, cannot be read; nothing was changed`,
      'restore it from a backup of the folder, or move it aside: each database says itself what it is under',
      { cause: error },
    );
  }
}

/** Durable when it returns. */
export async function writeFleetRecord(folder: string, record: FleetRecord): Promise<void> {
  await mkdir(join(folder, 'fleet'), { recursive: true, mode: 0o700 });
  await writeDurably(pathIn(folder), `${JSON.stringify(record, null, 2)}\n`);
}

/** A record of these databases, none of them done; what an unfinished one says of them is kept. */
export function fleetRecordFor(
  names: readonly string[],
  keys: { readonly from: string; readonly to: string },
  unfinished: FleetRecord | undefined,
): FleetRecord {
  const known = new Map(unfinished?.databases.map((one) => [one.name, one]));
  for (const name of names) if (!known.has(name)) known.set(name, { name, state: 'waiting' });
  const startedAt = unfinished?.startedAt ?? new Date().toISOString();
  return { version: 1, ...keys, startedAt, databases: [...known.values()] };
}

/** The record with what became of one database, and its end where that was the last. */
export function withOutcome(record: FleetRecord, outcome: FleetDatabase): FleetRecord {
  const databases = record.databases.map((one) => (one.name === outcome.name ? outcome : one));
  const finished = databases.every(({ state }) => state === 'done');
  return { ...record, databases, ...(finished && { finishedAt: new Date().toISOString() }) };
}

/** Throws `key-needed` while databases of an unfinished rotation may be under this key. */
export function assertNoFleetNeeds(record: FleetRecord | undefined, fingerprint: string): void {
  if (!record || record.finishedAt !== undefined) return;
  if (record.from !== fingerprint && record.to !== fingerprint) return;
  const left = record.databases.filter(({ state }) => state !== 'done').length;
  throw new KeelError(
    'key-needed',
    `key ${fingerprint} is still needed: ${left} of ${record.databases.length} databases of a fleet have not gone over; nothing was destroyed`,
    'finish the rotation of the fleet first (`keel fleet rotate`)',
  );
}

function pathIn(folder: string): string {
  return join(folder, 'fleet', 'rotation.json');
}
