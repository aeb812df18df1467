import { setTimeout as pause } from 'node:timers/promises';
import type { Client } from 'pg';
import { KeelError } from '#errors/keel-error';
import { text } from '#errors/text';
import { isPortable } from '#postgres/session/portable';
import { asLogin } from '#postgres/session/as-login';
import { sessionName } from './session-name.ts';

/** How long a server process left behind by a crash gets to end its transaction. */
const timeoutMs = 30_000;

/** A process of the server, told from a later one of the same number by its start. */
export interface Backend {
  readonly pid: number;
  /** As the server writes it. */
  readonly startedAt: string;
}

/** Whose sessions: of one run, and of its known processes only, where they are known. */
export interface SessionOwner {
  readonly id: string;
  readonly backends?: readonly Backend[] | undefined;
}

/** True of a row of pg_stat_activity that is a session of $1 (its name) and $2 (its processes as JSON, or null), but not this one. */
const isTheirs = `application_name = $1 AND pid <> pg_backend_pid() AND datname = current_database()
  AND ($2::json IS NULL OR EXISTS (SELECT FROM json_to_recordset($2::json) AS b (pid int, "startedAt" text)
       WHERE b.pid = a.pid AND b."startedAt" = a.backend_start::text))`;

function parameters({ id, backends }: SessionOwner): [string, string | null] {
  return [sessionName(id), backends ? JSON.stringify(backends) : null];
}

/** Whether the server still serves a connection of this run. */
export async function hasSession(client: Client, owner: SessionOwner): Promise<boolean> {
  const { rows } = await asLogin(client, () =>
    client.query(
      `SELECT EXISTS (SELECT FROM pg_stat_activity AS a WHERE ${isTheirs}) AS found`,
      parameters(owner),
    ),
  );
  return rows[0].found;
}

/**
 * Ends server processes that a crash, or a lost connection, left behind; answers whether there were any. Throws `rotation-unsettled`
 * where one does not end.
 */
export async function endLeftSessions(client: Client, owner: SessionOwner): Promise<boolean> {
  const giveUpAt = Date.now() + timeoutMs;
  for (let found = false; ; found = true) {
    const { rows } = await asLogin(client, () =>
      client.query(
        `SELECT count(pg_terminate_backend(pid))::int AS count FROM pg_stat_activity AS a WHERE ${isTheirs}`,
        parameters(owner),
      ),
    );
    if (rows[0].count === 0) return found;
    if (Date.now() > giveUpAt) {
      throw new KeelError(
        'rotation-unsettled',
        'a server process of the rotation does not terminate',
        text`terminate it yourself (\`pg_terminate_backend\`), then ${{ do: 'recover' }} again`,
      );
    }
    await pause(100);
  }
}

/**
 * The same; answers whether the sessions are over for certain: an engine of the portable way may lack the views and functions that show and end them,
 * and says so with an error of its own.
 */
export async function endSessionsIfShown(client: Client, owner: SessionOwner): Promise<boolean> {
  try {
    await endLeftSessions(client, owner);
    return true;
  } catch (error) {
    if (!isPortable(client) || (error as { severity?: unknown }).severity !== 'ERROR') throw error;
    return false;
  }
}
