import type { Client } from 'pg';
import { KeelError } from '#errors/keel-error';
import { fromDriverError } from '#postgres/connection-errors';
import { pipelined } from '#postgres/pipelined';
import { isDatabaseFree } from '#rewrite/session';
import { keepOthersOut } from '#rewrite/staging-table';
import { type Finding, pass, stop } from '#rewrite/finding';

/**
 * What the database itself records about a rotation: written in the cutover's transaction, so it exists
 * exactly if that was committed.
 */
export interface JournalEntry {
  readonly id: string;
  readonly from: string;
  readonly to: string;
  /** The 64-bit id of the transaction that wrote the rows, or `untoldXid`. */
  readonly xid: string;
  readonly rows: number;
}

/** Name, type, default and NOT NULL of each column. */
const columnsWith = (xid: 'xid8' | 'bigint') => [
  ['id', 'uuid', null, true],
  ['from_key', 'text', null, true],
  ['to_key', 'text', null, true],
  ['xid', xid, null, true],
  ['row_count', 'bigint', null, true],
  ['committed_at', 'timestamp with time zone', 'clock_timestamp()', true],
];
/** As the usual way and the portable one create it. Each can write to what the other created. */
const shapes: readonly string[] = [columnsWith('xid8'), columnsWith('bigint')].map((columns) =>
  JSON.stringify(columns),
);

/** Whether the journal can be written. */
export async function checkJournal(client: Client): Promise<Finding> {
  const status = await journalStatus(client);
  if (status === 'missing') return pass('journal', 'the journal keel.rotation will be created');
  if (status === 'ours') return pass('journal', 'the journal keel.rotation can be written');
  return stop(
    'journal',
    status === 'foreign' || status === 'lesser'
      ? 'the table keel.rotation, where Keel has to write its journal, belongs to another role'
      : 'the table keel.rotation is not Keel’s journal or was altered: its columns, constraints, triggers, rules or policies differ',
    'rename the table (ALTER TABLE keel.rotation RENAME TO …), or connect as the role that ran the previous rotation',
  );
}

/**
 * Prepares the journal for an entry, in the caller's transaction: creates the table if it is `missing`,
 * prevents changes to it until COMMIT, and checks it. Throws `preflight-stopped` if it is not Keel's.
 */
export async function openJournal(client: Client, was: JournalStatus): Promise<void> {
  try {
    const [, , finding] = await pipelined(client, [
      async () => was === 'missing' && (await client.query(createJournal('xid8'))),
      // what is found now stays that way until COMMIT
      () => client.query('LOCK TABLE keel.rotation IN ROW EXCLUSIVE MODE'),
      () => checkJournal(client),
    ]);
    assertOurs(finding);
  } catch (error) {
    throw journalError(error);
  }
}

/**
 * The same before the transaction, for engines that cannot create a table inside it, lock one against changes
 * by other roles, or do not have PostgreSQL's transaction ids.
 */
export async function prepareJournal(client: Client, was: JournalStatus): Promise<void> {
  try {
    if (was === 'missing') await client.query(createJournal('int8'));
    assertOurs(await checkJournal(client));
  } catch (error) {
    throw journalError(error);
  }
}

/**
 * Removes the journal if it is empty, with the database reserved until it is gone. An entry that another session has not committed cannot be
 * seen, so this is only for engines where nobody can have written one without reserving the database first.
 */
export async function dropEmptyJournal(client: Client): Promise<void> {
  await client.query('BEGIN');
  try {
    if (await isDatabaseFree(client)) {
      const { rows } = await client.query('SELECT FROM keel.rotation LIMIT 1');
      if (rows.length === 0) await client.query('DROP TABLE keel.rotation');
    }
  } finally {
    // a failure has rolled it back already
    await client.query('COMMIT');
  }
}

function assertOurs({ level, message, remedy = '' }: Finding): void {
  if (level === 'stop') throw new KeelError('preflight-stopped', `${message}; nothing was changed`, remedy);
}

/** Writes the entry. Part of the caller's transaction, which has opened the journal. */
export async function writeJournal(client: Client, entry: JournalEntry): Promise<void> {
  await client
    .query('INSERT INTO keel.rotation (id, from_key, to_key, xid, row_count) VALUES ($1, $2, $3, $4, $5)', [
      entry.id,
      entry.from,
      entry.to,
      entry.xid,
      entry.rows,
    ])
    .catch((error: unknown) => {
      throw journalError(error);
    });
}

/** Corrects the number of rows in the entry, in the transaction that wrote it. */
export async function correctJournal(client: Client, { id, rows }: JournalEntry): Promise<void> {
  await client.query('UPDATE keel.rotation SET row_count = $2 WHERE id = $1', [id, rows]).catch((error) => {
    throw journalError(error);
  });
}

