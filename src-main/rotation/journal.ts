import type { Client } from 'pg';

/** What the database itself remembers of a rotation: written in the cutover's transaction, so it is there or it is not. */
export interface JournalEntry {
  readonly id: string;
  readonly from: string;
  readonly to: string;
  /** The 64-bit id of the transaction that wrote the rows. */
  readonly xid: string;
  readonly rows: number;
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
