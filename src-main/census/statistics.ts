import type { Client } from 'pg';
import type { EncryptionKey } from '#crypto/encryption-key';
import { endsReading, fromDriverError } from '#postgres/connection-errors';
import { quoteName, quoteText } from '#postgres/identifiers';
import { readRelation } from './census-relation.ts';
import type { CensusPlace } from './census-result.ts';
import { describePlaces } from './describe-places.ts';
import { inReadTransaction } from './read-transaction.ts';
import type { CensusRelation, UnreadPlace } from './relations.ts';

/** What the planner's statistics keep of a column: common values, bounds of its histogram, common elements. */
const kept = ['most_common_vals', 'histogram_bounds', 'most_common_elems'];
/** Columns that may be places. */
export const statisticsColumns = kept.length;

interface StatisticsRequest {
  readonly keys: readonly EncryptionKey[];
  /** How many of them have their values reported, the first ones. */
  readonly reported: number;
  /** Columns of the inventory, and of partitions of its tables. */
  readonly listed: readonly DescribedColumn[];
  readonly searched: number;
  readonly signal: AbortSignal | undefined;
}

/** The column that statistics are of. */
export interface DescribedColumn {
  readonly schema: string;
  readonly table: string;
  readonly column: string;
}

/**
 * Values that the planner's statistics keep of columns of users. Each is told as a place of its column: these are copies, which the next
 * ANALYZE replaces. What they keep of columns of the inventory is left out: the rows themselves are what counts there.
 */
export async function readStatistics(
  client: Client,
  { keys, reported, listed, searched, signal }: StatisticsRequest,
): Promise<{ readonly places: readonly CensusPlace[]; readonly unread: readonly UnreadPlace[] }> {
  const places: CensusPlace[] = [];
  let covered = listed;
  let hasAny = false;
  const read = async (which: string, described?: DescribedColumn) => {
    const counter = await readRelation(client, statisticsWhere(which), { keys, entries: [], signal });
    const found = await describePlaces(client, counter, { keys, reported, entries: [], searched });
    if (!described) return found.length > 0;
    for (const place of withoutRepeats(found)) places.push({ ...place, ...described, rows: ['statistics'] });
    return true;
  };
  try {
    // names of other alphabets are understood in the session's encoding only
    await inReadTransaction(client, listed.every(isPlain) ? 'stored' : 'converted', async () => {
      covered = [...listed, ...(await innerPartitions(client, listed))];
      const others = `NOT ${listedCondition(covered)}`;
      hasAny = await read(others);
    });
    if (!hasAny) return { places, unread: [] };
    await inReadTransaction(client, 'converted', async () => {
      const others = `NOT ${listedCondition(covered)}`;
      // which of them is asked only where there is something
      const { rows } = await client.query<DescribedColumn>(
        `SELECT schemaname AS schema, tablename AS table, attname AS column FROM pg_catalog.pg_stats WHERE ${ofUsers} AND ${others}`,
      );
      for (const row of rows) await read(conditionOf(row), row);
    });
  } catch (error) {
    const failure = fromDriverError(error, 'reading statistics');
    if (endsReading(failure, signal)) throw failure;
    return { places: [], unread: [{ schema: 'pg_catalog', table: 'pg_stats', reason: failure.message }] };
  }
  return { places, unread: [] };
}

/** Columns of partitions that are partitioned themselves: they have no rows to be read, and statistics of those below them. */
async function innerPartitions(
  client: Client,
  listed: readonly DescribedColumn[],
): Promise<readonly DescribedColumn[]> {
  const { rows } = await client.query<{
    readonly schema: string;
    readonly table: string;
    readonly rootSchema: string;
    readonly rootTable: string;
  }>(
    `SELECT n.nspname AS schema, c.relname AS "table", rn.nspname AS "rootSchema", r.relname AS "rootTable"
     FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
     JOIN pg_catalog.pg_class r ON r.oid = pg_catalog.pg_partition_root(c.oid)
     JOIN pg_catalog.pg_namespace rn ON rn.oid = r.relnamespace
     WHERE c.relkind = 'p' AND c.relispartition`,
  );
  return rows.flatMap(({ schema, table, rootSchema, rootTable }) =>
    listed
      .filter((root) => root.schema === rootSchema && root.table === rootTable)
      .map(({ column }) => ({ schema, table, column })),
  );
}

/** The same values may be in two of a column's statistics. */
function withoutRepeats(places: readonly CensusPlace[]): CensusPlace[] {
  return [
    ...new Map(places.map((place) => [`${place.key} ${place.nested ? 'nested' : ''}`, place])).values(),
  ];
}

const ofUsers = "schemaname NOT IN ('pg_catalog', 'information_schema')";

function statisticsWhere(which: string): CensusRelation {
  const columns = kept.map((name) => `s.${quoteName(name)}::pg_catalog.text AS ${quoteName(name)}`);
  return {
    schema: 'pg_catalog',
    name: 'pg_stats',
    sql: `(SELECT ${columns.join(', ')} FROM pg_catalog.pg_stats AS s WHERE ${ofUsers} AND ${which})`,
    bytes: 0,
    columns: kept.map((name) => ({ name, type: 'text', shape: { kind: 'text' }, input: 'text' })),
    hasPlaces: false,
    key: [],
    isCatalog: true,
  };
}

function isPlain({ schema, table, column }: DescribedColumn): boolean {
  return /^[\x20-\x7e]*$/.test(schema + table + column);
}

function listedCondition(columns: readonly DescribedColumn[]): string {
  return columns.length === 0 ? 'false' : `(${columns.map(conditionOf).join(' OR ')})`;
}

function conditionOf({ schema, table, column }: DescribedColumn): string {
  return `(schemaname, tablename, attname) = (${[schema, table, column].map(quoteText).join(', ')})`;
}
