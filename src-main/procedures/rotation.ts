import type { RotationState } from '#contract/rotation';
import type { Inventory } from '#contract/inventory';
import { KeelError } from '#errors/keel-error';
import { assertNoStops } from '#rotation/finding';
import { runPreflight } from '#rotation/preflight';
import { rotate } from '#rotation/rotate';
import { isUnsettled } from '#rotation/rotation-state';
import { runRotation } from '#rotation/run';
import { openSession } from '#rotation/session';
import { committedForWindow, lastCommitted } from './committed-rotation.ts';
import type { Implementations, Work } from './implementations.ts';
import type { NoteActivity } from './note-activity.ts';
import {
  acceptedStops,
  assertConfirmed,
  basisOf,
  findingsForWindow,
  loadPlannedKeys,
  plannedKeys,
  reportTo,
  resultForWindow,
} from './rotation-plan.ts';
import type { WizardMemory } from './wizard-memory.ts';
import type { Workspace, Workspaces } from './workspaces.ts';

export interface RotationPorts {
  readonly workspaces: Workspaces;
  readonly memory: WizardMemory;
  readonly note: NoteActivity;
  readonly changed: () => void;
}

type Names = `rotation.${'state' | 'preflight' | 'rehearse' | 'rotate'}`;

/** How long the cutover waits for the tables' lock, in milliseconds. */
export const lockTimeoutMs = 5_000;

/** The way to a new key. Every guard of the wizard stands here too, since the window is not trusted. */
export function rotationProcedures(ports: RotationPorts): Pick<Implementations, Names> {
  const { workspaces, memory, note, changed } = ports;

  /** Preflight and what follows, over one session. */
  const run = async (
    workspace: Workspace,
    options: { readonly excluded: string[]; readonly accepted: string[]; readonly rehearsal: boolean },
    work: Work,
  ) => {
    const { excluded, rehearsal } = options;
    const accepted = acceptedStops(options.accepted);
    const database = await workspace.database();
    const { from, to } = await loadPlannedKeys(workspace);
    using _from = from;
    using _to = to;
    const basis = basisOf(workspace, { from: from.fingerprint, to: to.fingerprint }, excluded);
    if (!rehearsal) memory.assertRehearsed(workspace.id, basis);
    const request = {
      inventory: inventoryOf(workspace),
      keys: {
        from,
        to,
        toMayBePresent: accepted.includes('half-rotated'),
        takeAmbiguousAsFrom: accepted.includes('ambiguous-rows'),
      },
      excluded,
      accepted,
      lockTimeoutMs,
      onProgress: reportTo(work, rehearsal),
      signal: work.signal,
    };
    work.progress('looking at the server', 0);
    await using session = await openSession(database.open);
    const preflight = await runPreflight(session, request);
    memory.keepPreflight(workspace.id, basis, findingsForWindow(preflight.findings), accepted);
    assertNoStops(preflight.findings);
    const outcome = rehearsal
      ? await runRotation(session, preflight, request, { rehearsal: true })
      : await rotate(session, preflight, { ...request, purpose: 'rotate' }, await workspace.environment());
    return { basis, result: resultForWindow(session.id, { from, to }, rehearsal, outcome) };
  };

  return {
    async 'rotation.state'({ environment }) {
      using workspace = await workspaces.open(environment);
      return stateOf(workspace, memory);
    },

    async 'rotation.preflight'({ environment, excluded, accepted }, work) {
      using workspace = await workspaces.open(environment);
      const database = await workspace.database();
      const { from, to } = await loadPlannedKeys(workspace);
      using _from = from;
      using _to = to;
      const taken = acceptedStops(accepted);
      work.progress('looking at the server', 0);
      await using session = await openSession(database.open);
      const { findings } = await runPreflight(session, {
        inventory: inventoryOf(workspace),
        keys: {
          from,
          to,
          toMayBePresent: taken.includes('half-rotated'),
          takeAmbiguousAsFrom: taken.includes('ambiguous-rows'),
        },
        excluded,
        accepted: taken,
        signal: work.signal,
      });
      const told = findingsForWindow(findings);
      const basis = basisOf(workspace, { from: from.fingerprint, to: to.fingerprint }, excluded);
      memory.keepPreflight(environment, basis, told, taken);
      return { findings: told };
    },

    async 'rotation.rehearse'({ environment, excluded, accepted }, work) {
      using workspace = await workspaces.open(environment);
      const { basis, result } = await run(workspace, { excluded, accepted, rehearsal: true }, work);
      memory.keepRehearsal(environment, basis, result);
      await note({
        environment,
        action: 'rotation rehearsed',
        detail: `${result.rows} rows, writers would wait ${result.lockMs} ms; rolled back`,
        outcome: 'done',
        fingerprint: result.to,
      });
      return result;
    },

    async 'rotation.rotate'({ environment, excluded, accepted, confirmation }, work) {
      using workspace = await workspaces.open(environment);
      assertConfirmed(workspace, confirmation);
      try {
        const { result } = await run(workspace, { excluded, accepted, rehearsal: false }, work);
        await workspace.change({ lastResult: result, excluded });
        memory.forget(environment);
        await note({
          environment,
          action: 'key rotated',
          detail: `${result.from} to ${result.to}: ${result.rows} rows, compared before commit`,
          outcome: 'done',
          fingerprint: result.to,
        });
        return result;
      } catch (error) {
        const code = error instanceof KeelError ? error.code : 'internal';
        await note({ environment, action: 'rotation not done', detail: code, outcome: 'failed' });
        throw error;
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
    from && to
      ? memory.recall(
          workspace.id,
          basisOf(workspace, { from: from.fingerprint, to: to.fingerprint }, settings.excluded),
        )
      : {};
  const last = lastCommitted(records);
  return {
    ...(from && { from: from.fingerprint }),
    ...(to && { to: to.fingerprint }),
    backupProven: (to?.proofs.length ?? 0) > 0,
    ...kept,
    ...(last && { last: committedForWindow(last, settings) }),
    ...(open && { unsettled: { id: open.id, at: open.history.at(-1)?.at ?? settings.addedAt } }),
    confirmation: settings.name,
    canUndo: last !== undefined && !open,
  };
}
