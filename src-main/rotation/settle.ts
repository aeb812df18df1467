import type { Client } from 'pg';
import { KeelError } from '#errors/keel-error';
import { text } from '#errors/text';
import { readJournal } from './run/journal.ts';
import type { RotationRecord } from '#records/rotation-record';
import { endLeftSessions, transactionStatus } from '#rewrite/transaction-outcome';

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
  const status = await transactionStatus(client, record.cutover.xid);
  if (status === 'committed') return 'committed';
  if (status === 'aborted') return 'rolled-back';
  throw new KeelError(
    'rotation-unsettled',
    `the server does not say what became of the rotation's transaction (${status ?? 'too old to be known'})`,
    text`prove both keys with ${{ do: 'prove' }}: the one that opens the database is the active one; then ${{ do: 'recover' }} again`,
  );
}
