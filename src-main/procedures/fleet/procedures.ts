import { KeelError } from '#errors/keel-error';
import { databasesLike } from '#fleet/members';
import { giveUp } from '#fleet/use-cases/give-up';
import { proveFleet } from '#fleet/use-cases/prove';
import { plannedFleetKeys, rotateFleet } from '#fleet/use-cases/rotate';
import { readFleetRecord, unfinishedOf } from '#records/fleet-record';
import { loadActiveKey } from '#workspace/ring-keys';
import type { Ports } from '#procedures/ports';
import { proofForWindow, runForWindow } from './plan.ts';
import { createFleetRehearsals } from './rehearsals.ts';
import { confirmWith } from '#procedures/consent/confirm-with';
import type { Implementations } from '#procedures/implementations';
import { inventoryOf, lockTimeoutMs } from '#procedures/rotation/procedures';
import { acceptedStops, fingerprintsOf, subjectOf } from '#procedures/rotation/plan';
import { windowAudit, windowContext } from '#procedures/window-context';
import { formatCount } from '#shared/counted';

export type FleetPorts = Pick<Ports, 'workspaces' | 'note' | 'changed'>;

type Names = `fleet.${'state' | 'list' | 'prove' | 'rotate' | 'giveUp'}`;

/** Each rotation holds two connections and locks only its own tables. */
const atOnce = 4;

/** One job over many databases of the server of an environment. Every guard stands here, since the window is not trusted. */
export function fleetProcedures({ workspaces, note, changed }: FleetPorts): Pick<Implementations, Names> {
  const rehearsals = createFleetRehearsals();

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
      const { columns } = inventoryOf(workspace);
      using key = await loadActiveKey(workspace);
      const proofs = await proveFleet(
        workspace,
        { key, databases, columns, excluded: workspace.settings.excluded, limit: atOnce },
        windowContext({
          audit: windowAudit(note),
          signal,
          onProgress: ({ done, total }) => progress('proving databases', done, total),
        }),
      );
      const reports = proofs.map(({ name, outcome }) => proofForWindow(name, outcome));
      return { fingerprint: key.fingerprint, databases: reports };
    },

    async 'fleet.giveUp'({ environment, databases, withdraw }) {
      using workspace = await workspaces.open(environment);
      await giveUp(workspace, { databases, withdraw }, { audit: windowAudit(note) });
      changed();
      return {};
    },

    async 'fleet.rotate'({ environment, databases, rehearse, ...request }, work) {
      using workspace = await workspaces.open(environment, work);
      const { settings } = workspace;
      inventoryOf(workspace);
      const step = rehearse ? 'rehearsing databases' : 'rotating databases';
      let keep = (_worked: readonly string[]) => {};
      try {
        const { record, worked, cancelled } = await rotateFleet(
          workspace,
          {
            databases,
            excluded: settings.excluded,
            accepted: acceptedStops(request.accepted),
            lockTimeoutMs,
            rehearsal: rehearse,
            limit: atOnce,
            onPlan({ from, to, left }) {
              const subject = subjectOf(workspace, { from, to }, settings.excluded);
              keep = (names) => rehearsals.keep(environment, subject, names);
              if (!rehearse) rehearsals.assertRehearsed(environment, subject, left);
            },
          },
          windowContext({
            audit: windowAudit(note),
            confirm: confirmWith(work.consent, workspace),
            signal: work.signal,
            onProgress: ({ done, total }) => work.progress(step, done, total),
          }),
        );
        const ended = record.databases.filter(({ name }) => worked.includes(name));
        if (cancelled) throw calledOff(ended.filter(({ state }) => state === 'done').length, rehearse);
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

function calledOff(done: number, rehearsal: boolean): KeelError {
  if (rehearsal)
    return new KeelError('cancelled', 'cancelled; nothing was changed', 'rehearse again when you are ready');
  return new KeelError(
    'cancelled',
    `cancelled: ${formatCount(done)} databases were rotated and stay so; those in progress were rolled back`,
    'run the rest when you are ready',
  );
}
