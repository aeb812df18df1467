import type { Client } from 'pg';

/** Somebody else who is connected to the database. What the role may not see is absent. */
export interface ConnectedSession {
  readonly pid: number;
  readonly application: string;
  readonly user?: string;
  /** Its address, or `local socket`. */
  readonly host?: string;
  /** ISO 8601. */
  readonly since?: string;
}

export interface ConnectedSessions {
  readonly total: number;
  /** The longest connected first. */
  readonly sessions: readonly ConnectedSession[];
}

/** More than this nobody looks through. */
const maxListed = 50;

/** Who is connected to the database besides this client, the sessions that a preflight stops at. */
export async function connectedSessions(client: Client): Promise<ConnectedSessions> {
  const { rows } = await client.query(
    `SELECT pid, coalesce(nullif(application_name, ''), 'unnamed') AS application, usename::text AS "user",
            CASE WHEN client_addr IS NOT NULL THEN host(client_addr) WHEN client_port = -1 THEN 'local socket' END AS host,
            backend_start AS since
     FROM pg_stat_activity
     WHERE datname = current_database() AND pid <> pg_backend_pid() AND usesysid IS NOT NULL
       AND coalesce(backend_type, 'client backend') = 'client backend'
     ORDER BY backend_start NULLS LAST, pid`,
  );
  const sessions = rows.slice(0, maxListed).map(({ pid, application, user, host, since }) => ({
    pid: Number(pid),
    application: shown(application),
    ...(user !== null && { user: shown(user) }),
    ...(host !== null && { host: String(host) }),
    ...(since !== null && { since: new Date(since).toISOString() }),
  }));
  return { total: rows.length, sessions };
}

/** The client that is connected chose it. */
function shown(text: unknown): string {
  return String(text).replace(/\p{C}/gu, '\u{fffd}');
}
