import { KeelError } from '#errors/keel-error';
import { databasesLike } from '#fleet/members';
import { giveUp } from '#fleet/use-cases/give-up';
import { proveFleet } from '#fleet/use-cases/prove';
import { recoverFleet } from '#fleet/use-cases/recover';
import { plannedFleetKeys, rotateFleet } from '#fleet/use-cases/rotate';
import { sweepFleet } from '#fleet/use-cases/sweep';
import { undoFleet } from '#fleet/use-cases/undo';
import { readFleetRecord, unfinishedOf } from '#records/fleet-record';
import { loadActiveKey } from '#workspace/ring-keys';
import type { Ports } from '#procedures/ports';
import { outcomesForWindow, proofForWindow, runForWindow } from './plan.ts';
import { createFleetRehearsals } from './rehearsals.ts';
import { confirmWith } from '#procedures/consent/confirm-with';
import type { Implementations, Work } from '#procedures/implementations';
import { inventoryOf, lockTimeoutMs } from '#procedures/rotation/procedures';
import { acceptedStops, fingerprintsOf, subjectOf } from '#procedures/rotation/plan';
import { windowAudit, windowContext } from '#procedures/window-context';
import { formatCount } from '#shared/counted';

export type FleetPorts = Pick<Ports, 'workspaces' | 'note' | 'changed'>;

type Names = `fleet.${'state' | 'list' | 'prove' | 'rotate' | 'undo' | 'sweep' | 'recover' | 'giveUp'}`;

/** Each rotation holds two connections and locks only its own tables. */
const atOnce = 4;

/** One job over many databases of the server of an environment. Every guard is here, since the window is not trusted. */
export function fleetProcedures({ workspaces, note, changed }: FleetPorts): Pick<Implementations, Names> {
  const rehearsals = createFleetRehearsals();
  const audit = windowAudit(note);

  /** Works on every database that is on record here. */
  const onRecorded = async (
    use: typeof sweepFleet | typeof recoverFleet,
    { environment, step }: { readonly environment: string; readonly step: string },
    work: Work,
  ) => {
    using workspace = await workspaces.open(environment, work);
    try {
      const context = windowContext<'fleet'>({ audit, signal: work.signal, onProgress: shown(work, step) });
      const outcomes = await use(workspace, { limit: atOnce }, context);
      if (work.signal.aborted) throw calledOff();
      return outcomesForWindow(outcomes);
    } finally {
      changed();
    }
  };

  return {
    async 'fleet.state'({ environment }) {
      using workspace = await workspaces.open(environment);
      const { settings, folder } = workspace;
      const record = await readFleetRecord(folder);
      const { from, to } = plannedFleetKeys((await workspace.readRing()).keys, unfinishedOf(record));
      const rehearsed =
        from && to
          ? rehearsals.rehearsed(
              environment,
              subjectOf(workspace, fingerprintsOf({ from, to }), settings.excluded),
            )
          : [];
      return {
        ...(from && { from: from.fingerprint }),
        ...(to && { to: to.fingerprint }),
        backupProven: (to?.proofs.length ?? 0) > 0,
        rehearsed,
        ...(record && { record: runForWindow(record, false, settings.inventory) }),
      };
    },

    async 'fleet.list'({ environment, like }) {
      using workspace = await workspaces.open(environment);
      const { names } = await databasesLike(await workspace.database(), like);
      return { databases: [...names] };
    },

    async 'fleet.prove'({ environment, databases }, { signal, progress }) {
      using workspace = await workspaces.open(environment, { signal });
      inventoryOf(workspace);
      using key = await loadActiveKey(workspace);
      const proofs = await proveFleet(
        workspace,
        { key, databases, excluded: workspace.settings.excluded, limit: atOnce },
        windowContext({
          audit,
          signal,
          onProgress: ({ done, total }) => progress('proving databases', done, total),
        }),
      );
      const reports = proofs.map(({ name, outcome }) => proofForWindow(name, outcome));
      return { fingerprint: key.fingerprint, databases: reports };
    },

    'fleet.sweep': ({ environment }, work) =>
      onRecorded(sweepFleet, { environment, step: 'sweeping databases' }, work),

    'fleet.recover': ({ environment }, work) =>
      onRecorded(recoverFleet, { environment, step: 'recovering databases' }, work),

    async 'fleet.undo'({ environment, accepted }, work) {
      using workspace = await workspaces.open(environment, work);
      try {
        await undoFleet(
          workspace,
          { accepted: acceptedStops(accepted), lockTimeoutMs, limit: atOnce },
          windowContext({
            audit,
            confirm: confirmWith(work.consent, workspace),
            signal: work.signal,
            onProgress: shown(work, 'undoing databases'),
          }),
        );
        const record = await readFleetRecord(workspace.folder);
        if (!record) throw new Error('an undone fleet is on record');
        if (work.signal.aborted) throw undoCalledOff(record.databases.filter(isDone).length);
        return runForWindow(record, false, workspace.settings.inventory);
      } finally {
        changed();
      }
    },

    async 'fleet.giveUp'({ environment, databases, withdraw }) {
      using workspace = await workspaces.open(environment);
      await giveUp(workspace, { databases, withdraw }, { audit });
      changed();
      return {};
    },

    async 'fleet.rotate'({ environment, databases, rehearse, ...request }, work) {
      using workspace = await workspaces.open(environment, work);
      const { settings } = workspace;
      inventoryOf(workspace);
      const accepted = acceptedStops(request.accepted);
      const step = rehearse ? 'rehearsing databases' : 'rotating databases';
      let keep = (_worked: readonly string[]) => {};
      try {
        const { record, worked, cancelled } = await rotateFleet(
          workspace,
          {
            databases,
            excluded: settings.excluded,
            accepted,
            lockTimeoutMs,
            rehearsal: rehearse,
            limit: atOnce,
            onPlan({ from, to, left }) {
              const basis = { ...subjectOf(workspace, { from, to }, settings.excluded), accepted };
              keep = (names) => rehearsals.keep(environment, basis, names);
              if (!rehearse) rehearsals.assertRehearsed(environment, basis, left);
            },
          },
          windowContext({
            audit,
            confirm: confirmWith(work.consent, workspace),
            signal: work.signal,
            onProgress: shown(work, step),
          }),
        );
        const ended = record.databases.filter(({ name }) => worked.includes(name));
        if (cancelled) throw rehearse ? calledOff() : rotationCalledOff(ended.filter(isDone).length);
        if (rehearse) keep(worked);
        return runForWindow(
          rehearse ? { ...record, databases: ended } : record,
          rehearse,
          settings.inventory,
        );
      } finally {
        changed();
      }
    },
  };
}

/** Tells the window how many databases have come to an end. */
function shown({ progress }: Pick<Work, 'progress'>, step: string) {
  return ({ done, total }: { readonly done: number; readonly total?: number }) => progress(step, done, total);
}

function isDone({ state }: { readonly state: string }): boolean {
  return state === 'done';
}

function calledOff(): KeelError {
  return new KeelError('cancelled', 'cancelled; nothing was changed', 'start it again when you are ready');
}

function rotationCalledOff(done: number): KeelError {
  return new KeelError(
    'cancelled',
    `cancelled: ${formatCount(done)} databases were rotated and stay so; those in progress were rolled back`,
    'run the rest when you are ready',
  );
}

function undoCalledOff(done: number): KeelError {
  return new KeelError(
    'cancelled',
    `cancelled: ${formatCount(done)} databases are encrypted with the previous key again and stay so; those in progress were rolled back`,
    'continue the undo when you are ready',
  );
}
