import type { Client } from 'pg';
import type { DatabaseTarget } from '#postgres/target';
import { isLoopback, transportOf } from '#postgres/transport';
import { readApiKeyColumns } from './api-key-hashes.ts';
import type { HbaRule, SessionCounts, SessionFacts } from '#posture/facts';
import { ifAllowed, readOnly } from './read-only.ts';
import { shownText } from '#shared/visible-text';

export interface ReadSession {
  readonly facts: SessionFacts;
  /** Names of settings, which give managed services away. */
  readonly names: readonly string[];
  /** Where the server's data lies, as it says itself. */
  readonly folder?: string;
  readonly onThisMachine: boolean;
}

const wanted = [
  'data_checksums',
  'password_encryption',
  'ssl',
  'ssl_min_protocol_version',
  'pg_tde.wal_encrypt',
  'data_encryption',
  'log_statement',
];

/** Asks the server about itself. What the role may not see is absent. */
export async function readSession(client: Client, target: DatabaseTarget): Promise<ReadSession> {
  const { facts, ...rest } = await readOnly(client, () => readOpen(client, target));
  const md5Roles = await ifAllowed(client, () => countMd5Roles(client));
  const hbaRules = await ifAllowed(client, () => readHbaRules(client));
  const hbaChanged = await ifAllowed(client, () => readHbaChanged(client, facts.version));
  const apiKeys = await ifAllowed(client, () => readApiKeyColumns(client));
  return {
    ...rest,
    facts: {
      ...facts,
      ...(md5Roles !== undefined && { md5Roles }),
      ...(hbaRules && { hbaRules }),
      ...(hbaChanged !== undefined && { hbaChanged }),
      ...(apiKeys && {
        apiKeys: apiKeys.columns,
        keyColumns: { found: apiKeys.found, looked: apiKeys.looked, sampled: apiKeys.sampled },
      }),
    },
  };
}

/** What every role may see. */
async function readOpen(client: Client, target: DatabaseTarget): Promise<ReadSession> {
  const { rows } = await client.query(
    `SELECT current_setting('server_version_num')::int AS version,
            split_part(current_setting('server_version'), ' ', 1) AS text,
            host(inet_server_addr()) AS address, s.ssl
     FROM pg_stat_ssl s WHERE s.pid = pg_backend_pid()`,
  );
  const [own = {}] = rows;
  const settings = await client.query('SELECT name, setting FROM pg_settings WHERE length(name) < 100');
  const kept = settings.rows.filter(({ name }) => wanted.includes(name));
  const folder: string | undefined = settings.rows.find(({ name }) => name === 'data_directory')?.setting;
  const extensions = await client.query('SELECT extname AS name FROM pg_extension ORDER BY 1 LIMIT 200');
  const tables = await client.query(
    `SELECT count(*)::int AS all, (count(*) FILTER (WHERE a.amname = 'tde_heap'))::int AS tde
     FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace LEFT JOIN pg_am a ON a.oid = c.relam
     WHERE c.relkind = 'r' AND n.nspname NOT IN ('pg_catalog', 'information_schema') AND n.nspname NOT LIKE 'pg\\_%'`,
  );
  const { encrypted, protocol } = transportOf(client, target);
  return {
    facts: {
      version: Number(own.version),
      versionText: shownText(String(own.text), 20),
      encrypted,
      ...(protocol && { protocol: shownText(protocol, 20) }),
      arrivesEncrypted: own.ssl === true,
      settings: Object.fromEntries(kept.map(({ name, setting }) => [name, shownText(String(setting), 60)])),
      extensions: extensions.rows.map(({ name }) => shownText(String(name), 60)),
      tables: Number(tables.rows[0]?.all ?? 0),
      tdeTables: Number(tables.rows[0]?.tde ?? 0),
      sessions: await readSessions(client),
    },
    names: settings.rows.map(({ name }) => String(name)),
    ...(folder && { folder }),
    onThisMachine: isLoopback(target.host) && (own.address === null || isLoopback(String(own.address))),
  };
}

