import { assertHandChosen, openGiven, restoredFrom } from '#procedures/backup/given-artefact';
import type { Implementations } from '#procedures/implementations';
import type { Ports } from '#procedures/ports';
import { copyKey, type CopyKeyPorts } from './copy-key.ts';
import { whoseKey } from './known-keys.ts';
import { isWeak, type RestoredKeyMemory } from './restored-key.ts';

export interface RestoredPorts extends CopyKeyPorts, Pick<Ports, 'workspaces' | 'assertChosen'> {
  readonly restored: RestoredKeyMemory;
}

/** A key from its backup alone: on a new machine there is neither a database to check it against nor a ring to keep it in. */
export function restoredProcedures(
  ports: RestoredPorts,
): Pick<Implementations, `restored.${'open' | 'state' | 'copy' | 'forget'}`> {
  const { workspaces, note, restored } = ports;
  return {
    async 'restored.open'({ from }, { progress, signal }) {
      assertHandChosen(from, ports.assertChosen);
      using taken = await openGiven(from);
      progress('restoring', 0);
      const key = await restoredFrom(taken, 'nothing was changed', {
        isKnown: async (fingerprint) => (await whoseKey(workspaces, fingerprint)) !== undefined,
        signal,
        onProgress: ({ step, done, total }) => progress(step, done, total),
      });
      const { fingerprint } = key;
      try {
        await note({
          action: 'key restored',
          detail: 'from a backup, without a database to check it against',
          outcome: 'done',
          fingerprint,
        });
        // locked meanwhile: nothing would wipe it any more
        ports.assertOpen();
      } catch (error) {
        key[Symbol.dispose]();
        throw error;
      }
      restored.keep(key, taken.name);
      return { fingerprint };
    },

    async 'restored.state'() {
      const from = restored.from();
      if (!from) return {};
      using key = restored.copy();
      const { fingerprint } = key;
      const weak = isWeak(key);
      const known = await whoseKey(workspaces, fingerprint);
      return { key: { fingerprint, from, weak, ...(known && { known }) } };
    },

    async 'restored.copy'() {
      using key = restored.copy();
      return await copyKey(ports, key);
    },

    async 'restored.forget'() {
      restored.wipe();
      return {};
    },
  };
}
