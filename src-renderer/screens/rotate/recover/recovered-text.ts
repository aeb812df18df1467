import type { RecoveredRun } from '#contract/rotation';

/** What became of a run: as a heading, and what follows on the fingerprint of the key that is right now. */
export interface RecoveredWords {
  readonly title: string;
  readonly ofTheKey: string;
}

const words: Readonly<
  Record<RecoveredRun['purpose'], Readonly<Record<'committed' | 'rolled-back', RecoveredWords>>>
> = {
  rotate: {
    committed: {
      title: 'It was committed: the database is encrypted with the new key.',
      ofTheKey: 'is the active key now. Hand it to the application next.',
    },
    'rolled-back': {
      title: 'It was rolled back: the database never changed.',
      ofTheKey: 'is still the right key, and the application has it. You can rotate again at any time.',
    },
  },
  undo: {
    committed: {
      title: 'The undo was committed: the database is encrypted with the previous key again.',
      ofTheKey: 'is the active key again. Hand it to the application next.',
    },
    'rolled-back': {
      title: 'The undo was rolled back: the database never changed.',
      ofTheKey: 'is still the right key. You can undo again at any time.',
    },
  },
  sweep: {
    committed: {
      title: 'Re-encrypting the stragglers was committed.',
      ofTheKey: 'is still the right key. Sweep for stragglers again.',
    },
    'rolled-back': {
      title: 'Re-encrypting the stragglers was rolled back: the database never changed.',
      ofTheKey: 'is still the right key, and the stragglers are still encrypted with the previous one.',
    },
  },
};

/** Of a sweep alone. */
const untold: RecoveredWords = {
  title: 'Whether re-encrypting the stragglers was committed cannot be determined.',
  ofTheKey: 'is still the right key. Sweep for stragglers again.',
};

/** How a run that was settled by a recovery is told. */
export function recoveredWords({
  purpose,
  outcome,
}: Pick<RecoveredRun, 'purpose' | 'outcome'>): RecoveredWords {
  return outcome === 'untold' ? untold : words[purpose][outcome];
}
