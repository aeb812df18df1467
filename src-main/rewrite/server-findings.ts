import type { Client } from 'pg';
import type { ServerFacts } from '#postgres/connect';
import { pipelined } from '#postgres/pipelined';
import { type Finding, pass, stop, warn } from './finding.ts';

/** PostgreSQL 13 brought `pg_current_xact_id`, on which the cutover relies. */
const oldestVersion = 130_000;

/** What speaks against rotating on this server now. `ownPids`: Keel's server processes. */
export async function checkServer(
  client: Client,
  facts: ServerFacts,
  ownPids: readonly number[],
): Promise<Finding[]> {
  const [sessions, prepared] = await pipelined(client, [
    () => checkSessions(client, ownPids),
    () => checkPreparedTransactions(client),
  ]);
  return [checkVersion(facts), checkWritable(facts), sessions, prepared, checkPooler(facts, ownPids)];
}

/** An older server does not know what Keel would ask it for. */
export function isTooOld({ version }: ServerFacts): boolean {
  return version < oldestVersion;
}

function checkVersion({ version, versionText }: ServerFacts): Finding {
  if (version >= oldestVersion) return pass('version', `PostgreSQL ${versionText}`);
  return stop(
    'version',
    `the server is PostgreSQL ${versionText}`,
    'Keel rotates on PostgreSQL 13 and later',
  );
}

function checkWritable({ inRecovery, readOnly }: ServerFacts): Finding {
  if (inRecovery) {
    return stop(
      'standby',
      'the server is a standby: it only repeats what its primary writes',
      'connect to the primary',
    );
  }
  if (readOnly) {
    return stop(
      'read-only',
      'the session is read-only (`default_transaction_read_only`)',
      'use a role and a database that may write',
    );
  }
  return pass('writable', 'the server takes writes');
}

async function checkSessions(client: Client, ownPids: readonly number[]): Promise<Finding> {
  const { rows } = await client.query(
    `SELECT coalesce(nullif(application_name, ''), 'unnamed') AS name, count(*)::int AS count
     FROM pg_stat_activity
     WHERE datname = current_database() AND pid <> ALL ($1::int[]) AND usesysid IS NOT NULL
       AND coalesce(backend_type, 'client backend') = 'client backend'
     GROUP BY 1 ORDER BY 2 DESC LIMIT 5`,
    [ownPids],
  );
  if (rows.length === 0) return pass('other-sessions', 'no other session is connected to the database');
  const names = rows.map((row) => `${row.count} × ${String(row.name).replace(/\p{C}/gu, '\u{fffd}')}`);
  const finding = stop(
    'other-sessions',
    `other sessions are connected (${names.join(', ')}): Ballast would go on writing under the old key`,
    'stop Ballast and everything else that uses the database',
  );
  return { ...finding, sessions: names };
}

async function checkPreparedTransactions(client: Client): Promise<Finding> {
  const { rows } = await client.query(
    'SELECT count(*)::int AS count FROM pg_prepared_xacts WHERE database = current_database()',
  );
  const count = rows[0].count as number;
  if (count === 0) return pass('prepared-transactions', 'no prepared transaction is pending');
  return stop(
    'prepared-transactions',
    `${count} prepared transactions are pending and may hold locks or rows under the old key`,
    'commit or roll them back (`pg_prepared_xacts`)',
  );
}

function checkPooler({ pooled }: ServerFacts, ownPids: readonly number[]): Finding {
  // two connections that are both open and share one server process: statements are shuffled between clients
  if (new Set(ownPids).size < ownPids.length) {
    return stop(
      'pooler',
      'a pooler in transaction mode stands between Keel and the server: locks and temporary tables would not hold',
      'connect to the server itself, not to the pooler',
    );
  }
  if (!pooled) return pass('pooler', 'Keel talks to the server itself');
  return warn(
    'pooler',
    'a pooler or proxy seems to stand between Keel and the server',
    'prefer a direct connection; in session mode the rotation works',
  );
}
