import type { Client } from 'pg';
import type { EncryptionKey } from '#crypto/encryption-key';
import { CellScanner } from '#evidence/scan/cell-scanner';
import { nullCell, otherBatch } from '#postgres/copy-batches';
import { readCopy } from '#postgres/copy-reader';
import { endsReading, fromDriverError } from '#postgres/connection-errors';
import { cutReason } from './census-relation.ts';
import type { CensusPlace } from './census-result.ts';
import { nothingTried, PlaceCounter, ReportedRuns } from './place-counter.ts';
import { inReadTransaction } from './read-transaction.ts';
import type { UnreadPlace } from './relations.ts';

export interface LargeObjects {
  readonly places: readonly CensusPlace[];
  readonly unread: readonly UnreadPlace[];
  readonly cells: number;
  readonly bytes: number;
}

interface LargeObjectsRequest {
  readonly keys: readonly EncryptionKey[];
  /** How many of them have their values reported, the first ones. */
  readonly reported: number;
  readonly searched: number;
  readonly signal?: AbortSignal | undefined;
}

const place = { schema: 'pg_catalog', table: 'pg_largeobject' };

/** Reads every large object that the role may read, each as one cell. */
export async function readLargeObjects(
  client: Client,
  { keys, reported, searched, signal }: LargeObjectsRequest,
): Promise<LargeObjects> {
  const own = new PlaceCounter(undefined);
  const within = new PlaceCounter(undefined, true);
  const scanner = new CellScanner(keys);
  let [cells, bytes] = [0, 0];
  const unread: UnreadPlace[] = [];
  try {
    await inReadTransaction(client, 'stored', async () => {
      const barred = await countBarred(client);
      if (barred > 0) unread.push({ ...place, reason: `${barred} large objects belong to other roles` });
      const select =
        'SELECT m.oid::pg_catalog.text, pg_catalog.lo_get(m.oid) FROM pg_catalog.pg_largeobject_metadata AS m ' +
        `WHERE ${mayRead}`;
      let object = '';
      for await (const batch of readCopy(client, select, signal ? { signal } : {})) {
        const { data, rows, columns, starts, lengths } = batch;
        const names: string[] = [];
        for (let row = 0; row < rows; row++) {
          const [nameAt, cellAt] = [row * columns, row * columns + 1];
          const nameLength = lengths[nameAt] as number;
          if (nameLength > 0)
            object = data.toString('latin1', starts[nameAt], (starts[nameAt] as number) + nameLength);
          names.push(object);
          const length = lengths[cellAt] as number;
          if (length === nullCell || length === otherBatch) continue;
          cells++;
          bytes += length;
          const start = starts[cellAt] as number;
          scanner.add(row, 0, data, start, start + length, 'bytes');
        }
        const runs = new ReportedRuns();
        for (const hit of scanner.flush())
          (hit.within ? within : own).add(hit, `loid=${names[hit.row]}`, { again: runs.isAgain(hit) });
      }
    });
  } catch (error) {
    const failure = fromDriverError(error, 'reading large objects');
    if (endsReading(failure, signal)) throw failure;
    unread.push({ ...place, reason: failure.message });
  }
  const tried = scanner.takeTried().get(0) ?? nothingTried;
  if (tried.cut > 0) unread.push({ ...place, reason: cutReason(tried.cut) });
  const places = [own, within].flatMap((counter) =>
    counter
      .found(tried, { places: searched, keys: keys.length })
      .filter(({ key }) => key < reported)
      .map(
        ({ key, values, rows, certain, isPossible, bits }): CensusPlace => ({
          ...(isPossible && { isPossible }),
          ...place,
          column: 'data',
          key: (keys[key] as EncryptionKey).fingerprint,
          values,
          inInventory: false,
          ...(counter.nested && { nested: counter.nested }),
          rows: rows.slice(0, 5),
          certain,
          bits: Math.round(bits),
        }),
      ),
  );
  return { places, unread, cells, bytes };
}

const mayRead = `(pg_has_role(m.lomowner, 'USAGE') OR (SELECT rolsuper FROM pg_roles WHERE rolname = current_user))`;

async function countBarred(client: Client): Promise<number> {
  const { rows } = await client.query(
    `SELECT count(*)::int AS count FROM pg_catalog.pg_largeobject_metadata AS m WHERE NOT ${mayRead}`,
  );
  return rows[0].count;
}
