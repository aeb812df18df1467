import type { KeyMemory } from '#contract/key-ring';
import { KeelError } from '#errors/keel-error';
import { stateDumps } from '#keyring/dump-statement';
import { copiesOf } from '#keyring/key-copies';
import type { KeyEntry, KeyRingState } from '#keyring/key-entry';
import { dumpPeriods, isReleased, neededUntil } from '#keyring/key-memory';
import { rotationsNeeding } from '#records/key-needs';
import type { RotationRecord } from '#records/rotation-record';
import { destroyKey } from '#keys/use-cases/destroy';
import type { Implementations } from './implementations.ts';
import { noteEffect, type NoteActivity } from './note-activity.ts';
import { inWindowWords } from './window-words.ts';
import { windowAudit, windowContext } from './window-context.ts';
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
}: KeyMemoryPorts): Pick<Implementations, `keyring.${'memory' | 'stateDumps' | 'destroy'}`> {
  return {
    async 'keyring.memory'({ environment }) {
      using workspace = await workspaces.open(environment);
      const ring = await workspace.readRing();
      const records = await workspace.records.list();
      return {
        ...(ring.dumps && { dumps: ring.dumps }),
        keys: ring.keys.map((key) => memoryOf(key, ring, records)),
      };
    },

    async 'keyring.stateDumps'({ environment, noneBefore }) {
      using workspace = await workspaces.open(environment);
      await stateDumps(workspace.folder, noneBefore === undefined ? undefined : new Date(noneBefore));
      const detail = noneBefore ? `none begun before ${noneBefore} exists` : 'the statement was withdrawn';
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
      try {
        const { entry, left } = await destroyKey(
          workspace,
          { fingerprint, accepted },
          windowContext({ audit: windowAudit(note) }),
        );
        return { destroyedAt: entry.destroyedAt ?? new Date().toISOString(), left: [...left] };
      } finally {
        changed();
      }
    },
  };
}

function memoryOf(key: KeyEntry, ring: KeyRingState, records: readonly RotationRecord[]): KeyMemory {
  const { fingerprint, state, heldIn, destroyingSince, destroyedAt } = key;
  const until = neededUntil(key);
  const needs = state === 'destroyed' ? [] : rotationsNeeding(records, fingerprint);
  return {
    fingerprint,
    opens: dumpPeriods(ring, key),
    ...(until !== undefined && { neededUntil: until }),
    released: state !== 'active' && isReleased(key, ring.dumps),
    reasons: needs.map(({ code, message, remedy, acceptable }) => ({
      code,
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
