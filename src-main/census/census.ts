import type { Client } from 'pg';
import type { EncryptedColumn, Inventory } from '#contract/inventory';
import type { EncryptionKey } from '#crypto/encryption-key';
import { fromDriverError } from '#postgres/connection-errors';
import { type FoundPlace, readRelation, type ReadOptions, type RelationTally } from './census-relation.ts';
import { describeRows } from './describe-rows.ts';
import type { Census, CensusPlace } from './census-result.ts';
import { readLargeObjects } from './large-objects.ts';
import { proposeEntries } from './propose-entries.ts';
import { inReadTransaction } from './read-transaction.ts';
import { type CensusRelation, readRelations, type UnreadPlace } from './relations.ts';

export interface CensusOptions {
  readonly keys: readonly EncryptionKey[];
  readonly inventory?: Inventory | undefined;
  /** Bytes read, of about how many in all, by the server's statistics. */
  readonly onProgress?: (bytes: number, total: number, table: string) => void;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Reads every cell of every table that the role may read and tries every span in it under every key. Only reads, in a transaction a
 * table, and leaves no setting behind. Throws only what keeps all of it from being read: a lost connection, or being cancelled.
 */
export async function takeCensus(client: Client, options: CensusOptions): Promise<Census> {
  const { keys, inventory, signal } = options;
  const beganAt = new Date().toISOString();
  const { relations, unread: barred } = await readRelations(client);
  const unread: UnreadPlace[] = [...barred];
  const places: CensusPlace[] = [];
  const total = relations.reduce((sum, { bytes }) => sum + bytes, 0);
  // every column may be a place, and large objects are one more
  const searched = relations.reduce((sum, { columns }) => sum + columns.length, 1);
  let [tables, cells, bytes] = [0, 0, 0];
  const progressOf = (relation: CensusRelation) => (read: number) =>
    options.onProgress?.(bytes + read, Math.max(total, bytes + read), `${relation.schema}.${relation.name}`);
  for (const relation of relations) {
    signal?.throwIfAborted();
    progressOf(relation)(0);
    const entries = entriesOf(relation, inventory);
    try {
      const onBytes = progressOf(relation);
      const found = await readPlaces(client, relation, { keys, entries, onBytes, signal }, searched);
      places.push(...found.places);
      tables++;
      cells += found.cells;
      bytes += found.bytes;
    } catch (error) {
      const told = fromDriverError(error, `reading ${relation.schema}.${relation.name}`);
      if (told.code === 'connection-lost' || told.code === 'cancelled' || signal?.aborted) throw told;
      unread.push({ schema: relation.schema, table: relation.name, reason: told.message });
    }
  }
  const large = await readLargeObjects(client, { keys, searched, signal });
  places.push(...large.places);
  unread.push(...large.unread);
  return {
    beganAt,
    endedAt: new Date().toISOString(),
    keys: keys.map(({ fingerprint }) => fingerprint),
    places,
    unread,
    tables,
    cells: cells + large.cells,
    bytes: bytes + large.bytes,
  };
}

/** Names, and keys in documents, are in the database's encoding: where that is another than UTF-8, text is converted if all of it can be. */
async function readPlaces(
  client: Client,
  relation: CensusRelation,
  options: ReadOptions,
  searched: number,
): Promise<{ readonly places: readonly CensusPlace[]; readonly cells: number; readonly bytes: number }> {
  const read = (text: 'stored' | 'converted') =>
    inReadTransaction(client, text, async () => {
      const tally = await readRelation(client, relation, options);
      const places = await describePlaces(client, tally, options.keys, searched);
      return { places, cells: tally.cells, bytes: tally.bytes };
    });
  if (await storesUtf8(client)) return read('stored');
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

async function describePlaces(
  client: Client,
  { relation, places }: RelationTally,
  keys: readonly EncryptionKey[],
  searched: number,
): Promise<CensusPlace[]> {
  const described: CensusPlace[] = [];
  for (const place of places)
    described.push(...(await describePlace(client, relation, place, keys, searched)));
  return described;
}

async function describePlace(
  client: Client,
  relation: CensusRelation,
  { column, tally, tried }: FoundPlace,
  keys: readonly EncryptionKey[],
  searched: number,
): Promise<CensusPlace[]> {
  const described: CensusPlace[] = [];
  const { name } = relation.columns[column] as CensusRelation['columns'][number];
  for (const found of tally.found(tried, { places: searched, keys: keys.length })) {
    const { schema, name: table } = relation.root ?? relation;
    const key = keys[found.key] as EncryptionKey;
    const proposal = tally.entry ? undefined : await proposeEntries(client, relation, name, found.rows, key);
    const path = tally.entry ? tally.entry.path : found.paths.length === 1 ? found.paths[0] : undefined;
    const form = tally.entry?.layout ?? proposal?.layout;
    described.push({
      schema,
      table,
      column: name,
      ...(path !== undefined && { path }),
      ...(form !== undefined && { form }),
      key: key.fingerprint,
      values: found.values,
      inInventory: tally.entry !== undefined,
      rows: await describeRows(client, relation, found.rows),
      certain: found.certain,
      bits: Math.round(found.bits),
      ...(proposal && { proposal }),
    });
  }
  return described;
}
