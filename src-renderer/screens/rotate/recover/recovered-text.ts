import type { RecoveredRun } from '#contract/rotation';

/** What became of a run: as a heading, and what follows on the fingerprint of the key that is right now. */
export interface RecoveredWords {
  readonly title: string;
  readonly ofTheKey: string;
}

const words: Readonly<
  Record<RecoveredRun['purpose'], Readonly<Record<RecoveredRun['outcome'], RecoveredWords>>>
> = {
  rotate: {
    committed: {
      title: 'It was committed: the database is under the new key.',
      ofTheKey: 'is the active key now. Hand it to Ballast next.',
    },
    'rolled-back': {
      title: 'It was rolled back: the database never changed.',
      ofTheKey: 'is still the right key, and Ballast has it. You can rotate again whenever you like.',
    },
  },
  undo: {
    committed: {
      title: 'The undo was committed: the database is back under the key before.',
      ofTheKey: 'is the active key again. Hand it to Ballast next.',
    },
    'rolled-back': {
      title: 'The undo was rolled back: the database never changed.',
      ofTheKey: 'is still the right key. You can undo again whenever you like.',
    },
  },
  sweep: {
    committed: {
      title: 'The stragglers were re-encrypted, and that was committed.',
      ofTheKey: 'is still the right key. Look for stragglers once more.',
    },
    'rolled-back': {
      title: 'Re-encrypting the stragglers was rolled back: the database never changed.',
      ofTheKey: 'is still the right key, and the stragglers are still under the one before.',
    },
  },
};

/** How a run that was settled by a recovery is told. */
export function recoveredWords({
  purpose,
  outcome,
}: Pick<RecoveredRun, 'purpose' | 'outcome'>): RecoveredWords {
  return words[purpose][outcome];
}
