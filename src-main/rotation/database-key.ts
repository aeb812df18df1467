import type { Client } from 'pg';
import { expectedFailure } from '#errors/expected-failure';
import { KeelError } from '#errors/keel-error';
import type { Proof } from '#proof/prove';
import { speaksFor, valuesAgainst, valuesOpened } from '#proof/speaks-for';
import type { RotationRecord } from '#records/rotation-record';
import type { KeptKey } from './run/key-port.ts';
import type { LoadKey } from './settle.ts';
import { isOpenedBy, proveRecorded } from './recorded-columns.ts';

/** A key and what it decrypts of a sample. */
export interface TriedKey {
  readonly fingerprint: string;
  readonly proof: Proof;
}

/** Under which key of the ring the rows are that a record names, by a sample. */
export interface DatabaseKey {
  /** The key that decrypts the most of it, or all of it where the expected one could not be loaded; absent where none does. */
  readonly under?: TriedKey;
  /** The key that was expected, unless it could not be loaded. */
  readonly expected?: TriedKey;
}

export interface KeySearch {
  /** Fingerprint of the key to try first. */
  readonly expected: string;
  readonly ring: readonly KeptKey[];
  readonly loadKey: LoadKey;
  readonly goOn: () => void;
}

/**
 * Tries the expected key, and where it does not decrypt most of the sample every other key that the ring still has. Throws what
 * loading threw where no key that could be loaded answers it, and what reading throws.
 */
export async function findDatabaseKey(
  client: Client,
  record: RotationRecord,
  { expected, ring, loadKey, goOn }: KeySearch,
): Promise<DatabaseKey> {
  let unloaded: KeelError | undefined;
  const attempt = async (fingerprint: string): Promise<TriedKey | undefined> => {
    goOn();
    const loaded = await loadKey(fingerprint).catch((error: unknown) => {
      unloaded ??= expectedFailure(error);
      return undefined;
    });
    if (!loaded) return undefined;
    using key = loaded;
    return { fingerprint, proof: await proveRecorded(client, key, record, goOn) };
  };
  const first = await attempt(expected);
  if (first && speaksFor(first.proof)) return { under: first, expected: first };
  const tried = first ? [first] : [];
  for (const { fingerprint, state } of ring) {
    if (fingerprint === expected || state === 'destroyed') continue;
    const other = await attempt(fingerprint);
    if (other) tried.push(other);
  }
  const [best] = tried.toSorted((a, b) => valuesOpened(b.proof) - valuesOpened(a.proof));
  // rows that it does not decrypt may be under the expected key, where that could not be tried
  const isFound = best && (first ? isOpenedBy(best.proof) && isMostlyOpened(tried) : opensAll(best.proof));
  if (unloaded && !isFound) throw unloaded;
  return { ...(isFound && { under: best }), ...(first && { expected: first }) };
}

/** Whether the tried keys together decrypt most of the sample: else it is under a key that the ring does not have. */
function isMostlyOpened(tried: readonly TriedKey[]): boolean {
  const opened = tried.reduce((sum, { proof }) => sum + valuesOpened(proof), 0);
  const values = Math.max(...tried.map(({ proof }) => valuesOpened(proof) + valuesAgainst(proof)));
  return opened * 2 > values;
}

const opensAll = (proof: Proof) => isOpenedBy(proof) && valuesAgainst(proof) === 0;
