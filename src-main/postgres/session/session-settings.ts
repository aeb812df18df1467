import type { Client, QueryResult } from 'pg';
import { quoteText } from '#postgres/identifiers';

/**
 * What Keel relies on in a session, whatever the server, the database or the role is configured to (ALTER
 * SYSTEM, ALTER DATABASE … SET, ALTER ROLE … SET). Sent when the connection starts, these override all of
 * those, and no setting is left behind in a session that others use after us. Every PostgreSQL from 13 on
 * supports them, and every role may set them.
 */
const startupSettings: Readonly<Record<string, string>> = {
  // the database is not trusted: names resolve to system objects only (temporary ones would come first unless
  // they are listed), and a query that row-level security would filter fails instead
  search_path: 'pg_catalog, pg_temp',
  row_security: 'off',
  // planning must not evaluate constraints of others
  constraint_exclusion: 'off',
  // how statements are parsed
  standard_conforming_strings: 'on',
  backslash_quote: 'safe_encoding',
  transform_null_equals: 'off',
  array_nulls: 'on',
  xmloption: 'content',
  // how values and names are written
  DateStyle: 'ISO, YMD',
  IntervalStyle: 'postgres',
  TimeZone: 'UTC',
  bytea_output: 'hex',
  extra_float_digits: '1',
  xmlbinary: 'base64',
  quote_all_identifiers: 'off',
  lc_monetary: 'C',
  // each transaction sets its own mode; whether the database accepts writes at all is the admin's own setting
  default_transaction_isolation: 'read committed',
  default_transaction_deferrable: 'off',
  exit_on_error: 'off',
  // our tables go where the database is
  default_tablespace: '',
  default_table_access_method: 'heap',
  // long work is limited by Keel, which knows what it waits for
  statement_timeout: '0',
  // a transaction that has to wait longer for others sets that itself
  lock_timeout: '10000',
  // a live connection renews it; one whose other end is gone must not keep its locks
  idle_in_transaction_session_timeout: '60000',
  tcp_keepalives_idle: '20',
  tcp_keepalives_interval: '10',
  tcp_keepalives_count: '3',
  tcp_user_timeout: '60000',
  // a plan needs only a rough idea of the sizes of staged rows
  default_statistics_target: '10',
  client_min_messages: 'warning',
};

/** A setting by name, with the value that Keel wants. */
export interface Setting {
  readonly name: string;
  readonly value: string;
}

/** The settings as the `options` of a connection (documentation, 34.1.2). */
export function startupOptions(): string {
  return Object.entries(startupSettings)
    .map(([name, value]) => `-c ${name}=${value.replaceAll(/[\\ ]/g, '\\$&')}`)
    .join(' ');
}

/**
 * Settings that not every version has, that only a superuser may change, or that depend on the database:
 * - a table that somebody replaces with a view is not read;
 * - a commit is on disk when it is reported, even if the server is configured otherwise;
 * - text of a database without an encoding is transferred as it is, since it need not be UTF-8;
 * - triggers are those that fire in an application's session.
 */
const settledLater = `
  ('idle_session_timeout', '300000'), ('client_connection_check_interval', '10000'),
  ('transaction_timeout', '0'), ('restrict_nonsystem_relation_kind', 'view, foreign-table'),
  ('synchronous_commit', CASE WHEN current_setting('synchronous_commit') = 'off' THEN 'on' END),
  ('client_encoding', CASE WHEN current_setting('server_encoding') = 'SQL_ASCII' THEN 'SQL_ASCII' END),
  ('session_replication_role', CASE WHEN (SELECT rolsuper FROM pg_roles WHERE rolname = current_user) THEN 'origin' END)`;

/** What a session still lacks, the server process that was queried, and what it calls itself. */
export interface Unsettled {
  readonly settings: readonly Setting[];
  readonly backendPid: number;
  /** Of `version()`. */
  readonly banner: string;
}

/**
 * Returns what is not yet as Keel needs it: the rest, and everything if a pooler did not pass the options on.
 * One message, in its own transaction, in which names are resolved as everywhere; nothing is set in the
 * session. A connection on which it fails is closed.
 */
export async function unsettled(client: Client): Promise<Unsettled> {
  const path = { name: 'search_path', value: startupSettings['search_path'] as string };
  // no literal has a backslash, which might still be parsed differently here
  const wanted = quoteText(JSON.stringify(startupSettings));
  const answers: unknown = await client.query(
    `BEGIN; SET LOCAL search_path = ${path.value};
     SELECT s.name, wanted.value
     FROM (VALUES ${settledLater} UNION ALL SELECT key, value FROM json_each_text(${wanted})) AS wanted (name, value)
     JOIN pg_settings AS s ON lower(s.name) = lower(wanted.name)
     WHERE wanted.value IS NOT NULL AND s.context IN ('user', 'superuser')
       AND CASE WHEN s.vartype IN ('integer', 'real') THEN s.setting ELSE current_setting(s.name) END <> wanted.value;
     SELECT pg_backend_pid() AS pid, version() AS banner;
     ROLLBACK`,
  );
  const [, , settings, process] = answers as QueryResult[];
  // the transaction's setting is not the session's
  return {
    settings: [path, ...((settings?.rows ?? []) as Setting[])],
    backendPid: Number(process?.rows[0].pid),
    banner: String(process?.rows[0].banner),
  };
}

/** Sets them for the session, which nobody else uses. */
export async function settleSession(client: Client, settings: readonly Setting[]): Promise<void> {
  await client.query(setting(settings, false));
}

/** Statements that set them for their transaction. */
export function localSettings(settings: readonly Setting[]): string {
  return setting(settings, true);
}

function setting(settings: readonly Setting[], local: boolean): string {
  const calls = settings.map(
    ({ name, value }) => `pg_catalog.set_config(${quoteText(name)}, ${quoteText(value)}, ${local})`,
  );
  return `SELECT ${calls.join(', ')}`;
}
