import type { EncryptionKey } from '#crypto/encryption-key';
import type { Proof } from '#proof/prove';
import type { RotationRecords } from '#records/rotation-record';
import { speaksFor } from '#proof/speaks-for';
import { proveRecorded } from '#rotation/recorded-columns';
import { namesPlace } from '#shared/names-place';
import type { Database } from '#workspace/database';
import { type FleetColumns, memberInventory } from './members.ts';

/** One database of a fleet, as a key is tried on it. */
export interface TriedMember {
  readonly database: Database;
  readonly records: RotationRecords;
  /** For a database without a record. */
  readonly of: FleetColumns;
  readonly signal: AbortSignal;
}

/**
 * Whether a sample of a database counts for this key, in the columns of its last rotation: what is on record of a database is no longer true
 * once it was restored from a dump. Only reads. Throws what connecting and reading throw.
 */
export async function isEncryptedWith(key: EncryptionKey, tried: TriedMember): Promise<boolean> {
  return speaksFor(await proofOf(key, tried));
}

/** What a sample of a database proves of a key, in the columns of its last rotation. */
export async function proofOf(
  key: EncryptionKey,
  { database, records, of, signal }: TriedMember,
): Promise<Proof> {
  await using client = await database.open('keel prove');
  const last = (await records.list()).at(-1);
  const found = last ?? {
    inventory: await memberInventory(client, of, { key, signal }),
    excluded: [],
  };
  const proof = await proveRecorded(client, key, found, () => signal.throwIfAborted());
  // a column that the admin excluded speaks neither for nor against the key
  const speaks = ({ verdict, entry }: Proof['columns'][number]) =>
    verdict !== 'wrong' || !namesPlace(found.excluded, entry);
  return { ...proof, columns: proof.columns.filter(speaks) };
}
