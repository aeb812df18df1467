import { readTargetsAndNeighbours } from '#handoff/read-targets';
import { noteCopyGone } from '#keys/use-cases/discard-copy';
import { leftoversOf } from '#keyring/leftovers';
import { confirmWith } from '#procedures/consent/confirm-with';
import type { Implementations } from '#procedures/implementations';
import type { Ports } from '#procedures/ports';
import { windowAudit } from '#procedures/window-context';

export type LeftoverPorts = Pick<Ports, 'workspaces' | 'note' | 'changed'>;

/** Where old keys are still stored, as a list to work off. */
export function leftoverProcedures({
  workspaces,
  note,
  changed,
}: LeftoverPorts): Pick<Implementations, `leftovers.${'list' | 'gone'}`> {
  return {
    async 'leftovers.list'({ environment }) {
      using workspace = await workspaces.open(environment);
      const known = workspace.settings.targets;
      const { targets, files } = await readTargetsAndNeighbours(known, workspace.settings);
      const left = await leftoversOf(await workspace.readRing(), targets, files);
      return left.map(({ dumps, ...leftover }) => ({ ...leftover, ...(dumps && { dumps: [...dumps] }) }));
    },

    async 'leftovers.gone'({ environment, fingerprint, where }, { consent }) {
      using workspace = await workspaces.open(environment);
      const confirm = confirmWith(consent, workspace);
      await noteCopyGone(workspace, { fingerprint, where }, { audit: windowAudit(note), confirm });
      changed();
      return {};
    },
  };
}
