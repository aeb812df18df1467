import type { RotationResult } from '#contract/rotation';
import type { Preflight } from '#rotation/preflight/run-preflight';
import type { RewriteInput } from '#rotation/use-cases/rewrite';
import { findingsForWindow } from './plan.ts';
import type { Basis, WizardMemory } from './wizard-memory.ts';

/** What a use case asks and tells during one run, for the window's memory. */
export interface RememberedRun extends Required<Pick<RewriteInput, 'census' | 'onSubject' | 'onPreflight'>> {
  /** How many rows the rehearsal of this very run changed, once its subject is known. */
  readonly rehearsedRows: () => number | undefined;
  /** Keeps a rehearsal; after a run that committed, nothing of before holds any more. */
  readonly ended: (result: RotationResult) => void;
}

/** Refuses a run that was not rehearsed with these very choices, and keeps what is found on the way. */
export function rememberedRun(
  memory: WizardMemory,
  environment: string,
  {
    rehearsal,
    ...choices
  }: Pick<Basis, 'purpose' | 'accepted' | 'left' | 'sampled'> & {
    readonly rehearsal: boolean;
  },
): RememberedRun {
  let basis: Basis | undefined;
  return {
    census: (subject) => memory.recallCensus(environment, { ...choices, ...subject }),
    onSubject(subject) {
      basis = { ...choices, ...subject };
      if (!rehearsal) memory.assertRehearsed(environment, basis);
    },
    onPreflight: (preflight, subject) =>
      keepPreflight(memory, environment, { ...choices, ...subject }, preflight),
    rehearsedRows: () => basis && memory.recall(environment, basis).rehearsal?.rows,
    ended(result) {
      if (!rehearsal) memory.forget(environment);
      else if (basis) memory.keepRehearsal(environment, basis, result);
    },
  };
}

/** Keeps what a preflight found and read. */
export function keepPreflight(
  memory: WizardMemory,
  environment: string,
  basis: Basis,
  { findings, census }: Preflight,
): void {
  if (census) memory.keepCensus(environment, basis, census);
  memory.keepPreflight(environment, basis, findingsForWindow(findings));
}
