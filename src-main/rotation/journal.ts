import type { Client } from 'pg';
import { fromDriverError } from '#postgres/connection-errors';
import { quoteName } from '#postgres/identifiers';

/** What the database itself remembers of a rotation: written in the cutover's transaction, so it is there or it is not. */
export interface JournalEntry {
  readonly id: string;
  readonly from: string;
  readonly to: string;
  /** The 64-bit id of the transaction that wrote the rows. */
  readonly xid: string;
  readonly rows: number;
}

/** Creates Keel's schema. False where the role may not; nothing is changed then. */
export async function ensureKeelSchema(client: Client): Promise<boolean> {
  const { rows } = await client.query(
    `SELECT has_database_privilege(current_database(), 'CREATE') AS can_create,
            (SELECT has_schema_privilege(oid, 'CREATE') FROM pg_namespace WHERE nspname = 'keel') AS can_use`,
  );
  const { can_create: canCreate, can_use: canUse } = rows[0];
  if (canUse !== null) return canUse;
  if (!canCreate) return false;
  try {
    await client.query('CREATE SCHEMA IF NOT EXISTS keel');
    return true;
  } catch (error) {
    throw fromDriverError(error, 'creating the schema keel');
  }
}

/** Writes the entry, with its table where it is the first. Part of the caller's transaction. */
export async function writeJournal(client: Client, entry: JournalEntry): Promise<void> {
  await client.query(
    `CREATE TABLE IF NOT EXISTS keel.rotation (
       id pg_catalog.uuid PRIMARY KEY,
       from_key pg_catalog.text NOT NULL,
       to_key pg_catalog.text NOT NULL,
       xid pg_catalog.xid8 NOT NULL,
       row_count pg_catalog.int8 NOT NULL,
       committed_at pg_catalog.timestamptz NOT NULL DEFAULT pg_catalog.clock_timestamp())`,
  );
  await client.query(
    'INSERT INTO keel.rotation (id, from_key, to_key, xid, row_count) VALUES ($1, $2, $3, $4, $5)',
    [entry.id, entry.from, entry.to, entry.xid, entry.rows],
  );
}

/** The entries of this database, oldest first; none where there is no journal. */
export async function readJournal(client: Client): Promise<JournalEntry[]> {
  const { rows: found } = await client.query(
    "SELECT pg_catalog.to_regclass('keel.rotation') IS NOT NULL AS there",
  );
  if (!found[0].there) return [];
  const { rows } = await client.query(
    'SELECT id, from_key, to_key, xid::text, row_count FROM keel.rotation ORDER BY committed_at',
  );
  return rows.map((row) => ({
    id: row.id,
    from: row.from_key,
    to: row.to_key,
    xid: row.xid,
    rows: Number(row.row_count),
  }));
}

/** Drops staging tables, all or those of one rotation, and the schema if it holds nothing then. */
export async function dropLeftovers(client: Client, rotationId?: string): Promise<number> {
  const { rows } = await client.query(
    `SELECT relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
     WHERE n.nspname = 'keel' AND c.relkind = 'r' AND c.relname ~ $1`,
    [`^(staged|delta|changed)_${rotationId ? rotationId.slice(0, 8) : '[0-9a-f]{8}'}_`],
  );
  for (const { relname } of rows) await client.query(`DROP TABLE IF EXISTS keel.${quoteName(relname)}`);
  await client.query(
    `DO $$ BEGIN
       IF EXISTS (SELECT FROM pg_namespace WHERE nspname = 'keel' AND pg_has_role(nspowner, 'USAGE'))
         AND NOT EXISTS (SELECT FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = 'keel')
       THEN DROP SCHEMA keel; END IF;
     END $$`,
  );
  return rows.length;
}