function journalError(error: unknown): KeelError {
  if (error instanceof KeelError) return error;
  const { code, message } = fromDriverError(error, 'writing the journal keel.rotation');
  const remedy =
    'if an event trigger blocks the table, disable that trigger for the duration of the rotation (ALTER EVENT TRIGGER … DISABLE)';
  return new KeelError(code, `${message}; nothing was changed`, remedy, { cause: error });
}

const createJournal = (xid: 'xid8' | 'int8') => `
  CREATE TABLE IF NOT EXISTS keel.rotation (
    id pg_catalog.uuid PRIMARY KEY,
    from_key pg_catalog.text NOT NULL,
    to_key pg_catalog.text NOT NULL,
    xid pg_catalog.${xid} NOT NULL,
    row_count pg_catalog.int8 NOT NULL,
    committed_at pg_catalog.timestamptz NOT NULL DEFAULT pg_catalog.clock_timestamp()); ${keepOthersOut('keel.rotation')}`;

/**
 * Whether the journal has an entry: `unknown` if there is a table that this role may not read, or that
 * belongs to another. If the rotation was to write an entry, its absence shows that it was not committed.
 */
export async function findInJournal(client: Client, id: string): Promise<'there' | 'absent' | 'unknown'> {
  const status = await journalStatus(client);
  if (status === 'missing') return 'absent';
  // anyone who can write to the database may have written it; its presence is only believed together with
  // what the rows say
  if (!(await mayRead(client, status))) return 'unknown';
  const { rows } = await client.query('SELECT FROM keel.rotation WHERE id = $1', [id]);
  return rows.length > 0 ? 'there' : 'absent';
}

/** When the server committed a rotation, if its journal can be read and has it. */
export async function committedAtOf(client: Client, id: string): Promise<Date | undefined> {
  if (!(await mayRead(client, await journalStatus(client)))) return undefined;
  const { rows } = await client.query('SELECT committed_at FROM keel.rotation WHERE id = $1', [id]);
  return rows[0]?.committed_at;
}

/** Whether this role may read the journal, and reading it runs nobody’s code. */
async function mayRead(client: Client, status: JournalStatus): Promise<boolean> {
  if (status !== 'ours' && status !== 'lesser') return false;
  const { rows } = await client.query(
    `SELECT has_table_privilege('keel.rotation', 'SELECT') AND has_schema_privilege('keel', 'USAGE') AS read`,
  );
  return rows[0].read;
}

export type JournalStatus = 'missing' | 'ours' | 'lesser' | 'foreign' | 'other';

/**
 * What `keel.rotation` is: `ours` and as we created it, as we created it but owned by a role with fewer
 * privileges (`lesser`) or by another one (`foreign`), or anything else (`other`). Anything that could run
 * somebody's code when it is read or written makes it `other`.
 */
export async function journalStatus(client: Client): Promise<JournalStatus> {
  const { rows } = await client.query(
    `SELECT pg_has_role(c.relowner, 'USAGE') AS ours,
            NOT (pg_has_role(c.relowner, session_user, 'MEMBER') OR pg_get_userbyid(c.relowner) = current_user) AS lesser,
            c.relkind = 'r' AND c.relpersistence = 'p' AND NOT (c.relrowsecurity OR c.relispartition)
              AND NOT EXISTS (SELECT FROM pg_trigger WHERE tgrelid = c.oid)
              AND NOT EXISTS (SELECT FROM pg_rewrite WHERE ev_class = c.oid)
              AND NOT EXISTS (SELECT FROM pg_constraint WHERE conrelid = c.oid AND contype NOT IN ('p', 'n'))
              AND NOT EXISTS (SELECT FROM pg_inherits WHERE c.oid IN (inhrelid, inhparent))
              AND NOT EXISTS (SELECT FROM pg_index WHERE indrelid = c.oid
                              AND (indexprs IS NOT NULL OR indpred IS NOT NULL)) AS plain,
            (SELECT json_agg(json_build_array(a.attname, format_type(a.atttypid, a.atttypmod),
                      pg_get_expr(d.adbin, d.adrelid), a.attnotnull AND a.attgenerated = '' AND a.attidentity = '')
                    ORDER BY a.attnum)
             FROM pg_attribute a LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
             WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped) AS columns
     FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
     WHERE n.nspname = 'keel' AND c.relname = 'rotation'`,
  );
  const [found] = rows;
  if (!found) return 'missing';
  if (!found.plain || !shapes.includes(JSON.stringify(found.columns))) return 'other';
  if (!found.ours) return 'foreign';
  return found.lesser ? 'lesser' : 'ours';
}
