import type { ClientBase } from 'pg';
import { fromDriverError } from './connection-errors.ts';
import { pipelined } from './pipelined.ts';

/** Of every table, with what belongs to it: partitions and children, TOAST, indexes. */
const parts = `
WITH RECURSIVE tree (root, oid) AS (
  SELECT oid, oid FROM pg_catalog.pg_class WHERE relkind IN ('r', 'p', 'm', 'f')
  UNION
  SELECT tree.root, h.inhrelid FROM tree JOIN pg_catalog.pg_inherits h ON h.inhparent = tree.oid
  JOIN pg_catalog.pg_class child ON child.oid = h.inhrelid WHERE child.relispartition
), heap (root, oid) AS (
  SELECT tree.root, o.oid FROM tree JOIN pg_catalog.pg_class c ON c.oid = tree.oid
  CROSS JOIN LATERAL (VALUES (c.oid), (c.reltoastrelid)) AS o (oid) WHERE o.oid <> 0
), part (root, oid) AS (
  SELECT root, oid FROM heap
  UNION SELECT heap.root, i.indexrelid FROM heap JOIN pg_catalog.pg_index i ON i.indrelid = heap.oid
)`;

/** Measuring a file takes a lock on its relation; where somebody holds a stronger one, the pages of the last ANALYZE are taken. */
const sizesSql = (isLocked: string) => `${parts}, locked (oid) AS MATERIALIZED (
  SELECT relation FROM pg_catalog.pg_locks WHERE mode = 'AccessExclusiveLock' AND relation IS NOT NULL
)
SELECT part.root AS oid, sum(CASE
    WHEN c.relkind NOT IN ('r', 'm', 't', 'i') THEN 0
    WHEN ${isLocked} THEN c.relpages::int8 * pg_catalog.current_setting('block_size')::int8
    ELSE coalesce(pg_catalog.pg_relation_size(c.oid), 0) END)::int8 AS bytes
FROM part JOIN pg_catalog.pg_class c ON c.oid = part.oid GROUP BY 1`;

/** How long a lock that came in between is waited for before all sizes are taken from the catalog. */
const timeoutMs = 200;

/** Bytes on disk of each table, by oid. Waits for nobody's lock longer than a blink. */
export async function readTableSizes(client: ClientBase): Promise<ReadonlyMap<number, number>> {
  const inTransaction = (client as { getTransactionStatus?: () => string | null }).getTransactionStatus?.();
  try {
    const { rows } =
      inTransaction === 'T'
        ? await client.query(sizesSql('true'))
        : await measured(client).catch(() => client.query(sizesSql('true')));
    return new Map(rows.map(({ oid, bytes }) => [oid, Number(bytes)]));
  } catch (error) {
    throw fromDriverError(error, 'reading the sizes of tables');
  }
}

/** Sent together, so that the limit holds for nothing else. */
async function measured(client: ClientBase) {
  const [, sizes] = await pipelined(client, [
    () => client.query(`BEGIN READ ONLY; SET LOCAL lock_timeout = ${timeoutMs}`),
    () => client.query(sizesSql('c.oid IN (TABLE locked)')),
    () => client.query('ROLLBACK'),
  ]);
  return sizes;
}
