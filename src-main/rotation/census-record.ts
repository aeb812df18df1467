import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import type { Census } from '#census/census-result';
import { placeName } from '#census/place-name';
import { fingerprint, time } from '#contract/shapes';
import { writeDurably } from '#environments/durable-file';
import { withFolderLock } from '#environments/folder-lock';
import { KeelError } from '#errors/keel-error';

const count = z.number().int().nonnegative();

/** What one census of one database saw. Only complete readings are kept, never samples. */
const takenCensus = z.strictObject({
  /** `host:port/name`. */
  database: z.string(),
  /** A row that was written later may have been missed. */
  beganAt: time,
  endedAt: time,
  /** The keys that were tried, and the places at which values are under each. */
  keys: z.array(
    z.strictObject({
      fingerprint,
      values: count,
      /** At places that are certain; the others are likely. */
      certain: count,
      /** By name, a few of them. */
      places: z.array(z.string()),
    }),
  ),
  tables: count,
  cells: count,
  bytes: count,
  /** Places that were not read, by name, with the reason. */
  unread: z.array(z.strictObject({ place: z.string(), reason: z.string() })),
});
export type TakenCensus = z.infer<typeof takenCensus>;

const censusRecord = z.strictObject({ version: z.literal(1), censuses: z.array(takenCensus) });

/** More places of one key than this are counted and not named. */
const mostNamed = 20;

/** The last census of each database and key in an environment's folder. Throws `state-damaged`. */
export async function readCensuses(folder: string): Promise<TakenCensus[]> {
  const path = pathIn(folder);
  try {
    return censusRecord.parse(JSON.parse(await readFile(path, 'utf8'))).censuses;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw new KeelError(
      'state-damaged',
      `the record of censuses ${path} cannot be read; nothing was changed`,
      'move it aside, then take each census again',
      { cause: error },
    );
  }
}

/** Keeps what a census of a whole database saw, in place of earlier ones with the same keys. Durable when it returns. */
export async function recordCensus(folder: string, database: string, census: Census): Promise<void> {
  const taken = takenOf(database, census);
  const tried = new Set(census.keys);
  await mkdir(folder, { recursive: true, mode: 0o700 });
  await withFolderLock(folder, 'censuses', async () => {
    const before = await readCensuses(folder);
    const kept = before.filter(
      (one) => one.database !== database || !one.keys.every((key) => tried.has(key.fingerprint)),
    );
    const record = { version: 1, censuses: [...kept, taken] } satisfies z.infer<typeof censusRecord>;
    await writeDurably(pathIn(folder), `${JSON.stringify(record, null, 2)}\n`);
  });
}

function takenOf(database: string, census: Census): TakenCensus {
  const { keys, places, unread, tables, cells, bytes, beganAt, endedAt } = census;
  return {
    database,
    beganAt,
    endedAt,
    keys: keys.map((key) => {
      const here = places.filter((place) => place.key === key);
      const sum = (of: typeof here) => of.reduce((total, { values }) => total + values, 0);
      return {
        fingerprint: key,
        values: sum(here),
        certain: sum(here.filter(({ certain }) => certain)),
        places: here.slice(0, mostNamed).map(placeName),
      };
    }),
    tables,
    cells,
    bytes,
    unread: unread.map((place) => ({ place: placeName(place), reason: place.reason })),
  };
}

function pathIn(folder: string): string {
  return join(folder, 'censuses.json');
}
