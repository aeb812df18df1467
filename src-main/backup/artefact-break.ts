import type { BreakPlace } from '#contract/backup';
import type { Text } from '#errors/text';

/**
 * A word that is not in the list. Half a secret: for the eyes of whoever typed it, and for no log. What may be logged is the
 * position, which the message tells.
 */
export interface WordMistake {
  /** Counted from 1. */
  readonly position: number;
  readonly typed: string;
  /** The nearest words of the list, the nearest first; may be empty. */
  readonly suggestions: readonly string[];
}

/** What one share of a set turned out to be. */
export interface ShareReport {
  /** The file's name, or `share 2` of what was typed; for a missing one what the others say of it. */
  readonly name: string;
  readonly state: 'good' | 'damaged' | 'foreign' | 'duplicate' | 'missing';
  /** Which share of its set it is, counted from 1, where it could be read. */
  readonly number?: number;
  /** Who holds it, as its text says. */
  readonly holder?: string;
  /** Set for every state but `good`: a fragment without secrets. */
  readonly message?: string;
  readonly words?: readonly WordMistake[];
}

/** Why an artefact gave no key back. `message` and `remedy` are fragments without secrets. */
export interface ArtefactBreak {
  readonly breaksAt: BreakPlace;
  readonly message: string;
  readonly remedy: Text;
  /** The words that are not in the list, where it breaks at `words`. */
  readonly words?: readonly WordMistake[];
  /** Every share that was given, and those that are known to be missing, where it breaks at `shares`. */
  readonly shares?: readonly ShareReport[];
}

export interface Broken {
  readonly broken: ArtefactBreak;
}

/** What there is to do about most damage. */
export const anotherCopy =
  'drill another copy of this backup; if there is none, make a new backup while the key is at hand';

export function broken(breaksAt: BreakPlace, message: string, remedy: Text): Broken {
  return { broken: { breaksAt, message, remedy } };
}
