import type { KeyMemory } from '#contract/key-ring';
import { KeelError } from '#errors/keel-error';
import { copiesOf } from '#keyring/key-copies';
import type { KeyEntry, KeyRingState } from '#keyring/key-entry';
import { dumpPeriods, isReleased, neededUntil } from '#keyring/key-memory';
import type { KeyNeed } from '#rotation/key-needs';
import { assertMayDestroy, destroyKey, reasonsToKeep, stateDumpsOf } from '../compose-keys.ts';
import { completeOf, membersToSearch, takeCensuses } from '../compose-census.ts';
import { loadRing } from './census.ts';
import { membersOf } from './fleet-plan.ts';
import type { Implementations } from './implementations.ts';
import { noteEffect, type NoteActivity } from './note-activity.ts';
import { inWindowWords } from './window-words.ts';
import type { Workspaces } from './workspaces.ts';

export interface KeyMemoryPorts {
  readonly workspaces: Workspaces;
  readonly note: NoteActivity;
  readonly changed: () => void;
}

/** Which key opens which dumps, what was stated of dumps, and the end of a key. */
export function keyMemoryProcedures({
  workspaces,
  note,
  changed,
}: KeyMemoryPorts): Pick<Implementations, `keyring.${'memory' | 'search' | 'stateDumps' | 'destroy'}`> {
  return {
    async 'keyring.memory'({ environment }) {
      using workspace = await workspaces.open(environment);
      const ring = await workspace.readRing();
      const keys: KeyMemory[] = [];
      for (const key of ring.keys)
        keys.push(memoryOf(key, ring, await reasonsToKeep(workspace.folder, key.fingerprint)));
      return { ...(ring.dumps && { dumps: ring.dumps }), keys };
    },

    async 'keyring.search'({ environment }, { signal, progress }) {
      using workspace = await workspaces.open(environment);
      const { folder, settings } = workspace;
      const names = await membersToSearch(folder, settings.address.database);
      const members = membersOf(await workspace.database(), names);
      const keys = await loadRing(await workspace.environment());
      try {
        const taken = await takeCensuses(members, {
          folder,
          keys,
          columns: settings.inventory,
          limit: atOnce,
          signal,
          onEnded: (ended) => progress('searching databases', ended, members.length),
        });
        if (signal.aborted) {
          throw new KeelError(
            'cancelled',
            'cancelled; the censuses that had come to their end are kept',
            'start it again when you like',
          );
        }
        const complete = completeOf(taken);
        await noteEffect(note, {
          environment,
          action: 'fleet census taken',
          detail: `${complete} of ${taken.length} databases read throughout, with nothing under a key beside the inventory`,
          outcome: complete === taken.length ? 'done' : 'failed',
        });
        changed();
        const failed = taken.flatMap((one) =>
          'failure' in one
            ? {
                name: one.name,
                message: inWindowWords(one.failure.message),
                remedy: inWindowWords(one.failure.remedy),
              }
            : [],
        );
        return { databases: taken.length, complete, failed };
      } finally {
        for (const key of keys) key[Symbol.dispose]();
      }
    },

    async 'keyring.stateDumps'({ environment, noneBefore, accepted = [] }) {
      using workspace = await workspaces.open(environment);
      await stateDumpsOf(
        workspace.folder,
        noneBefore === undefined ? undefined : new Date(noneBefore),
        accepted,
      );
      const detail = noneBefore
        ? `none begun before ${noneBefore} exists${acceptedWords(accepted)}`
        : 'the statement was withdrawn';
      await noteEffect(note, { environment, action: 'dumps stated', detail, outcome: 'done' });
      changed();
      return {};
    },

    async 'keyring.destroy'({ environment, fingerprint, typed, accepted }) {
      if (typed.trim() !== fingerprint) {
        throw new KeelError(
          'confirmation-missing',
          'what was typed is not the fingerprint of the key; nothing was destroyed',
          'type the fingerprint in full, as it stands above',
        );
      }
      using workspace = await workspaces.open(environment);
      const opened = await workspace.environment();
      // what stands against it is told before anything is noted
      await assertMayDestroy(workspace.folder, fingerprint, accepted);
      const takenOn = acceptedWords(accepted);
      const entry = { environment, fingerprint };
      // what cannot be noted is not begun
      await note({
        ...entry,
        action: 'destroying a key begun',
        detail: `by its fingerprint${takenOn}`,
        outcome: 'done',
      });
      try {
        const gone = await destroyKey(opened, fingerprint, accepted);
        const detail = `it is in its store no more${takenOn}`;
        await noteEffect(note, { ...entry, action: 'key destroyed', detail, outcome: 'done' });
        return {
          destroyedAt: gone.destroyedAt ?? new Date().toISOString(),
          left: copiesOf(gone).map(({ what }) => what),
        };
      } catch (error) {
        const detail = error instanceof KeelError ? error.code : 'internal';
        await noteEffect(note, { ...entry, action: 'destroying a key broke off', detail, outcome: 'failed' });
        throw error;
      } finally {
        changed();
      }
    },
  };
}

/** Each holds one connection. */
const atOnce = 4;

function acceptedWords(accepted: readonly string[]): string {
  return accepted.length > 0 ? `, accepted: ${accepted.join(', ')}` : '';
}

function memoryOf(key: KeyEntry, ring: KeyRingState, needs: readonly KeyNeed[]): KeyMemory {
  const { fingerprint, state, heldIn, destroyingSince, destroyedAt } = key;
  const until = neededUntil(key);
  return {
    fingerprint,
    state,
    opens: dumpPeriods(ring, key),
    ...(until !== undefined && { neededUntil: until }),
    released: state !== 'active' && isReleased(key, ring.dumps),
    reasons: needs.map(({ code, accept, message, remedy, acceptable }) => ({
      code,
      accept,
      message: inWindowWords(message),
      remedy: inWindowWords(remedy),
      acceptable,
    })),
    ...(typeof heldIn === 'object' ? { place: 'own-file', ownFile: heldIn.ownFile } : { place: heldIn }),
    ...(destroyingSince && { destroyingSince }),
    ...(destroyedAt && state === 'destroyed' && { destroyedAt }),
    left: copiesOf(key).map(({ what }) => what),
  };
}
