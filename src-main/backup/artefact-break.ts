import type { BreakPlace, ShareReport, WordMistake } from '#contract/backup';
import type { Text } from '#errors/text';

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
  'test another copy of this backup; if there is none, make a new backup while you still have the key';

export function broken(breaksAt: BreakPlace, message: string, remedy: Text): Broken {
  return { broken: { breaksAt, message, remedy } };
}
