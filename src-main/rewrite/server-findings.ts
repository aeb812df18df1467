import type { Client } from 'pg';
import type { ServerFacts } from '#postgres/connect';
import { oldestVersionOf } from '#postgres/engine/engine';
import { pipelined } from '#postgres/pipelined';
import type { RewriteSession } from './session.ts';
import { type Finding, pass, stop, warn } from './finding.ts';

/** Reasons against rotating on this server now. `writer`: the application that uses the key, for people. */
export async function checkServer(
  client: Client,
  { facts, pids, shared }: Pick<RewriteSession, 'facts' | 'pids' | 'shared'>,
  writer = 'Ballast',
): Promise<Finding[]> {
  const [sessions, prepared] = await pipelined(client, [
    () => checkSessions(client, pids, writer),
    () => checkPreparedTransactions(client),
  ]);
  return [checkVersion(facts), checkWritable(facts), sessions, prepared, checkPooler(facts, shared)];
}

/** An older server does not know what Keel would ask it for. */
export function isTooOld({ version, engine }: ServerFacts): boolean {
  return version < oldestVersionOf(engine);
}

function checkVersion(facts: ServerFacts): Finding {
  const { versionText } = facts;
  if (!isTooOld(facts)) return pass('version', `PostgreSQL ${versionText}`);
  return stop(
    'version',
    `the server runs PostgreSQL ${versionText}, which is too old`,
    'upgrade the server: a rotation requires PostgreSQL 13 or later',
  );
}

function checkWritable({ inRecovery, readOnly }: ServerFacts): Finding {
  if (inRecovery) {
    return stop(
      'standby',
      'the server is a standby: it only replays what its primary writes',
      'connect to the primary',
    );
  }
  if (readOnly) {
    return stop(
      'read-only',
      'the session is read-only (`default_transaction_read_only`)',
      'use a role and a database that allow writes',
    );
  }
  return pass('writable', 'the server accepts writes');
}

async function checkSessions(client: Client, ownPids: readonly number[], writer: string): Promise<Finding> {
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
    `other sessions are connected (${names.join(', ')}): ${writer} would keep encrypting with the old key`,
    `stop ${writer} and everything else that uses the database`,
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
    `prepared transactions are pending (${count}): they may hold locks, or rows encrypted with the old key`,
    'commit or roll them back (`pg_prepared_xacts`)',
  );
}

function checkPooler({ pooled }: ServerFacts, shared: boolean): Finding {
  if (shared) {
    return stop(
      'pooler',
      'the connection goes through a pooler in transaction mode: locks and temporary tables would not last',
      'connect directly to the server, not through the pooler',
    );
  }
  if (!pooled) return pass('pooler', 'Keel is connected directly to the server');
  return warn(
    'pooler',
    'the connection seems to go through a pooler or proxy',
    'connect directly if you can; a rotation also works through a pooler in session mode',
  );
}
