import type { Client } from 'pg';
import { committedAtOf } from './run/journal.ts';

/** Who is connected to the database, seen from a rotation's COMMIT. Whoever came before it may still work under the old key. */
export interface RunningSessions {
  readonly before: number;
  readonly since: number;
  /** Application names of those from before, without repeats; empty names are left out. */
  readonly names: readonly string[];
}

/**
 * Counts the other sessions on this database. The time of COMMIT is the server's own where a journal of Keel's has it, else
 * `committedAt`. Sessions that this role may not see count as `before`, since their start is hidden.
 */
export async function sessionsAround(
  client: Client,
  rotation: { readonly id: string; readonly committedAt: string },
): Promise<RunningSessions> {
  const committedAt = (await committedAtOf(client, rotation.id)) ?? rotation.committedAt;
  const { rows } = await client.query(
    `SELECT coalesce(backend_start < $1, true) AS before, count(*)::int AS count,
            array_agg(DISTINCT application_name) AS names
     FROM pg_stat_activity
     WHERE datname = current_database() AND pid <> pg_backend_pid()
       AND coalesce(backend_type, 'client backend') = 'client backend' AND application_name NOT LIKE 'keel %'
     GROUP BY 1`,
    [committedAt],
  );
  const group = (before: boolean) => rows.find((row) => row.before === before);
  const names: string[] = group(true)?.names ?? [];
  return {
    before: group(true)?.count ?? 0,
    since: group(false)?.count ?? 0,
    names: names.filter((name) => name !== '').map((name) => name.replace(/\p{Cc}/gu, ' ')),
  };
}
