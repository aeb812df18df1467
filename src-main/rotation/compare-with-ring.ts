import type { Client } from 'pg';
import { KeelError } from '#errors/keel-error';
import { text } from '#errors/text';
import { evidenceFor } from '#evidence/column-statistics';
import { provenBits } from '#evidence/plaintexts/value-evidence';
import { fromDriverError } from '#postgres/connection-errors';
import type { Proof } from '#proof/prove';
import type { RotationRecord, RotationRecords } from '#records/rotation-record';
import { activeKeyOf } from '#shared/active-key';
import { type DatabaseKey, findDatabaseKey, type TriedKey } from './database-key.ts';
import { isOpenedBy } from './recorded-columns.ts';
import { findInJournal } from './run/journal.ts';
import type { KeyPort } from './run/key-port.ts';

/** What a recovery needs of the key ring. Only loading a key asks for the store that it is in. */
export type RingPort = Pick<KeyPort, 'list' | 'activate' | 'load'>;

/** Makes the key that the database is encrypted with the active one, where the admin agrees to that; whether it is now. */
export type Correct = (
  keys: Correction,
  by: { readonly to: Proof; readonly from?: Proof },
) => Promise<boolean>;

/** The key that the ring had as the active one, and the one that took its place since the database is under it. */
export interface Correction {
  readonly from: string;
  readonly to: string;
}

export interface Comparison {
  /** What the active key decrypts of a sample. */
  readonly proof?: Proof;
  /** Whether the database is encrypted with the active key; absent where that could not be found out. */
  readonly agrees?: boolean;
  /** The key that the database is under, where it is not the active one. */
  readonly under?: string;
  /** The key that most of the sample is under, where the active one decrypts the rest, and the journal has its commit: late rows. */
  readonly alsoUnder?: string;
  readonly corrected?: Correction;
  /** Why the active key could not be tried. */
  readonly untried?: KeelError;
}

export interface ComparisonServices {
  readonly keyRing: RingPort;
  readonly records: RotationRecords;
  /** Throws once the work was called off. */
  readonly goOn: () => void;
  /** Absent while something is unsettled: the ring then stays as it is. */
  readonly correct?: Correct | undefined;
}

/**
 * Tries the active key on the columns of the last record. Where the database is encrypted with another key of the ring, since it was restored or
 * failed over to one that lacks the last commit, that key may become the active one, and the records of what the database does not have
 * are closed then. A commit that the journal has is not gainsaid by late rows, however many; where no journal tells, most of the sample
 * under another key is no late rows, and the ring disagrees.
 */
export async function compareWithRing(client: Client, services: ComparisonServices): Promise<Comparison> {
  const { keyRing, records, goOn, correct } = services;
  try {
    const ring = await keyRing.list();
    const all = await records.list();
    const last = all.at(-1);
    const expected = activeKeyOf(ring)?.fingerprint;
    if (!last) return {};
    const loadKey = (fingerprint: string) => keyRing.load(fingerprint);
    const search = { expected: expected ?? last.from, ring, loadKey, goOn };
    const found = await findDatabaseKey(client, last, search);
    if (expected === undefined)
      return correct && found.under ? await takeFirst(client, found.under, services) : {};
    const proof = found.expected && { proof: found.expected.proof };
    const under = found.under?.fingerprint;
    if (under === undefined) return { ...proof, agrees: false };
    if (under === expected) return { ...proof, agrees: true };
    if (await isStandby(client)) throw lagging();
    const { missing, isInJournal } = await missingCommits(client, all, found);
    const isContradicted = !found.expected || !isOpenedBy(found.expected.proof);
    if (!isContradicted && missing.length === 0)
      return isInJournal ? { ...proof, agrees: true, alsoUnder: under } : { ...proof, agrees: false, under };
    const correction = { from: expected, to: under };
    const isCorrected =
      found.under &&
      (await correct?.(correction, {
        to: found.under.proof,
        ...(found.expected && { from: found.expected.proof }),
      }));
    goOn();
    // a ring that databases of a fleet share follows none of them alone
    if (isCorrected !== true || activeKeyOf(await keyRing.list())?.fingerprint !== under)
      return { ...proof, agrees: false, under };
    for (const record of missing) await records.advance(record, 'older-database-found');
    return {
      ...(found.under && { proof: found.under.proof }),
      agrees: true,
      corrected: correction,
    };
  } catch (error) {
    goOn();
    return { untried: fromDriverError(error, 'trying the active key on the database') };
  }
}

/** A ring without an active key takes the one that the database is proven to be under: none is replaced, so nobody is asked. */
async function takeFirst(
  client: Client,
  { fingerprint, proof }: TriedKey,
  { keyRing, goOn }: ComparisonServices,
): Promise<Comparison> {
  const bits = evidenceFor(proof.columns);
  if (bits < provenBits || (await isStandby(client))) return {};
  goOn();
  await keyRing.activate(fingerprint, { seen: 'values', bits, insteadOf: null });
  return { proof, agrees: true };
}

async function isStandby(client: Client): Promise<boolean> {
  const { rows } = await client.query('SELECT pg_is_in_recovery() AS standby');
  return rows[0].standby;
}

/** A standby that lags behind is no database to learn from. */
function lagging(): KeelError {
  return new KeelError(
    'server-read-only',
    'the server is a standby whose values are encrypted with a key other than the active one, and it may lag behind its primary',
    text`connect to the primary, then ${{ do: 'recover' }} again`,
  );
}

interface MissingCommits {
  readonly missing: readonly RotationRecord[];
  /** The search ended at a commit that the journal has. */
  readonly isInJournal: boolean;
}

/** Commits on record that the database does not have, back to the one that brought it to the key that it is under. */
async function missingCommits(
  client: Client,
  all: readonly RotationRecord[],
  { under, expected }: DatabaseKey,
): Promise<MissingCommits> {
  const missing: RotationRecord[] = [];
  for (const record of all.toReversed()) {
    const { state, to, purpose, cutover } = record;
    if ((state !== 'committed' && state !== 'confirmed') || purpose === 'sweep') continue;
    if (to === under?.fingerprint) break;
    const journal = cutover?.place === 'schema' ? await findInJournal(client, record.id) : 'unknown';
    if (journal === 'there') return { missing, isInJournal: true };
    // without a journal, that nothing is encrypted with the key says it
    if (journal === 'unknown' && (!expected || isOpenedBy(expected.proof))) break;
    missing.push(record);
  }
  return { missing, isInJournal: false };
}
