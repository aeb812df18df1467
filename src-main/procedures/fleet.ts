import { KeelError } from '#errors/keel-error';
import { type FleetRecord, fleetRecordFor, readFleetRecord, writeFleetRecord } from '#fleet/fleet-record';
import { inParallel } from '#fleet/in-parallel';
import { databasesLike, proveMember, rotateFleet } from '../compose-fleet.ts';
import { loadActiveKey } from './active-key.ts';
import { keysOfFleet, loadFleetKeys, membersOf, proofForWindow, runForWindow } from './fleet-plan.ts';
import { createFleetRehearsals } from './fleet-rehearsals.ts';
import type { Implementations } from './implementations.ts';
import { noteEffect } from './note-activity.ts';
import { inventoryOf, lockTimeoutMs } from './rotation.ts';
import { acceptedStops, assertConfirmed, subjectOf } from './rotation-plan.ts';
import { type EndingPorts, endingTold } from './run-ending.ts';
import type { Workspaces } from './workspaces.ts';

export interface FleetPorts extends EndingPorts {
  readonly workspaces: Workspaces;
}

type Names = `fleet.${'state' | 'list' | 'prove' | 'rotate'}`;

/** Each rotation holds two connections and locks only its own tables. */
const atOnce = 4;

/** One job over many databases of the server of an environment. Every guard stands here, since the window is not trusted. */
export function fleetProcedures(ports: FleetPorts): Pick<Implementations, Names> {
  const { workspaces, note } = ports;
  const rehearsals = createFleetRehearsals();
  /** Environments whose record is being written. */
  const running = new Set<string>();

  return {
    async 'fleet.state'({ environment }) {
      using workspace = await workspaces.open(environment);
      const { settings, folder } = workspace;
      const record = await readFleetRecord(folder);
      const { from, to } = keysOfFleet((await workspace.readRing()).keys, unfinishedOf(record));
      const rehearsed =
        from && to
          ? rehearsals.rehearsed(environment, subjectOf(workspace, { from, to }, settings.excluded))
          : [];
      return {
        ...(from && { from: from.fingerprint }),
        ...(to && { to: to.fingerprint }),
        backupProven: (to?.proofs.length ?? 0) > 0,
        rehearsed,
        ...(record && { record: runForWindow(record, false, settings.inventory) }),
        confirmation: settings.name,
      };
    },

    async 'fleet.list'({ environment, like }) {
      using workspace = await workspaces.open(environment);
      return { databases: await databasesLike(await workspace.database(), like) };
    },

    async 'fleet.prove'({ environment, databases }, { signal, progress }) {
      using workspace = await workspaces.open(environment);
      const { columns } = inventoryOf(workspace);
      const members = membersOf(await workspace.database(), databases);
      using key = await loadActiveKey(workspace);
      const request = { key, columns, excluded: workspace.settings.excluded, signal };
      let ended = 0;
      progress('proving databases', 0, members.length);
      const outcomes = await inParallel(members, { limit: atOnce, signal }, async (member) => {
        try {
          return await proveMember(member, request);
        } finally {
          ended += 1;
          progress('proving databases', ended, members.length);
        }
      });
      if (signal.aborted)
        throw new KeelError('cancelled', 'cancelled; nothing was changed', 'start it again when you like');
      const told = members.map(({ name }, at) => proofForWindow(name, outcomes[at]));
      const right = told.filter(({ verdict }) => verdict === 'correct').length;
      await noteEffect(note, {
        environment,
        action: 'fleet proven',
        detail: `the key opens ${right} of ${told.length} databases`,
        outcome: right === told.length ? 'done' : 'failed',
        fingerprint: key.fingerprint,
      });
      return { fingerprint: key.fingerprint, databases: told };
    },

    async 'fleet.rotate'({ environment, databases, rehearse, confirmation, ...request }, work) {
      if (running.has(environment)) throw alreadyRunning();
      running.add(environment);
      try {
        using workspace = await workspaces.open(environment);
        if (!rehearse) assertConfirmed(workspace, confirmation);
        const accepted = acceptedStops(request.accepted);
        const { folder, settings } = workspace;
        const { columns } = inventoryOf(workspace);
        const members = membersOf(await workspace.database(), databases);
        const unfinished = unfinishedOf(await readFleetRecord(folder));
        const { from, to } = await loadFleetKeys(workspace, unfinished);
        using _from = from;
        using _to = to;
        const keys = { from: from.fingerprint, to: to.fingerprint };
        const begun = fleetRecordFor(
          members.map(({ name }) => name),
          keys,
          unfinished,
        );
        const over = new Set(begun.databases.filter(({ state }) => state === 'done').map(({ name }) => name));
        const left = members.filter(({ name }) => !over.has(name));
        const names = left.map(({ name }) => name);
        const subject = subjectOf(workspace, { from, to }, settings.excluded);
        if (!rehearse) rehearsals.assertRehearsed(environment, subject, names);
        const { keyRing } = await workspace.environment();
        const step = rehearse ? 'rehearsing databases' : 'rotating databases';
        return await endingTold(ports, { environment, run: 'rotation' }, async () => {
          if (!rehearse) await writeFleetRecord(folder, begun);
          const record = await rotateFleet(left, begun, {
            folder,
            columns,
            excluded: settings.excluded,
            accepted,
            lockTimeoutMs,
            keys: { from, to },
            keyRing,
            rehearsal: rehearse,
            limit: atOnce,
            signal: work.signal,
            onEnded: (ended) => work.progress(step, ended, left.length),
          });
          const ended = record.databases.filter(({ name }) => names.includes(name));
          const of = (state: string) => ended.filter((one) => one.state === state).length;
          if (rehearse && !work.signal.aborted) rehearsals.keep(environment, subject, names);
          await noteEffect(note, {
            environment,
            action: rehearse ? 'fleet rehearsed' : 'fleet rotated',
            detail: `${of('done')} of ${ended.length} databases ${rehearse ? 'done and rolled back' : `under ${to.fingerprint}`}, ${of('failed')} failed`,
            outcome: of('done') === ended.length ? 'done' : 'failed',
            fingerprint: to.fingerprint,
          });
          if (work.signal.aborted) throw calledOff(of('done'), rehearse);
          return runForWindow(rehearse ? { ...record, databases: ended } : record, rehearse, columns);
        });
      } finally {
        running.delete(environment);
      }
    },
  };
}

function unfinishedOf(record: FleetRecord | undefined): FleetRecord | undefined {
  return record?.finishedAt === undefined ? record : undefined;
}

function alreadyRunning(): KeelError {
  return new KeelError(
    'rotation-running',
    'a rotation of this fleet is under way; nothing was begun',
    'wait until it is done, or cancel it',
  );
}

function calledOff(done: number, rehearsal: boolean): KeelError {
  if (rehearsal)
    return new KeelError('cancelled', 'cancelled; nothing was changed', 'rehearse again when you like');
  return new KeelError(
    'cancelled',
    `cancelled: ${done} databases went over and stay so, what was begun was rolled back`,
    'run what is left when you like',
  );
}
