import type { EncryptedColumn } from '#contract/inventory';
import type { UndecidedPlaces } from '#discovery/undecided';
import type { UnreadPlace } from './relations.ts';

/** Of values that are encrypted once more, within what other values decrypt to. */
export interface NestedPlace {
  /** How many values have to be decrypted before the deepest of them is seen. */
  readonly depth: number;
  /** Whether the inventory lists the values that they are within. */
  readonly outerListed: boolean;
}

/** Values under one key at one place. */
export interface CensusPlace {
  readonly schema: string;
  readonly table: string;
  readonly column: string;
  /** To the leaf of a document, where all that were looked at stand at one. */
  readonly path?: string;
  /** The layout of the inventory's entry, or of the one that is proposed. */
  readonly form?: string;
  /** Fingerprint. */
  readonly key: string;
  readonly values: number;
  /** Never of values within others: an entry of the inventory covers the outermost layer only. */
  readonly inInventory: boolean;
  /** Where they are not in the cells themselves, but within what the values there decrypt to. */
  readonly nested?: NestedPlace;
  /** An entry of the inventory reads these values, and would lose their first 16 bytes: their IV is not where it says. */
  readonly isMisread?: true;
  /** The server computes this column from its row, so that it follows what is written there. */
  readonly isComputed?: true;
  /** A few of the rows, by their keys. */
  readonly rows: readonly string[];
  /** The evidence is too little: noise does the same once in some hundred searches. Told apart from the others. */
  readonly isPossible?: true;
  /** Whether the chance of naming any place of this census wrongly is below 2⁻⁶⁴; else it is below 2⁻²⁰. */
  readonly certain: boolean;
  readonly bits: number;
  /** How to take it into the inventory, where its form is known and can be written. */
  readonly proposal?: EncryptedColumn;
  /** Further entries, where its values are in several forms. */
  readonly otherForms?: readonly EncryptedColumn[];
}

/** Whether everything was read, and nothing is under a key beside the inventory. */
export function isComplete({ places, unread }: Census): boolean {
  return unread.length === 0 && places.every(({ inInventory }) => inInventory);
}

/** Places, told apart by whether more than a possibility speaks for them. */
export function divided(all: readonly CensusPlace[]): Pick<Census, 'places' | 'possible'> {
  return {
    places: all.filter(({ isPossible }) => !isPossible),
    possible: all.filter(({ isPossible }) => isPossible),
  };
}

/** Everything that was looked at, what was found, and what was not looked at. */
export interface Census {
  /** Fingerprints of the keys whose values are reported. */
  readonly keys: readonly string[];
  /** Those, and keys whose values were decrypted only to look for others within them. */
  readonly opened: readonly string[];
  readonly places: readonly CensusPlace[];
  /** Where values may be under a key, and may be none: one or a few short ones. */
  readonly possible?: readonly CensusPlace[];
  readonly unread: readonly UnreadPlace[];
  /** What looks encrypted in a sample of each table, and is under none of these keys as far as was tried; absent where nobody looked. */
  readonly undecided?: UndecidedPlaces;
  /** What no census can see, in words. */
  readonly scope: string;
  /** Tables, partitions and materialised views that were read. */
  readonly tables: number;
  readonly cells: number;
  readonly bytes: number;
  /** A row that was written after it began may have been missed. */
  readonly beganAt: string;
  readonly endedAt: string;
}
