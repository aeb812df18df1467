import type { KeyMemory } from '#contract/key-ring';
import { takeFleetCensus } from '#fleet/use-cases/census';
import { copiesOf } from '#keyring/key-copies';
import type { KeyEntry, KeyRingState } from '#keyring/key-entry';
import { dumpPeriods, isNeverUsed, isReleased, neededUntil } from '#keyring/key-memory';
import { reasonsToKeep } from '#keys/keep-reasons';
import { destroyKey } from '#keys/use-cases/destroy';
import { stateDumps } from '#keys/use-cases/state-dumps';
import type { KeyNeed } from '#records/key-needs';
import { confirmWith } from '#procedures/consent/confirm-with';
import { loadKeptKeys } from '#workspace/ring-keys';
import type { Implementations } from '#procedures/implementations';
import type { Ports } from '#procedures/ports';
import { windowAudit, windowContext } from '#procedures/window-context';
import { inWindowWords } from '#procedures/act-text';

export type KeyMemoryPorts = Pick<Ports, 'workspaces' | 'note' | 'changed'>;

/** Which key opens which dumps, what was stated of dumps, and the end of a key. */
export function keyMemoryProcedures({
  workspaces,
  note,
  changed,
}: KeyMemoryPorts): Pick<Implementations, `keyring.${'memory' | 'search' | 'stateDumps' | 'destroy'}`> {
  const audit = windowAudit(note);
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
      using workspace = await workspaces.open(environment, { signal });
      const keys = await loadKeptKeys(workspace);
      try {
        const { members, complete } = await takeFleetCensus(
          workspace,
          { keys, limit: atOnce },
          windowContext({
            audit,
            signal,
            onProgress: ({ done, total }) => progress('searching databases', done, total),
          }),
        );
        const failed = members.flatMap((one) =>
          'failure' in one
            ? {
                name: one.name,
                message: one.failure.message,
                remedy: inWindowWords(one.failure.remedy),
              }
            : [],
        );
        return { databases: members.length, complete, failed };
      } finally {
        for (const key of keys) key[Symbol.dispose]();
        changed();
      }
    },

    async 'keyring.stateDumps'({ environment, noneBefore, accepted = [] }, { consent }) {
      using workspace = await workspaces.open(environment);
      const time = noneBefore === undefined ? undefined : new Date(noneBefore);
      const confirm = confirmWith(consent, workspace);
      await stateDumps(workspace, { noneBefore: time, accepted }, { audit, confirm });
      changed();
      return {};
    },

    async 'keyring.destroy'({ environment, fingerprint, accepted }, { consent }) {
      using workspace = await workspaces.open(environment);
      try {
        const { entry, left } = await destroyKey(
          workspace,
          { fingerprint, accepted },
          windowContext({ audit, confirm: confirmWith(consent, workspace) }),
        );
        return { destroyedAt: entry.destroyedAt ?? new Date().toISOString(), left: [...left] };
      } finally {
        changed();
      }
    },
  };
}

/** Each holds one connection. */
const atOnce = 4;

function memoryOf(key: KeyEntry, ring: KeyRingState, needs: readonly KeyNeed[]): KeyMemory {
  const { fingerprint, state, heldIn, destroyingSince, destroyedAt } = key;
  const until = neededUntil(key);
  return {
    fingerprint,
    state,
    opens: dumpPeriods(ring, key),
    ...(until !== undefined && { neededUntil: until }),
    released: state !== 'active' && isReleased(key, ring.dumps),
    neverUsed: isNeverUsed(ring, key),
    reasons: needs.map(({ code, accept, message, remedy, acceptable }) => ({
      code,
      accept,
      message,
      remedy: inWindowWords(remedy),
      acceptable,
    })),
    ...(typeof heldIn === 'object' ? { place: 'own-file', ownFile: heldIn.ownFile } : { place: heldIn }),
    ...(destroyingSince && { destroyingSince }),
    ...(destroyedAt && state === 'destroyed' && { destroyedAt }),
    left: copiesOf(key).map(({ what }) => what),
  };
}
