/** The phases of a run in their order, by the words in which the main process tells of them. */
const phases = [
  { step: 'checking the server', title: 'Check again', means: 'Preflight runs again; nothing is locked' },
  {
    step: 'preparing the new ciphertexts',
    title: 'Prepare',
    means: 'Every value is read and re-encrypted into staging tables; nothing is locked',
  },
  { step: 'waiting for the write lock', title: 'Lock', means: 'Writers wait from here on; readers continue' },
  {
    step: 'writing the rows',
    title: 'Write',
    means: 'One update per table, in one transaction; every row is compared alongside',
  },
  { step: 'committing', title: 'Commit', means: 'From here on it can no longer be cancelled' },
] as const;

/** Words that belong to a phase beside its own. */
const within: Readonly<Record<string, string>> = {
  'comparing the new ciphertexts': 'preparing the new ciphertexts',
  'writing and comparing the rows': 'writing the rows',
  'rows changed in the meantime': 'writing the rows',
  'rolling back': 'committing',
  committed: 'committing',
};

export interface Phase {
  readonly title: string;
  readonly means: string;
  readonly state: 'done' | 'current' | 'ahead';
}

/** The place of a step among the phases; -1 before the first. */
export function phaseAt(step: string): number {
  const own = within[step] ?? step;
  return phases.findIndex((phase) => phase.step === own);
}

/** The phases, as far as a run has come. */
export function phasesAt(furthest: number): Phase[] {
  return phases.map(({ title, means }, at) => ({
    title,
    means,
    state: at < furthest ? 'done' : at === furthest ? 'current' : 'ahead',
  }));
}
