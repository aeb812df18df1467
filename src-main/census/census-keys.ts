import type { EncryptionKey } from '#crypto/encryption-key';

/** The keys of a census, whose owner disposes them. */
export interface CensusKeys {
  /** Whose values are reported. */
  readonly keys: readonly EncryptionKey[];
  /**
   * Other keys that values may be under. What these decrypt to is looked through for values under `keys`: one that was rotated in its outer layer is seen only so.
   */
  readonly alsoOpened?: readonly EncryptionKey[] | undefined;
}

/** All of them, those whose values are reported first, each once. */
export function everyKey({ keys, alsoOpened = [] }: CensusKeys): EncryptionKey[] {
  const reported = new Set(keys.map(({ fingerprint }) => fingerprint));
  return [...keys, ...alsoOpened.filter(({ fingerprint }) => !reported.has(fingerprint))];
}

/** The same by their fingerprints. */
export function fingerprintsOf(which: CensusKeys): { readonly keys: string[]; readonly opened: string[] } {
  return {
    keys: which.keys.map(({ fingerprint }) => fingerprint),
    opened: everyKey(which).map(({ fingerprint }) => fingerprint),
  };
}
