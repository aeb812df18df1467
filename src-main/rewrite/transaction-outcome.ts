import type { Client } from 'pg';
import { KeelError } from '#errors/keel-error';
import { text } from '#errors/text';
import { sessionName } from './session.ts';

/** How long a server process left behind by a crash gets to end its transaction. */
const patienceMs = 30_000;

/** What the server says of a transaction; null for one that is too old to be known. */
export async function transactionStatus(
  client: Client,
  xid: string,
): Promise<'committed' | 'aborted' | 'in progress' | null> {
  const { rows } = await client
    .query('SELECT pg_xact_status($1::xid8) AS status', [xid])
    .catch(() => ({ rows: [{ status: null }] }));
  return rows[0].status;
}

/** Ends server processes that a crash, or a lost connection, left behind. Throws `rotation-unsettled` where one does not end. */
export async function endLeftSessions(client: Client, rewriteId: string): Promise<void> {
  const giveUpAt = Date.now() + patienceMs;
  for (;;) {
    const { rows } = await client.query(
      `SELECT count(pg_terminate_backend(pid))::int AS count FROM pg_stat_activity
       WHERE application_name = $1 AND pid <> pg_backend_pid() AND datname = current_database()`,
      [sessionName(rewriteId)],
    );
    if (rows[0].count === 0) return;
    if (Date.now() > giveUpAt) {
      throw new KeelError(
        'rotation-unsettled',
        'a server process of the rotation does not end',
        text`end it by hand (\`pg_terminate_backend\`), then ${{ do: 'recover' }} again`,
      );
    }
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}
