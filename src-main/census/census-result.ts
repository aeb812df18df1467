import type { EncryptedColumn } from '#contract/inventory';
import type { UnreadPlace } from './relations.ts';

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
  readonly inInventory: boolean;
  /** An entry of the inventory reads these values, and would lose their first 16 bytes: their IV is not where it says. */
  readonly isMisread?: true;
  /** The server computes this column from its row, so that it follows what is written there. */
  readonly isComputed?: true;
  /** A few of the rows, by their keys. */
  readonly rows: readonly string[];
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

/** Everything that was looked at, what was found, and what was not looked at. */
export interface Census {
  /** Fingerprints of the keys that were tried. */
  readonly keys: readonly string[];
  readonly places: readonly CensusPlace[];
  readonly unread: readonly UnreadPlace[];
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
