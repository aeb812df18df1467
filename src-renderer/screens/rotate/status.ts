import type { RotationState } from '#contract/rotation';
import type { Step } from '../../components/layout/steps.tsx';
import type { ScreenId } from '../../screen-list.ts';
import { openStops, type AcceptedStops } from './findings/finding-groups.ts';

export type StepId = 'key' | 'backup' | 'preflight' | 'rehearsal' | 'review' | 'cutover' | 'handoff';

export const steps: readonly (Step & { readonly id: StepId })[] = [
  { id: 'key', title: 'New key' },
  { id: 'backup', title: 'Backup tested' },
  { id: 'preflight', title: 'Preflight' },
  { id: 'rehearsal', title: 'Rehearsal' },
  { id: 'review', title: 'Review' },
  { id: 'cutover', title: 'Cutover' },
  { id: 'handoff', title: 'Hand-off' },
];

export interface Status {
  /** The first step whose work is not done. */
  readonly current: StepId;
  readonly done: readonly StepId[];
}

/** Where the wizard stands by what the main process knows, whatever was examined in between. */
export function statusOf(state: RotationState, taken: AcceptedStops): Status {
  const { from, to, backupProven, preflight, rehearsal, last } = state;
  // nothing waits to be rotated to: the wizard rests at what was done last
  if (!to && last?.purpose === 'rotate' && last.to === from) {
    return last.handedOff ? { current: 'handoff', done: steps.map(({ id }) => id) } : before('handoff');
  }
  if (!from || !to) return before('key');
  if (!backupProven) return before('backup');
  if (!preflight || openStops(preflight.findings, taken).length > 0) return before('preflight');
  if (!rehearsal) return before('rehearsal');
  return before('review');
}

/** Where the wizard stands while the rotation runs, and after its end until the main process has told the new state. */
export function duringCutover(
  status: Status,
  run: { readonly running: boolean; readonly committed: boolean },
): Status {
  if (run.running) return before('cutover');
  return run.committed && status.current === 'review' ? before('handoff') : status;
}

function before(current: StepId): Status {
  return {
    current,
    done: steps
      .slice(
        0,
        steps.findIndex(({ id }) => id === current),
      )
      .map(({ id }) => id),
  };
}

export interface Missing {
  /** What is not there yet, as a heading. */
  readonly what: string;
  /** On the button that leads to where it is done. */
  readonly label: string;
  readonly where: { readonly screen: ScreenId } | { readonly step: StepId };
}

/** What a step waits for; undefined where it can be done. */
export function missingFor(step: StepId, state: RotationState, taken: AcceptedStops): Missing | undefined {
  const { from, to, backupProven, preflight, rehearsal } = state;
  if (!from)
    return {
      what: 'No key has been proven against this database yet',
      label: 'Import and prove the key',
      where: { screen: 'key' },
    };
  if (!to)
    return {
      what: 'There is no new key to rotate to yet',
      label: 'Generate a new key',
      where: { screen: 'key' },
    };
  if (step === 'key') return undefined;
  if (!backupProven)
    return {
      what: 'The new key has not been restored from a backup yet',
      label: 'Back up and test',
      where: { screen: 'backup' },
    };
  if (step === 'backup' || step === 'preflight') return undefined;
  if (!preflight)
    return {
      what: 'Preflight has not been run for these keys and columns',
      label: 'Go to preflight',
      where: { step: 'preflight' },
    };
  const stops = openStops(preflight.findings, taken).length;
  if (stops > 0)
    return {
      what: `Preflight has ${stops === 1 ? 'a blocker that is' : `${stops} blockers that are`} neither fixed nor accepted`,
      label: 'Go to preflight',
      where: { step: 'preflight' },
    };
  if (step === 'rehearsal') return undefined;
  if (!rehearsal)
    return {
      what: 'This rotation has not been rehearsed yet',
      label: 'Go to the rehearsal',
      where: { step: 'rehearsal' },
    };
  if (step === 'review') return undefined;
  if (step === 'cutover')
    return {
      what: 'The rotation has not been confirmed yet',
      label: 'Review the rotation',
      where: { step: 'review' },
    };
  return {
    what: 'The database is still encrypted with the old key, which the application has',
    label: 'Review the rotation',
    where: { step: 'review' },
  };
}
