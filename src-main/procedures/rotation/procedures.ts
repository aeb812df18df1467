import type { RotationState } from '#contract/rotation';
import type { Inventory } from '#contract/inventory';
import { KeelError } from '#errors/keel-error';
import { failureNoted } from '#rotation/use-cases/audited';
import { isUnsettled } from '#records/rotation-state';
import { plannedKeys } from '#keyring/planned-keys';
import { inspectRotation, loadPlannedKeys, rotate } from '#rotation/use-cases/rotate';
import { lastCommitted } from '#records/last-rotation';
import { committedForWindow } from './committed-rotation.ts';
import { confirmWith } from '#procedures/consent/confirm-with';
import type { Consent } from '#procedures/consent/consent';
import type { Implementations, Work } from '#procedures/implementations';
import type { NoteActivity } from '#procedures/note-activity';
import { acceptedStops, findingsForWindow, reportTo, subjectOf } from './plan.ts';
import { windowAudit, windowContext } from '#procedures/window-context';
import type { WizardMemory } from './wizard-memory.ts';
import type { Workspace, Workspaces } from '#procedures/workspaces';

export interface RotationPorts {
  readonly workspaces: Workspaces;
  readonly memory: WizardMemory;
  readonly note: NoteActivity;
  readonly changed: () => void;
}

type Names = `rotation.${'state' | 'preflight' | 'rehearse' | 'rotate'}`;

/** What the admin chose on the wizard's first step. */
interface Choices {
  readonly excluded: readonly string[];
  readonly accepted: readonly string[];
  readonly left: readonly string[];
}

/** How long the cutover waits for the tables' lock, in milliseconds. */
export const lockTimeoutMs = 5_000;

/** The way to a new key. Every guard of the wizard stands here too, since the window is not trusted. */
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
    const { excluded, left } = choices;
    const load = () => loadPlannedKeys(workspace);
    using keys = rehearsal
      ? await load()
      : await failureNoted(audit, { environment: workspace.id, run: 'rotation' }, load);
    const basis = { ...subjectOf(workspace, keys, excluded), accepted, left };
    const result = await rotate(
      workspace,
      {
        inventory: inventoryOf(workspace),
        keys,
        excluded,
        accepted,
        left,
        census: memory.recallCensus(workspace.id, basis),
        lockTimeoutMs,
        rehearsal,
        onPreflight({ findings, census }) {
          if (census) memory.keepCensus(workspace.id, basis, census);
          memory.keepPreflight(workspace.id, basis, findingsForWindow(findings));
          if (!rehearsal) memory.assertRehearsed(workspace.id, basis);
        },
      },
      windowContext({
        audit,
        signal: work.signal,
        onProgress: reportTo(work, rehearsal),
        ...(consent && {
          confirm: confirmWith(consent, workspace, () => ({
            rows: memory.recall(workspace.id, basis).rehearsal?.rows,
          })),
        }),
      }),
    );
    if (rehearsal) memory.keepRehearsal(workspace.id, basis, result);
    else memory.forget(workspace.id);
    return result;
  };

  return {
    async 'rotation.state'({ environment }) {
      using workspace = await workspaces.open(environment);
      return await stateOf(workspace, memory);
    },

    async 'rotation.preflight'({ environment, excluded, accepted: codes, left = [] }, work) {
      using workspace = await workspaces.open(environment);
      const accepted = acceptedStops(codes);
      using keys = await loadPlannedKeys(workspace);
      const basis = { ...subjectOf(workspace, keys, excluded), accepted, left };
      const preflight = await inspectRotation(
        workspace,
        { inventory: inventoryOf(workspace), keys, excluded, accepted, left },
        { signal: work.signal, onProgress: reportTo(work, true) },
      );
      if (preflight.census) memory.keepCensus(workspace.id, basis, preflight.census);
      const findings = findingsForWindow(preflight.findings);
      memory.keepPreflight(workspace.id, basis, findings);
      return { findings };
    },

    async 'rotation.rehearse'({ environment, excluded, accepted, left = [] }, work) {
      using workspace = await workspaces.open(environment);
      return await run(workspace, { excluded, accepted, left }, work);
    },

    async 'rotation.rotate'({ environment, excluded, accepted, left = [] }, work) {
      using workspace = await workspaces.open(environment);
      try {
        return await run(workspace, { excluded, accepted, left }, work, work.consent);
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
    'the encrypted columns of this database have not been found yet; nothing was changed',
    'look for them first, and review what was found',
  );
}

async function stateOf(workspace: Workspace, memory: WizardMemory): Promise<RotationState> {
  const { settings } = workspace;
  const { from, to } = plannedKeys((await workspace.readRing()).keys);
  const records = await workspace.records.list();
  const open = records.find(({ state }) => isUnsettled(state));
  const kept =
    from && to ? memory.recall(workspace.id, subjectOf(workspace, { from, to }, settings.excluded)) : {};
  const last = lastCommitted(records);
  return {
    ...(from && { from: from.fingerprint }),
    ...(to && { to: to.fingerprint }),
    backupProven: (to?.proofs.length ?? 0) > 0,
    ...kept,
    ...(last && { last: committedForWindow(last, settings) }),
    ...(open && { unsettled: { id: open.id, at: open.history.at(-1)?.at ?? settings.addedAt } }),
    canUndo: last !== undefined && !open,
  };
}
