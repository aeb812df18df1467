import type { RotationState } from '#contract/rotation';
import type { Inventory } from '#contract/inventory';
import { carryIvProofs, readIvProofs } from '#environments/iv-proofs';
import { KeelError } from '#errors/keel-error';
import { assertNoStops } from '#rewrite/finding';
import { type Preflight, runPreflight } from '#rotation/preflight';
import { rotate } from '#rotation/rotate';
import { isUnsettled } from '#rotation/rotation-state';
import { type RunRequest, runRotation } from '#rotation/run';
import { openSession, type RewriteSession } from '#rewrite/session';
import { committedForWindow, lastCommitted } from './committed-rotation.ts';
import type { Implementations, Work } from './implementations.ts';
import {
  acceptedStops,
  assertConfirmed,
  findingsForWindow,
  loadPlannedKeys,
  plannedKeys,
  reportTo,
  resultForWindow,
  subjectOf,
} from './rotation-plan.ts';
import { type EndingPorts, endingTold, rememberCommitted } from './run-ending.ts';
import type { Basis, WizardMemory } from './wizard-memory.ts';
import type { Workspace, Workspaces } from './workspaces.ts';

export interface RotationPorts extends EndingPorts {
  readonly workspaces: Workspaces;
  readonly memory: WizardMemory;
}

type Names = `rotation.${'state' | 'preflight' | 'rehearse' | 'rotate'}`;

/** How long the cutover waits for the tables' lock, in milliseconds. */
export const lockTimeoutMs = 5_000;

/** The way to a new key. Every guard of the wizard stands here too, since the window is not trusted. */
export function rotationProcedures(ports: RotationPorts): Pick<Implementations, Names> {
  const { workspaces, memory, note } = ports;

  /** Looks at everything over one session, keeps what was found, and hands both on. */
  const afterPreflight = async <T>(
    workspace: Workspace,
    options: {
      readonly excluded: string[];
      readonly accepted: string[];
      readonly left: string[];
      readonly rehearsal: boolean;
    },
    work: Work,
    next: (prepared: Prepared) => Promise<T>,
  ): Promise<T> => {
    const { excluded, left, rehearsal } = options;
    const accepted = acceptedStops(options.accepted);
    const database = await workspace.database();
    const { from, to } = await loadPlannedKeys(workspace);
    using _from = from;
    using _to = to;
    const basis = { ...subjectOf(workspace, { from, to }, excluded), accepted, left };
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
      left,
      ivProofs: await readIvProofs(workspace.folder),
      onCensus: (read: number, total: number) =>
        work.progress('reading every cell of the database', read, total),
      lockTimeoutMs,
      onProgress: reportTo(work, rehearsal),
      signal: work.signal,
    };
    work.progress('looking at the server', 0);
    await using session = await openSession(database.open);
    const preflight = await runPreflight(session, request);
    memory.keepPreflight(workspace.id, basis, findingsForWindow(preflight.findings));
    return await next({ session, preflight, request, basis });
  };

  return {
    async 'rotation.state'({ environment }) {
      using workspace = await workspaces.open(environment);
      return await stateOf(workspace, memory);
    },

    async 'rotation.preflight'({ environment, excluded, accepted, left = [] }, work) {
      using workspace = await workspaces.open(environment);
      const options = { excluded, accepted, left, rehearsal: true };
      return await afterPreflight(workspace, options, work, async ({ preflight }) => ({
        findings: findingsForWindow(preflight.findings),
      }));
    },

    async 'rotation.rehearse'({ environment, excluded, accepted, left = [] }, work) {
      using workspace = await workspaces.open(environment);
      const options = { excluded, accepted, left, rehearsal: true };
      const result = await afterPreflight(
        workspace,
        options,
        work,
        async ({ session, preflight, request, basis }) => {
          assertNoStops(preflight.findings);
          const outcome = await runRotation(session, preflight, request, { rehearsal: true });
          const rehearsed = resultForWindow(session.id, request.keys, true, outcome);
          memory.keepRehearsal(environment, basis, rehearsed);
          return rehearsed;
        },
      );
      await note({
        environment,
        action: 'rotation rehearsed',
        detail: `${result.rows} rows, writers would wait ${result.lockMs} ms; rolled back`,
        outcome: 'done',
        fingerprint: result.to,
      });
      return result;
    },

    async 'rotation.rotate'({ environment, excluded, accepted, left = [], confirmation }, work) {
      using workspace = await workspaces.open(environment);
      assertConfirmed(workspace, confirmation);
      const options = { excluded, accepted, left, rehearsal: false };
      return await endingTold(ports, { environment, run: 'rotation' }, async () => {
        const result = await afterPreflight(
          workspace,
          options,
          work,
          async ({ session, preflight, request, basis }) => {
            memory.assertRehearsed(environment, basis);
            assertNoStops(preflight.findings);
            const services = await workspace.environment();
            const outcome = await rotate(session, preflight, { ...request, purpose: 'rotate' }, services);
            const { from, to } = request.keys;
            await carryIvProofs(workspace.folder, from.fingerprint, to.fingerprint);
            return resultForWindow(session.id, request.keys, false, outcome);
          },
        );
        memory.forget(environment);
        await rememberCommitted(workspace, note, { result, excluded }, 'key rotated');
        return result;
      });
    },
  };
}

/** A session, what preflight found over it, and the request that follows. */
interface Prepared {
  readonly session: RewriteSession;
  readonly preflight: Preflight;
  readonly request: RunRequest;
  readonly basis: Basis;
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
    confirmation: settings.name,
    canUndo: last !== undefined && !open,
  };
}
