import { useEffect, useState } from 'react';
import type { EnvironmentCard } from '#contract/environments';
import type { Input, Output } from '#contract/procedures';
import type { Finding, RotationState } from '#contract/rotation';
import type { Failure } from '#contract/shapes';
import { type Operation, useOperation } from '../../use-operation.ts';
import { useCall } from '../../use-call.ts';
import { placesToLeave, type AcceptedStops } from './findings/finding-groups.ts';
import { unlessOvertaken } from './run/open-outcome.ts';
import { duringCutover, type Status, type StepId, statusOf } from './status.ts';

/** What is examined: a step, or what comes after a rotation. */
export type View = StepId | 'undo';

/** What every step of the wizard is given. */
export interface Wizard {
  readonly environment: EnvironmentCard;
  readonly state: RotationState;
  readonly inventory: Output<'inventory.read'>;
  readonly status: Status;
  readonly view: View;
  /** Looks at a step; without one, at that where the work stands. */
  readonly show: (view?: View) => void;
  /** What a run is asked for. */
  readonly request: Input<'rotation.rehearse'>;
  /** Stops that the admin took on. */
  readonly taken: AcceptedStops;
  /** Other places under the old key are searched for in samples only. */
  readonly sampled: boolean;
  readonly setSampled: (on: boolean) => void;
  readonly accept: (code: string, on: boolean) => void;
  /** Takes on a stop of preflight: by its code, or by the names of its places. */
  readonly acceptFinding: (finding: Finding, on: boolean) => void;
  readonly preflight: Operation<'rotation.preflight'>;
  readonly rehearsal: Operation<'rotation.rehearse'>;
  readonly rotation: Operation<'rotation.rotate'>;
  readonly undo: Operation<'rotation.undo'>;
  readonly recovery: Operation<'rotation.recover'>;
  readonly reload: () => Promise<void>;
}

export interface WizardHold {
  /** Absent until the main process has answered. */
  readonly wizard: Wizard | undefined;
  readonly failure: Failure | undefined;
  readonly reload: () => Promise<void>;
}

/** Holds the wizard of one environment: it stands where the main process says, whenever one comes back to it. */
export function useWizard(environment: EnvironmentCard): WizardHold {
  const { id } = environment;
  const state = useCall('rotation.state', { environment: id });
  const inventory = useCall('inventory.read', { environment: id });
  const preflight = useOperation('rotation.preflight', id);
  const rehearsal = useOperation('rotation.rehearse', id);
  const rotation = unlessOvertaken(useOperation('rotation.rotate', id), state.value?.last);
  const undo = unlessOvertaken(useOperation('rotation.undo', id), state.value?.last);
  const recovery = useOperation('rotation.recover', id);
  const [chosen, show] = useState<View>();
  const [chosenSampled, setSampled] = useState<boolean>();
  const [chosenStops, setChosenStops] = useState<AcceptedStops>();

  const reloadState = state.reload;
  const busy = [preflight, rehearsal, rotation, undo, recovery].some(({ running }) => running);
  useEffect(() => {
    // what was found out meanwhile is told by the state
    if (!busy) void reloadState();
  }, [busy, reloadState]);

  const reload = async () => {
    await Promise.all([state.reload(), inventory.reload()]);
  };
  const failure = state.failure ?? inventory.failure;
  if (!state.value || !inventory.value) return { wizard: undefined, failure, reload };

  const { accepted = [], left: named = [] } = chosenStops ?? state.value.preflight ?? {};
  const left = placesStillFound(named, state.value.preflight?.findings);
  const taken = { accepted, left };
  const sampled = chosenSampled ?? state.value.preflight?.sampled ?? false;
  const status = duringCutover(statusOf(state.value, taken), {
    running: rotation.running,
    committed: rotation.outcome?.ok === true,
  });
  const accept = (code: string, on: boolean) =>
    setChosenStops({ left, accepted: withAll(accepted, [code], on) });
  return {
    failure,
    reload,
    wizard: {
      environment,
      state: state.value,
      inventory: inventory.value,
      status,
      view: viewOf(chosen, status, state.value, { preflight, rehearsal, rotation, undo }),
      show,
      request: {
        environment: id,
        excluded: [...inventory.value.excluded],
        accepted: [...accepted],
        left: [...left],
        sampled,
      },
      taken,
      sampled,
      setSampled,
      accept,
      acceptFinding: (finding, on) => {
        const names = placesToLeave(finding);
        if (names) setChosenStops({ accepted, left: withAll(left, names, on) });
        else accept(finding.code, on);
      },
      preflight,
      rehearsal,
      rotation,
      undo,
      recovery,
      reload,
    },
  };
}

type Runs = Pick<Wizard, 'preflight' | 'rehearsal' | 'rotation' | 'undo'>;

/** What a later preflight did not find again is no longer left. */
function placesStillFound(
  names: readonly string[],
  findings: readonly Finding[] | undefined,
): readonly string[] {
  if (!findings) return names;
  const found = new Set(findings.flatMap((finding) => placesToLeave(finding) ?? []));
  return names.filter((name) => found.has(name));
}

function withAll(before: readonly string[], names: readonly string[], on: boolean): string[] {
  const others = before.filter((name) => !names.includes(name));
  return on ? [...others, ...names] : others;
}

/** Work under way comes first, then what was chosen, then what is to be read or done. */
function viewOf(chosen: View | undefined, status: Status, state: RotationState, runs: Runs): View {
  if (runs.rotation.running) return 'cutover';
  if (runs.undo.running) return 'undo';
  if (chosen) return chosen;
  if (runs.rehearsal.running) return 'rehearsal';
  if (runs.preflight.running) return 'preflight';
  if (runs.rotation.outcome) return 'cutover';
  // a rehearsal is read before it is acted on
  if (status.current === 'review' && state.rehearsal) return 'rehearsal';
  // the wizard rests at the last rotation
  if (status.current === 'handoff') return 'cutover';
  return status.current;
}
