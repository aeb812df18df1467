import { join } from 'node:path';
import { z } from 'zod';
import type { Census, CensusPlace } from '#census/census-result';
import { placeName } from '#census/place-name';
import { fingerprint, time } from '#contract/shapes';
import { changeState, readState } from '#storage/state-file';
import { stateKind } from '#storage/state-kind';

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
  /**
   * The keys whose values were decrypted, to look for others within them. Absent from a Keel that did not look there.
   */
  opened: z.array(fingerprint).optional(),
  tables: count,
  cells: count,
  bytes: count,
  /** Places that were not read, by name, with the reason. */
  unread: z.array(z.strictObject({ place: z.string(), reason: z.string() })),
});
export type TakenCensus = z.infer<typeof takenCensus>;

export const censusRecordKind = stateKind({
  file: 'environments/*/censuses.json',
  what: 'the census record',
  version: 1,
  schema: z.strictObject({ censuses: z.array(takenCensus) }),
  remedy: 'move it aside, then run each census again',
});

/** More places of one key than this are counted and not named. */
const maxNamed = 20;

/** The last census of each database and key in an environment's folder. Throws `state-damaged`, `state-newer`. */
export async function readCensuses(folder: string): Promise<TakenCensus[]> {
  return (await readState(censusRecordKind, pathIn(folder)))?.censuses ?? [];
}

/** Keeps what a census of a whole database saw, in place of earlier ones that tried no other keys. Durable when it returns. */
export async function recordCensus(folder: string, database: string, census: Census): Promise<void> {
  const taken = takenOf(database, census);
  const tried = new Set(census.keys);
  const opened = new Set(census.opened);
  await changeState(censusRecordKind, pathIn(folder), (now) => {
    const kept = (now?.censuses ?? []).filter(
      (one) =>
        one.database !== database ||
        !one.keys.every((key) => tried.has(key.fingerprint)) ||
        !(one.opened ?? []).every((key) => opened.has(key)),
    );
    return { censuses: [...kept, taken] };
  });
}

function takenOf(database: string, census: Census): TakenCensus {
  const { keys, opened, places, unread, tables, cells, bytes, beganAt, endedAt } = census;
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
        places: here.slice(0, maxNamed).map(placeInWords),
      };
    }),
    opened: [...opened],
    tables,
    cells,
    bytes,
    unread: unread.map((place) => ({ place: placeName(place), reason: place.reason })),
  };
}

function placeInWords(place: CensusPlace): string {
  return place.nested ? `${placeName(place)} (nested in its decrypted values)` : placeName(place);
}

function pathIn(folder: string): string {
  return join(folder, 'censuses.json');
}
