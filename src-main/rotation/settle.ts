import type { Client } from 'pg';
import { KeelError } from '#errors/keel-error';
import { readJournal } from './journal.ts';
import type { RotationRecord } from './rotation-record.ts';
import { sessionName } from './session.ts';

/** How long a server process left behind by a crash gets to end its transaction. */
const patienceMs = 30_000;

/**
 * What became of a rotation's transaction, by what the database itself says: the journal row, else the transaction's
 * status. Ends server processes that the rotation left behind first, so that the answer is final.
 * Throws `rotation-unsettled` if the server cannot tell.
 */
export async function settleOutcome(
  client: Client,
  record: RotationRecord,
): Promise<'committed' | 'rolled-back'> {
  await endLeftSessions(client, record.id);
  if (!record.cutover) return 'rolled-back';
  const journal = await readJournal(client);
  if (journal.some((entry) => entry.id === record.id)) return 'committed';
  const { rows } = await client
    .query('SELECT pg_xact_status($1::xid8) AS status', [record.cutover.xid])
    .catch(() => ({
      rows: [{ status: null }],
    }));
  if (rows[0].status === 'committed') return 'committed';
  if (rows[0].status === 'aborted') return 'rolled-back';
  throw new KeelError(
    'rotation-unsettled',
    `the server does not say what became of the rotation's transaction (${rows[0].status ?? 'too old to be known'})`,
    'prove both keys with `keel prove`: the one that opens the database is the active one; then run `keel recover` again',
  );
}

async function endLeftSessions(client: Client, rotationId: string): Promise<void> {
  const giveUpAt = Date.now() + patienceMs;
  for (;;) {
    const { rows } = await client.query(
      `SELECT count(pg_terminate_backend(pid))::int AS count FROM pg_stat_activity
       WHERE application_name = $1 AND pid <> pg_backend_pid() AND datname = current_database()`,
      [sessionName(rotationId)],
    );
    if (rows[0].count === 0) return;
    if (Date.now() > giveUpAt) {
      throw new KeelError(
        'rotation-unsettled',
        'a server process of the rotation does not end',
        'end it by hand (`pg_terminate_backend`), then run `keel recover` again',
      );
    }
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}
