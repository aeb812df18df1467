import type { Client } from 'pg';
import type { EncryptedColumn } from '#contract/inventory';
import { blockLength } from '#crypto/aes-ecb';
import type { Segment } from '#crypto/cfb';
import type { EncryptionKey } from '#crypto/encryption-key';
import { cleanText } from '#evidence/plaintexts/clean-text';
import { log2Choose } from '#evidence/combinations';
import type { CatalogTable } from '#postgres/catalog';
import { endsReading, fromDriverError } from '#postgres/connection-errors';
import { barsReading } from '#postgres/ownership/table-ownership';
import { tableTimeoutMs } from '#postgres/sample';
import { readWithin } from '#postgres/session/timed-read';
import { type Hit, openFirsts } from './first-blocks.ts';
import { type IvPlace, type IvPool, readIvPool } from './iv-pool.ts';
import { byteKinds, bytesByPlace, fittingKeys } from '#discovery/text-bytes';

/*
 * An IV may be in another row, in another table, or in a place of the row that no path leads to. Nothing says then which IV belongs to
 * which value, so every one is tried with every value. That freedom is paid for: a pair has to tell more than the number of IVs at
 * a place hides, and all pairs together more than the number of places.
 */

/** Values of a column whose IV is taken to be their first 16 bytes, for want of another place. */
export interface AssumedValues {
  readonly entry: EncryptedColumn;
  readonly segment: Segment;
  /** The first 16 bytes of each, different ones. */
  readonly firsts: readonly Uint8Array[];
}

export interface DistantIvs {
  /** Where the IVs of a column's values are, by the entry of the first of its places. */
  readonly found: ReadonlyMap<AssumedValues, string>;
  /** Places that look like ones of IVs, and of which it could not be told whose. */
  readonly unexplained: readonly string[];
  /** What was read. */
  readonly tables: number;
  readonly unread: readonly string[];
}

/** Bits that a place must have, beyond the freedom to choose it among so many, and one of several kinds of text. */
const leastBits = 20;
const searchBits = 16;
/** Values of one column that are tried. */
const valuesTried = 200;
const valuesTriedByBytes = 24;

/** Looks for the IVs of assumed values in all tables. Only reads, up to a bound for each table. */
export async function findDistantIvs(
  client: Client,
  key: EncryptionKey,
  assumed: readonly AssumedValues[],
  tables: readonly CatalogTable[],
  signal?: AbortSignal,
): Promise<DistantIvs> {
  const found = new Map<AssumedValues, string>();
  const unexplained: string[] = [];
  const unread: string[] = [];
  const columns = byColumn(assumed);
  let read = 0;
  for (const table of tables) {
    signal?.throwIfAborted();
    if (table.kind === 'foreign' || table.kind === 'partition') continue;
    const label = `${table.schema}.${table.name}`;
    if (table.ownership && barsReading(table.ownership) !== undefined) {
      unread.push(label);
      continue;
    }
    let pool: IvPool;
    try {
      pool = await readWithin(client, tableTimeoutMs, () => readIvPool(client, table));
      read++;
    } catch (error) {
      const failure = fromDriverError(error, `reading ${label}`);
      if (endsReading(failure, signal, { isTimed: true })) throw failure;
      unread.push(label);
      continue;
    }
    for (const values of columns) {
      const place = pool.places.find((one) => bitsOf(one, values, key) >= leastBits);
      if (!place) continue;
      for (const one of values.parts) {
        if (!found.has(one)) found.set(one, `${label}.${place.column} (${place.manner})`);
      }
    }
    const suspicious = [...pool.named, ...(pool.isComplete ? [] : pool.alike)];
    unexplained.push(...new Set(suspicious.map((column) => `${label}.${column}`)));
  }
  return { found, unexplained, tables: read, unread };
}

interface ColumnValues extends Pick<AssumedValues, 'segment' | 'firsts'> {
  readonly parts: readonly AssumedValues[];
}

/** Leaves of documents whose names are IVs are places of one value each, so a column's values are examined together. */
function byColumn(assumed: readonly AssumedValues[]): ColumnValues[] {
  const columns = new Map<string, AssumedValues[]>();
  for (const one of assumed) {
    const { schema, table, column } = one.entry;
    const name = JSON.stringify([schema, table, column, one.segment]);
    columns.set(name, [...(columns.get(name) ?? []), one]);
  }
  return [...columns.values()].map((parts) => {
    const { segment } = parts[0] as AssumedValues;
    const all = new Map(
      parts.flatMap(({ firsts }) =>
        firsts.map((first) => [Buffer.from(first).toString('latin1'), first] as const),
      ),
    );
    const max = segment === 'cfb8' ? valuesTriedByBytes : valuesTried;
    return { parts, segment, firsts: [...all.values()].slice(0, max) };
  });
}

/** What counts for a place: for each kind of text, the IVs that open most, each at the price of choosing it. */
function bitsOf({ ivs, count }: IvPlace, { segment, firsts }: ColumnValues, key: EncryptionKey): number {
  const hits = [...openFirsts(key.bytes, segment, firsts, ivs)];
  if (hits.length === 0) return 0;
  const price = Math.log2(count);
  const anyText = { accepts: undefined, perValue: cleanText.bits(blockLength - 1) };
  const kinds = byteKinds.map((kind) => ({ ...kind, perValue: blockLength * kind.bitsOfByte }));
  const totals = [...kinds, anyText].map((kind) => {
    const fitting = hits.filter(
      ({ plaintext }) => !kind.accepts || plaintext.every((byte) => kind.accepts[byte]),
    );
    let opened = 0;
    let bits = 0;
    for (const group of assign(fitting)) {
      const gain =
        group.length === 1 || !kind.accepts
          ? kind.perValue
          : bitsTogether(
              kind,
              group.map(({ first }) => firsts[first] as Uint8Array),
              segment,
            );
      if (gain <= price) continue;
      opened += group.length;
      bits += gain - price;
    }
    return bits - log2Choose(firsts.length, opened);
  });
  for (const { plaintext } of hits) plaintext.fill(0);
  return Math.max(...totals) - searchBits;
}

/** Each value with one IV: those that open most values first. */
function assign(hits: readonly Hit[]): Hit[][] {
  const byIv = new Map<number, Hit[]>();
  for (const hit of hits) byIv.set(hit.iv, [...(byIv.get(hit.iv) ?? []), hit]);
  const taken = new Set<number>();
  return [...byIv.values()]
    .sort((a, b) => b.length - a.length)
    .flatMap((group) => {
      const free = group.filter(({ first }) => !taken.has(first));
      for (const { first } of free) taken.add(first);
      return free.length > 0 ? [free] : [];
    });
}

/** Of values under one keystream: how few keystreams would make text of all of them. */
function bitsTogether(
  kind: (typeof byteKinds)[number],
  firsts: readonly Uint8Array[],
  segment: Segment,
): number {
  // with CFB8, only the first byte of each is under the same keystream
  if (segment === 'cfb8') return blockLength * kind.bitsOfByte;
  return bytesByPlace(firsts, blockLength).reduce(
    (sum, bytes) => sum + 8 - Math.log2(Math.max(1, fittingKeys(kind, bytes))),
    0,
  );
}
