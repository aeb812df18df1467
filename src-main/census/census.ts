import type { Client } from 'pg';
import type { EncryptedColumn, Inventory } from '#contract/inventory';
import { findUndecided, type UndecidedPlaces } from '#discovery/undecided';
import { endsReading, fromDriverError } from '#postgres/connection-errors';
import { readRelation, type ReadOptions, type RelationCount } from './census-relation.ts';
import { type Census, type CensusPlace, divided } from './census-result.ts';
import { type CensusKeys, everyKey, fingerprintsOf } from './census-keys.ts';
import { censusScope } from './census-scope.ts';
import { describePlaces } from './describe-places.ts';
import { readLargeObjects } from './large-objects.ts';
import { unreadByExtensions } from './kept-elsewhere.ts';
import { inReadTransaction } from './read-transaction.ts';
import { type CensusRelation, readCatalogs, readRelations, type UnreadPlace } from './relations.ts';
import { type DescribedColumn, readStatistics, statisticsColumns } from './statistics.ts';

export interface CensusOptions extends CensusKeys {
  readonly inventory?: Inventory | undefined;
  /** Bytes read, of about how many in all, by the server's statistics. */
  readonly onProgress?: (bytes: number, total: number, table: string) => void;
  /** Also samples each table for values that look encrypted and that no key opens. */
  readonly samplesLooks?: boolean;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Reads every cell of every table, and of the server's catalogs, that the role may read and tries every span in it, and in what values there decrypt to, under every key. Only reads, in a transaction a
 * table, and leaves no setting behind. Throws only what keeps all of it from being read: a lost connection, or being cancelled.
 */
export async function takeCensus(client: Client, options: CensusOptions): Promise<Census> {
  const { inventory, signal } = options;
  const keys = everyKey(options);
  const reported = options.keys.length;
  const beganAt = new Date().toISOString();
  const { relations, unread: barred } = await readRelations(client);
  const catalogs = await readCatalogs(client);
  const unread: UnreadPlace[] = [...barred, ...catalogs.unread, ...(await unreadByExtensions(client))];
  const isUtf8 = await storesUtf8(client);
  const places: CensusPlace[] = [];
  const total = relations.reduce((sum, { bytes }) => sum + bytes, 0);
  // every column may be a place, and so may the large objects and the statistics
  const all = [...relations, ...catalogs.relations];
  const searched = all.reduce((sum, { columns }) => sum + columns.length, 1 + statisticsColumns);
  let [tables, cells, bytes] = [0, 0, 0];
  const progressOf = (relation: CensusRelation) => (read: number) =>
    options.onProgress?.(bytes + read, Math.max(total, bytes + read), `${relation.schema}.${relation.name}`);
  const read = async (relation: CensusRelation): Promise<RelationCount | undefined> => {
    signal?.throwIfAborted();
    const onBytes = relation.isCatalog ? undefined : progressOf(relation);
    onBytes?.(0);
    const entries = entriesOf(relation, inventory);
    try {
      const request = { keys, reported, entries, signal, isUtf8, ...(onBytes && { onBytes }) };
      const found = await readPlaces(client, relation, request, searched);
      places.push(...found.places);
      unread.push(...found.counter.unread);
      return found.counter;
    } catch (error) {
      const failure = fromDriverError(error, `reading ${relation.schema}.${relation.name}`);
      if (endsReading(failure, signal)) throw failure;
      unread.push({ schema: relation.schema, table: relation.name, reason: failure.message });
      return undefined;
    }
  };
  for (const relation of relations) {
    const counter = await read(relation);
    if (!counter) continue;
    tables++;
    cells += counter.cells;
    bytes += counter.bytes;
  }
  for (const catalog of catalogs.relations) await read(catalog);
  const statistics = await readStatistics(client, {
    keys,
    reported,
    listed: listedColumns(relations, inventory),
    searched,
    signal,
  });
  places.push(...statistics.places.filter((place) => !isReported(place, places)));
  unread.push(...statistics.unread);
  const large = await readLargeObjects(client, { keys, reported, searched, signal });
  places.push(...large.places);
  unread.push(...large.unread);
  const undecided = options.samplesLooks && (await findUndecided(client, keys, { inventory, signal }));
  return {
    ...(undecided && { undecided: besides(undecided, places) }),
    beganAt,
    endedAt: new Date().toISOString(),
    ...fingerprintsOf(options),
    ...divided(places),
    unread,
    tables,
    cells: cells + large.cells,
    bytes: bytes + large.bytes,
    scope: censusScope,
  };
}

/** Without the columns in which a census found values encrypted with a key: it tries more forms than are written. */
function besides({ places, skipped }: UndecidedPlaces, found: readonly CensusPlace[]): UndecidedPlaces {
  const isFound = ({ schema, table, column }: UndecidedPlaces['places'][number]) =>
    found.some((place) => place.schema === schema && place.table === table && place.column === column);
  return { places: places.filter((place) => !isFound(place)), skipped };
}

function listedColumns(
  relations: readonly CensusRelation[],
  inventory: Inventory | undefined,
): DescribedColumn[] {
  const read = relations.flatMap((relation) =>
    entriesOf(relation, inventory).map(({ column }) => ({
      schema: relation.schema,
      table: relation.name,
      column,
    })),
  );
  return [...(inventory?.columns ?? []), ...read];
}

/** Whether the column that statistics are of was found to hold values encrypted with the same key itself. */
function isReported(
  { schema, table, column, key, nested }: CensusPlace,
  places: readonly CensusPlace[],
): boolean {
  return places.some(
    (place) =>
      place.schema === schema &&
      place.table === table &&
      place.column === column &&
      place.key === key &&
      (place.nested === undefined) === (nested === undefined),
  );
}

/** Names, and keys in documents, are in the database's encoding: where that is another than UTF-8, text is converted if all of it can be. */
async function readPlaces(
  client: Client,
  relation: CensusRelation,
  options: ReadOptions & { readonly reported: number; readonly isUtf8: boolean },
  searched: number,
): Promise<{ readonly places: readonly CensusPlace[]; readonly counter: RelationCount }> {
  const read = (text: 'stored' | 'converted') =>
    inReadTransaction(client, text, async () => {
      const counter = await readRelation(client, relation, options);
      const places = await describePlaces(client, counter, { ...options, searched });
      return { places, counter };
    });
  if (options.isUtf8) return read('stored');
  return read('converted').catch((error: unknown) => {
    if (!isUnconvertible(error)) throw error;
    return read('stored');
  });
}

/** A database without an encoding holds bytes that are mostly UTF-8 too. */
async function storesUtf8(client: Client): Promise<boolean> {
  const { rows } = await client.query(
    "SELECT current_setting('server_encoding') IN ('UTF8', 'SQL_ASCII') AS yes",
  );
  return rows[0].yes;
}

/** The server's codes for a character that UTF-8 has not, and for bytes that are no character of the database's encoding. */
function isUnconvertible(error: unknown): boolean {
  const { cause } = error as { cause?: { code?: string } };
  return cause?.code === '22P05' || cause?.code === '22021';
}

function entriesOf(
  { schema, name, root }: CensusRelation,
  inventory: Inventory | undefined,
): EncryptedColumn[] {
  return (inventory?.columns ?? []).filter(
    (entry) =>
      (entry.schema === schema && entry.table === name) ||
      (root !== undefined && entry.schema === root.schema && entry.table === root.name),
  );
}
