import pg from 'pg';

/** `pg_advisory_lock` key, in the maintenance database, of whoever holds commits: the server has one setting for all. */
const holding = 424_242;

/**
 * Lets the COMMIT of a rotation wait as it would for a standby that does not answer: it is written, and nobody sees it yet. Other
 * commits go on, since the server's databases commit asynchronously but for this one.
 */
export async function holdCommit(client: pg.Client): Promise<() => Promise<void>> {
  const connect = async (database = client.database) => {
    const { host, port, user, password } = client;
    const other = new pg.Client({
      host,
      port,
      user: user ?? '',
      password: password ?? '',
      database: database ?? '',
    });
    other.on('error', () => undefined);
    await other.connect();
    return other;
  };
  const server = await connect('postgres');
  await server.query('SELECT pg_advisory_lock($1)', [holding]);
  // as the first rotation of a database would make it
  await client.query('CREATE SCHEMA IF NOT EXISTS keel');
  await client.query(`CREATE TABLE IF NOT EXISTS keel.rotation (id uuid PRIMARY KEY, from_key text NOT NULL, to_key text NOT NULL,
    xid xid8 NOT NULL, row_count int8 NOT NULL, committed_at timestamptz NOT NULL DEFAULT clock_timestamp())`);
  await client.query(`ALTER DATABASE "${client.database}" SET synchronous_commit = on`);
  const gate = await connect();
  await gate.query('BEGIN');
  await gate.query('LOCK TABLE keel.rotation IN SHARE MODE');
  let isLetGo = false;
  const raised = (async () => {
    // the rotation has reached its journal when it waits for the table
    while (!isLetGo && !(await isAwaited(server, client.database))) await pause();
    if (!isLetGo) await setStandby(server, 'a standby that never answers');
    await gate.query('ROLLBACK');
    await gate.end();
  })();
  return async () => {
    isLetGo = true;
    await raised;
    await setStandby(server, '');
    await server.end();
  };
}

/** Whether a COMMIT in this database waits. */
export async function isCommitHeld(client: pg.Client): Promise<boolean> {
  const { rows } = await client.query(
    `SELECT EXISTS (SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event = 'SyncRep') AS held`,
  );
  return rows[0].held;
}

async function isAwaited(server: pg.Client, database: string | undefined): Promise<boolean> {
  const { rows } = await server.query(
    `SELECT EXISTS (SELECT FROM pg_stat_activity a JOIN pg_locks l ON l.pid = a.pid
       WHERE a.datname = $1 AND a.application_name LIKE 'keel %' AND l.locktype = 'relation' AND NOT l.granted
         AND l.mode = 'RowExclusiveLock') AS awaited`,
    [database],
  );
  return rows[0].awaited;
}

async function setStandby(server: pg.Client, name: string): Promise<void> {
  await server.query(`ALTER SYSTEM SET synchronous_standby_names = '${name === '' ? '' : `"${name}"`}'`);
  await server.query('SELECT pg_reload_conf()');
  // the checkpointer tells the others, a moment later
  await pause(500);
}

function pause(ms = 20): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