async function countMd5Roles(client: Client): Promise<number> {
  const { rows } = await client.query(
    "SELECT count(*)::int AS count FROM pg_authid WHERE rolcanlogin AND rolpassword LIKE 'md5%'",
  );
  return Number(rows[0]?.count);
}

/** Every rule of pg_hba.conf, which a superuser sees, and whoever was granted it. */
async function readHbaRules(client: Client): Promise<HbaRule[]> {
  const { rows } = await client.query(
    `SELECT line_number AS line, type, array_to_string(user_name, ',') AS users, address, netmask,
            auth_method AS method, error IS NOT NULL AS broken
     FROM pg_hba_file_rules ORDER BY line_number`,
  );
  return rows.map(({ line, type, users, address, netmask, method, broken }) => ({
    line: Number(line),
    type: shownText(String(type ?? ''), 20),
    users: shownText(String(users ?? ''), 60),
    address: shownText(
      `${address ?? ''}${netmask && !isHost(address, netmask) ? ` mask ${netmask}` : ''}`,
      60,
    ),
    method: shownText(String(method ?? ''), 20),
    local: type === 'local' || isLocalAddress(String(address ?? ''), netmask),
    broken: broken === true,
  }));
}

/**
 * Whether the view shows other rules than those that the server loaded last: its file, or one that it includes, was written or put in place
 * since. Files tell whole seconds, so that one of the same second may be newer. Undefined where that cannot be asked.
 */
async function readHbaChanged(client: Client, version: number): Promise<boolean | undefined> {
  const included = version >= 160_000 ? 'UNION SELECT file_name FROM pg_hba_file_rules' : '';
  const { rows } = await client.query(
    `SELECT bool_or(greatest(s.modification, s.change) >= date_trunc('second', pg_conf_load_time())) AS changed,
            count(*) = count(s.modification) AS seen
     FROM (SELECT current_setting('hba_file') AS name ${included}) f, pg_stat_file(f.name, true) s`,
  );
  return rows[0]?.seen ? rows[0].changed : undefined;
}

/** A mask that names one machine says nothing more. */
function isHost(address: unknown, netmask: string): boolean {
  return address === 'all' || netmask === '255.255.255.255' || /^(ffff:){7}ffff$/.test(netmask);
}

/** A wide mask reaches beyond the machine, whatever address it is written with. */
function isLocalAddress(address: string, netmask: unknown): boolean {
  if (address === 'samehost' || address === 'localhost') return true;
  if (address.startsWith('127.')) return String(netmask).startsWith('255.');
  return address === '::1' && /^(?:ffff:){7}ffff$/.test(String(netmask));
}

/** Others on this database that did not come from the server's own machine. */
async function readSessions(client: Client): Promise<SessionCounts> {
  const { rows } = await client.query(
    `SELECT (count(*) FILTER (WHERE s.ssl))::int AS encrypted,
            (count(*) FILTER (WHERE NOT s.ssl AND a.client_addr IS NOT NULL
              AND NOT a.client_addr <<= '127.0.0.0/8' AND a.client_addr <> '::1'))::int AS plain,
            (count(*) FILTER (WHERE a.backend_type IS NULL))::int AS hidden,
            (array_agg(DISTINCT a.application_name) FILTER (WHERE NOT s.ssl AND a.client_addr IS NOT NULL
              AND NOT a.client_addr <<= '127.0.0.0/8' AND a.client_addr <> '::1'))[1:3] AS names
     FROM pg_stat_activity a LEFT JOIN pg_stat_ssl s USING (pid)
     WHERE a.datname = current_database() AND a.pid <> pg_backend_pid()
       AND a.application_name NOT LIKE 'keel%'`,
  );
  const { encrypted = 0, plain = 0, hidden = 0, names } = rows[0] ?? {};
  const plainNames = ((names as string[] | null) ?? []).map((name) => shownText(name, 40) || 'unnamed');
  return { encrypted, plain, hidden, plainNames };
}
