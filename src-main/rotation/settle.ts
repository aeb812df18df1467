import type { Client } from 'pg';
import type { EncryptionKey } from '#crypto/encryption-key';
import { KeelError } from '#errors/keel-error';
import { text } from '#errors/text';
import type { RotationRecord } from '#records/rotation-record';
import { endSessionsIfShown } from '#rewrite/left-sessions';
import { findInJournal } from './run/journal.ts';
import { valuesOpened } from '#proof/speaks-for';
import { isOpenedBy, proveRecorded } from './recorded-columns.ts';

/** `untold`: of a sweep without a journal. Its key is the active one either way. */
export type Outcome = 'committed' | 'rolled-back' | 'untold';

/** How a key of the ring is read; the caller of this disposes it. Throws where the key cannot be had. */
export type LoadKey = (fingerprint: string) => Promise<EncryptionKey>;

/**
 * What became of a rotation's transaction: its journal row alone tells, and where none can be expected, which of its two keys opens
 * the rows that the record names. The number of the transaction tells nothing: after a crash the server gives it to somebody else.
 * Ends server processes that the rotation left behind first, so that the answer is final; where an engine of the portable way cannot, that no
 * row is in the journal tells nothing. `assertFree` is called once they are ended, and throws if another session may still be about to commit.
 * Throws what it throws, `rotation-unsettled` where neither tells, `server-read-only` on a standby, which may lag behind, and what loading a key throws.
 */
export async function settleOutcome(
  client: Client,
  record: RotationRecord,
  loadKey: LoadKey,
  assertFree: () => Promise<void> = async () => undefined,
): Promise<Outcome> {
  const isOver = await endSessionsIfShown(client, record);
  await assertFree();
  if (!record.cutover) return 'rolled-back';
  await assertPrimary(client);
  const journal = await findInJournal(client, record.id);
  if (journal === 'there') return 'committed';
  // where its session may still be at work, its row may still come
  if (journal === 'absent' && record.cutover.place === 'schema' && isOver) return 'rolled-back';
  return byRows(client, record, loadKey);
}

/** So many values encrypted with the new key for each one under the old key are more than anybody writes between a rollback and a recovery. */
const almostAll = 20;

async function byRows(client: Client, record: RotationRecord, loadKey: LoadKey): Promise<Outcome> {
  using from = await loadKey(record.from);
  using to = await loadKey(record.to);
  const underFrom = await proveRecorded(client, from, record);
  if (underFrom.columns.every(({ rows }) => rows === 0)) return 'rolled-back';
  const opensFrom = isOpenedBy(underFrom);
  const underTo = await proveRecorded(client, to, record);
  const opensTo = isOpenedBy(underTo);
  // its few rows may be outside of the sample, and more may have come since
  if (opensTo && record.purpose === 'sweep') return 'untold';
  if (opensTo !== opensFrom) return opensTo ? 'committed' : 'rolled-back';
  // a key that had opened nothing before, and now almost everything: only the commit can have brought it there. A few values of its own
  // are those of an application that was given it early
  const isFresh = record.purpose === 'rotate' && record.cutover?.bothKeys === false;
  if (opensTo && isFresh && valuesOpened(underFrom) * almostAll <= valuesOpened(underTo)) return 'committed';
  throw new KeelError(
    'rotation-unsettled',
    opensTo
      ? `key ${record.from} and key ${record.to} both decrypt rows in the database, and no journal there shows whether rotation ${record.id} was committed`
      : `neither key ${record.from} nor key ${record.to} decrypts the rows of rotation ${record.id}, and no journal shows whether it was committed`,
    text`check both keys with ${{ do: 'prove' }}; restore this environment’s database, or the key it is encrypted with, then ${{ do: 'recover' }} again`,
  );
}

/** What a standby does not show may have been committed on its primary. */
async function assertPrimary(client: Client): Promise<void> {
  const { rows } = await client.query('SELECT pg_is_in_recovery() AS standby');
  if (!rows[0].standby) return;
  throw new KeelError(
    'server-read-only',
    'the server is a standby, which may lack what its primary committed: the outcome of the rotation is not known yet',
    text`connect to the primary, then ${{ do: 'recover' }} again`,
  );
}
