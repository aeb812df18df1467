import type { Client } from 'pg';
import { quoteText } from './identifiers.ts';

/**
 * What Keel relies on in a session, whatever the server, the database or the role is set to (ALTER SYSTEM, ALTER DATABASE … SET, ALTER ROLE … SET).
 * Sent as the connection starts, these stand above all of those, and no setting is left behind in a session that others use after us.
 * Every PostgreSQL from 13 on knows them, and every role may set them.
 */
const startupSettings: Readonly<Record<string, string>> = {
  // the database is not trusted: names resolve to the system's own functions only, and a query that row-level security would filter fails instead
  search_path: 'pg_catalog',
  row_security: 'off',
  // how statements are read
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
  // transactions are as each says itself; whether the database takes writes at all is the admin's own setting
  default_transaction_isolation: 'read committed',
  default_transaction_deferrable: 'off',
  exit_on_error: 'off',
  // tables of ours go where the database is
  default_tablespace: '',
  default_table_access_method: 'heap',
  // long work is bounded by Keel, which knows what it waits for
  statement_timeout: '0',
  lock_timeout: '0',
  idle_in_transaction_session_timeout: '0',
  client_min_messages: 'warning',
};

/** The settings as the `options` of a connection (documentation, 34.1.2). */
export function startupOptions(): string {
  return Object.entries(startupSettings)
    .map(([name, value]) => `-c ${name}=${value.replaceAll(/[\\ ]/g, '\\$&')}`)
    .join(' ');
}

/**
 * Settings that not every version has, that only a superuser may change, or that depend on what the database is:
 * - a commit is on disk when it is told, where it was set not to be;
 * - text of a database without an encoding travels as it is, since it need not be UTF-8;
 * - triggers are those that an application's session would fire.
 */
const settledLater = `
  ('idle_session_timeout', '0'), ('transaction_timeout', '0'), ('restrict_nonsystem_relation_kind', ''),
  ('synchronous_commit', CASE WHEN current_setting('synchronous_commit') = 'off' THEN 'on' END),
  ('client_encoding', CASE WHEN current_setting('server_encoding') = 'SQL_ASCII' THEN 'SQL_ASCII' END),
  ('session_replication_role', CASE WHEN (SELECT rolsuper FROM pg_roles WHERE rolname = current_user) THEN 'origin' END)`;

/** Sets what is not yet as Keel needs it: the rest, and everything where a pooler did not pass the options on. */
export async function settleSession(client: Client): Promise<void> {
  // the path comes before any name is resolved; no literal has a backslash, which might be read in another way until then
  await client.query(
    `SET search_path = ${startupSettings['search_path']};
     SELECT set_config(s.name, wanted.value, false)
     FROM (VALUES ${settledLater}
       UNION ALL SELECT key, value FROM json_each_text(${quoteText(JSON.stringify(startupSettings))})) AS wanted (name, value)
     JOIN pg_settings AS s ON lower(s.name) = lower(wanted.name)
     WHERE current_setting(s.name) <> wanted.value`,
  );
}
