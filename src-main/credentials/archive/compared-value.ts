import type { EncryptedColumn } from '#contract/inventory';
import type { Place } from './archived-rows.ts';
import type { Obstacle } from '#contract/credentials';
import type { OpenedValue } from '#credentials/open-values';

/**
 * What a credential is against the archive. `differs`: the database has another value; `unopened`: what is there does not decrypt
 * with the key; `foreign`: it is not in its column's form, as plaintext is; `valueMissing`: its row has nothing there; `rowMissing`:
 * its row is gone; `added`: the database has it and the archive nothing. What does not decrypt and is not in the archive (a user's
 * own) is `left` out of it.
 */
export const comparisons = [
  'equal',
  'differs',
  'unopened',
  'foreign',
  'valueMissing',
  'rowMissing',
  'added',
  'left',
] as const;
export type Comparison = (typeof comparisons)[number];

/** A credential in the database, beside its counterpart in the archive. */
export interface ComparedValue extends Place {
  readonly entry: EncryptedColumn;
  readonly comparison: Comparison;
  /** Why the archive's value cannot be written here; only of what is not the same. */
  readonly obstacle?: Obstacle;
  readonly here?: OpenedValue;
  /** In clear, as a view that is wiped with the batch. */
  readonly archived?: Uint8Array;
}
