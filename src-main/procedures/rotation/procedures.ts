import type { RotationState } from '#contract/rotation';
import type { Inventory } from '#contract/inventory';
import { KeelError } from '#errors/keel-error';
import { isUnsettled } from '#records/rotation-state';
import { plannedKeys } from '#keyring/planned-keys';
import { inspectRotation, rotate } from '#rotation/use-cases/rotate';
import { sessionsNow } from '#rotation/use-cases/running';
import { lastCommitted } from '#records/last-rotation';
import type { Ports } from '#procedures/ports';
import { committedForWindow } from './committed-rotation.ts';
import { confirmWith } from '#procedures/consent/confirm-with';
import type { Consent } from '#procedures/consent/consent';
import type { Implementations, Work } from '#procedures/implementations';
import { acceptedStops, findingsForWindow, fingerprintsOf, reportTo, subjectOf } from './plan.ts';
import { windowAudit, windowContext } from '#procedures/window-context';
import { keepPreflight, rememberedRun } from './remembered-run.ts';
import type { WizardMemory } from './wizard-memory.ts';
import type { Workspace } from '#procedures/workspaces';

export interface RotationPorts extends Pick<Ports, 'workspaces' | 'note' | 'changed'> {
  readonly memory: WizardMemory;
}

type Names = `rotation.${'state' | 'sessions' | 'preflight' | 'rehearse' | 'rotate'}`;

/** What the admin chose on the wizard's first step. */
interface Choices {
  readonly excluded: readonly string[];
  readonly accepted: readonly string[];
  readonly left: readonly string[];
  readonly sampled: boolean;
}

/** How long the cutover waits for the tables' lock, in milliseconds. */
export const lockTimeoutMs = 5_000;

/** The way to a new key. Every guard of the wizard is here too, since the window is not trusted. */
export function rotationProcedures({
  workspaces,
  memory,
  note,
  changed,
}: RotationPorts): Pick<Implementations, Names> {
  const audit = windowAudit(note);

  /** Rehearses without the admin's consent, and rotates with it. */
  const run = async (workspace: Workspace, choices: Choices, work: Work, consent?: Consent) => {
    const rehearsal = consent === undefined;
    const accepted = acceptedStops(choices.accepted);
    const { excluded, left, sampled } = choices;
    const choice = { purpose: 'rotate', accepted, left, sampled, rehearsal } as const;
    const { ended, rehearsedRows, ...hooks } = rememberedRun(memory, workspace.id, choice);
    const result = await rotate(
      workspace,
      {
        inventory: inventoryOf(workspace),
        excluded,
        accepted,
        left,
        sampled,
        lockTimeoutMs,
        rehearsal,
        ...hooks,
      },
      windowContext({
        audit,
        signal: work.signal,
        onProgress: reportTo(work, rehearsal),
        ...(consent && {
          confirm: confirmWith(consent, workspace, () => ({ rows: rehearsedRows() })),
        }),
      }),
    );
    ended(result);
    return result;
  };

  return {
    async 'rotation.state'({ environment }) {
      using workspace = await workspaces.open(environment);
      return await stateOf(workspace, memory);
    },

    async 'rotation.sessions'({ environment }) {
      using workspace = await workspaces.open(environment);
      const { total, sessions } = await sessionsNow(workspace);
      return { total, sessions: [...sessions] };
    },

    async 'rotation.preflight'({ environment, excluded, accepted: codes, left = [], sampled = false }, work) {
      using workspace = await workspaces.open(environment, work);
      const accepted = acceptedStops(codes);
      const { preflight, ...keys } = await inspectRotation(
        workspace,
        { inventory: inventoryOf(workspace), excluded, accepted, left, sampled },
        { signal: work.signal, onProgress: reportTo(work, true) },
      );
      const basis = { ...subjectOf(workspace, keys, excluded), accepted, left, sampled };
      keepPreflight(memory, workspace.id, basis, preflight);
      return { findings: findingsForWindow(preflight.findings) };
    },

    async 'rotation.rehearse'({ environment, excluded, accepted, left = [], sampled = false }, work) {
      using workspace = await workspaces.open(environment, work);
      return await run(workspace, { excluded, accepted, left, sampled }, work);
    },

    async 'rotation.rotate'({ environment, excluded, accepted, left = [], sampled = false }, work) {
      using workspace = await workspaces.open(environment, work);
      try {
        return await run(workspace, { excluded, accepted, left, sampled }, work, work.consent);
      } finally {
        changed();
      }
    },
  };
}
/** The reviewed columns of an environment. Throws `inventory-mismatch` where there are none yet. */
export function inventoryOf({ settings }: Workspace): Inventory {
  if (settings.inventory.length > 0) return { version: 1, columns: settings.inventory };
  throw new KeelError(
    'inventory-mismatch',
    'the encrypted columns of this database are not known yet; nothing was changed',
    'find them first, and review the result',
  );
}

async function stateOf(workspace: Workspace, memory: WizardMemory): Promise<RotationState> {
  const { settings } = workspace;
  const { from, to } = plannedKeys((await workspace.readRing()).keys);
  const records = await workspace.records.list();
  const open = records.find(({ state }) => isUnsettled(state));
  const kept =
    from && to
      ? memory.recall(workspace.id, subjectOf(workspace, fingerprintsOf({ from, to }), settings.excluded))
      : {};
  const last = lastCommitted(records);
  return {
    ...(from && { from: from.fingerprint }),
    ...(to && { to: to.fingerprint }),
    backupProven: (to?.proofs.length ?? 0) > 0,
    ...kept,
    ...(last && { last: committedForWindow(last, settings) }),
    ...(open && { unsettled: { id: open.id, at: open.history.at(-1)?.at ?? settings.addedAt } }),
    canUndo: last !== undefined && last.purpose !== 'undo' && !open,
  };
}
