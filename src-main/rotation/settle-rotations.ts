import type { Client } from 'pg';
import { activeKeyOf } from '#shared/active-key';
import { KeelError } from '#errors/keel-error';
import { text } from '#errors/text';
import { KeelClient } from '#postgres/session/keel-client';
import { hasAdvisoryLocks } from '#postgres/session/portable';
import { fromDriverError } from '#postgres/connection-errors';
import type { Proof } from '#proof/prove';
import { isUnsettled } from '#records/rotation-state';
import { hasLiveProcess, type RotationRecord, type RotationRecords } from '#records/rotation-record';
import { dropLeftovers, dropLeftoversOf, type Undropped } from '#rewrite/keel-schema';
import { endSessionsIfShown, hasSession } from '#rewrite/left-sessions';
import { holdDatabase, isDatabaseFree } from '#rewrite/session';
import { type Comparison, compareWithRing, type Correct, type RingPort } from './compare-with-ring.ts';
import { proveRecorded } from './recorded-columns.ts';
import { type LoadKey, type Outcome, settleOutcome } from './settle.ts';

export interface Recovered {
  readonly record: RotationRecord;
  readonly outcome: Outcome;
}

export interface Recovery extends Omit<Comparison, 'proof'> {
  readonly recovered: readonly Recovered[];
  /** Staging tables dropped. */
  readonly dropped: number;
  /** Present where the server refused to drop some. */
  readonly undropped?: Undropped;
  /** The key that is active now, and what it decrypts of a sample, where that could be found out; absent where the ring has none. */
  readonly active?: { readonly fingerprint: string; readonly proof?: Proof };
  /** What could not be settled or cleared, the first of it. */
  readonly failure?: KeelError;
}

export interface RecoveryServices {
  readonly keyRing: RingPort;
  readonly records: RotationRecords;
  /** Undefined where the ring is not corrected by what the database says. */
  readonly correct: Correct | undefined;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Settles every rotation that did not come to its end: finishes those that were committed, closes the others, ends their sessions,
 * drops what they left behind, and tries the active key on the database, which has the last word on it. What fails is part of the
 * answer, so that what became of the rest and which key is right is told all the same. Called off, it throws `cancelled` between two
 * steps, and can be run again.
 */
export async function settleRotations(
  client: Client,
  { keyRing, records, correct, signal }: RecoveryServices,
): Promise<Recovery> {
  const goOn = () => {
    if (signal?.aborted) throw calledOff();
  };
  const all = await records.list();
  const recovered: Recovered[] = [];
  const failures: KeelError[] = [];
  const attempt = async <T>(doing: string, work: () => Promise<T>): Promise<T | undefined> => {
    goOn();
    try {
      return await work();
    } catch (error) {
      goOn();
      failures.push(fromDriverError(error, doing));
      return undefined;
    }
  };
  for (const record of all.filter(({ state }) => isUnsettled(state))) {
    const settled = await attempt('settling a rotation', () => settle(client, record, { keyRing, records }));
    if (settled) recovered.push(settled);
  }
  const cleared = await attempt('cleaning up after rotations', () => clear(client, all));
  const { proof, ...compared } = await compareWithRing(client, {
    keyRing,
    records,
    goOn,
    correct: failures.length === 0 ? correct : undefined,
  });
  const ring = await attempt('reading the key ring', () => keyRing.list());
  const fingerprint = activeKeyOf(ring ?? [])?.fingerprint;
  const [failure] = failures;
  return {
    recovered,
    ...(cleared ?? { dropped: 0 }),
    ...compared,
    ...(fingerprint !== undefined && { active: { fingerprint, ...(proof && { proof }) } }),
    ...(failure && { failure }),
  };
}

async function settle(
  client: Client,
  record: RotationRecord,
  { keyRing, records }: Pick<RecoveryServices, 'keyRing' | 'records'>,
): Promise<Recovered> {
  if (hasLiveProcess(record) && (await hasSession(client, record))) {
    throw new KeelError(
      'rotation-running',
      `rotation ${record.id} is still running in process ${record.process.pid}; nothing was changed`,
      'wait until it finishes, or end that process first',
    );
  }
  // a session that this role cannot see, or by another name behind a pooler, may be about to commit
  const assertOver = () =>
    assertFree(client, `rotation ${record.id} may still be running; its record was left open`);
  const loadKey = (fingerprint: string) => keyRing.load(fingerprint);
  const outcome = await settleOutcome(client, record, loadKey, assertOver);
  if (outcome === 'committed' && !(await isContradicted(client, record, loadKey)))
    await keyRing.activate(record.to, { seen: 'commit', from: record.from });
  const settled = await records.advance(record, outcome === 'committed' ? 'commit-found' : 'no-commit-found');
  return { record: settled, outcome };
}

/** Whether the database counts against the key that a rotation brought it to: somebody may have brought it elsewhere since. */
async function isContradicted(client: Client, record: RotationRecord, loadKey: LoadKey): Promise<boolean> {
  try {
    using key = await loadKey(record.to);
    return (await proveRecorded(client, key, record)).verdict === 'wrong';
  } catch {
    // the journal has told already; what is in the way of trying the key is told after this
    return false;
  }
}

/** Ends what runs that were closed left on the server too, and drops staging tables. */
async function clear(client: Client, all: readonly RotationRecord[]) {
  for (const record of all.filter(({ state }) => !isUnsettled(state)))
    await endSessionsIfShown(client, record);
  await assertFree(client, 'its staging tables were left alone');
  return hasAdvisoryLocks(client)
    ? dropLeftovers(client)
    : dropLeftoversOf(
        client,
        all.map(({ id }) => id),
      );
}

/** Throws `rotation-running` while another session has reserved the database. `unchanged` is what was not done. */
async function assertFree(client: Client, unchanged: string): Promise<void> {
  const isFree = client instanceof KeelClient && client.isGuest ? isDatabaseFree : holdDatabase;
  if (await isFree(client)) return;
  throw new KeelError(
    'rotation-running',
    `another rotation has this database locked, possibly from another machine or under another login: ${unchanged}`,
    text`wait until it finishes, then ${{ do: 'recover' }} again`,
  );
}

function calledOff(): KeelError {
  return new KeelError(
    'cancelled',
    'the recovery was cancelled; what it had settled by then stays settled',
    text`${{ do: 'recover' }} again when you are ready`,
  );
}
