import type { EncryptedColumn } from '#contract/inventory';
import type { UndecidedPlaces } from '#discovery/undecided';
import type { UnreadPlace } from './relations.ts';

/** For values that are encrypted again, inside other decrypted values. */
export interface NestedPlace {
  /** How many values have to be decrypted to reach the deepest of them. */
  readonly depth: number;
  /** Whether the inventory lists the values that contain them. */
  readonly outerListed: boolean;
}

/** Values of one key at one place. */
export interface CensusPlace {
  readonly schema: string;
  readonly table: string;
  readonly column: string;
  /** To the leaf of a document, if all values whose path was looked up are at the same one. */
  readonly path?: string;
  /** The layout of the inventory's entry, or of the proposed one. */
  readonly form?: string;
  /** Fingerprint. */
  readonly key: string;
  readonly values: number;
  /** Never for values within others: an inventory entry covers the outermost layer only. */
  readonly inInventory: boolean;
  /** Set if they are not in the cells themselves, but inside what the values there decrypt to. */
  readonly nested?: NestedPlace;
  /**
   * An inventory entry reads these values, and would lose their first 16 bytes, because their IV is not where
   * it says.
   */
  readonly isMisread?: true;
  /** The server computes this column from its row, so it follows what is written there. */
  readonly isComputed?: true;
  /** A few of the rows, by their keys. */
  readonly rows: readonly string[];
  /** There is too little evidence: noise does the same once in some hundred searches. Reported separately. */
  readonly isPossible?: true;
  /**
   * Whether the chance of wrongly reporting any place of this census is below 2⁻⁶⁴; else it is below 2⁻²⁰.
   */
  readonly certain: boolean;
  readonly bits: number;
  /** How to add it to the inventory, if its form is known and can be written. */
  readonly proposal?: EncryptedColumn;
  /** Further entries, where its values are in several forms. */
  readonly otherForms?: readonly EncryptedColumn[];
}

/** Whether everything was read, and nothing outside the inventory is encrypted with a key. */
export function isComplete({ places, unread }: Census): boolean {
  return unread.length === 0 && places.every(({ inInventory }) => inInventory);
}

/** Places, separated by whether they are more than merely possible. */
export function divided(all: readonly CensusPlace[]): Pick<Census, 'places' | 'possible'> {
  return {
    places: all.filter(({ isPossible }) => !isPossible),
    possible: all.filter(({ isPossible }) => isPossible),
  };
}

/** What was read, what was found, and what was not read. */
export interface Census {
  /** Fingerprints of the keys whose values are reported. */
  readonly keys: readonly string[];
  /** Those, and keys whose values were decrypted only to search inside them. */
  readonly opened: readonly string[];
  readonly places: readonly CensusPlace[];
  /** Places that may or may not have values of a key: one or a few short ones. */
  readonly possible?: readonly CensusPlace[];
  readonly unread: readonly UnreadPlace[];
  /**
   * What looks encrypted in a sample of each table, and with none of these keys as far as was tried; absent
   * if nobody checked.
   */
  readonly undecided?: UndecidedPlaces;
  /** What no census can see, in words. */
  readonly scope: string;
  /** Tables, partitions and materialised views that were read. */
  readonly tables: number;
  readonly cells: number;
  readonly bytes: number;
  /** A row that was written after it started may have been missed. */
  readonly beganAt: string;
  readonly endedAt: string;
}
