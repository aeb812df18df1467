import { filesWithKeys, readTargets } from '#handoff/read-targets';
import { discardCopy } from '#keyring/key-copies';
import { leftoversOf } from '#keyring/leftovers';
import type { Implementations } from '#procedures/implementations';
import { noteEffect, type NoteActivity } from '#procedures/note-activity';
import type { Workspaces } from '#procedures/workspaces';

export interface LeftoverPorts {
  readonly workspaces: Workspaces;
  readonly note: NoteActivity;
  readonly changed: () => void;
}

/** Where old keys still stand, as a list to work off. */
export function leftoverProcedures({
  workspaces,
  note,
  changed,
}: LeftoverPorts): Pick<Implementations, `leftovers.${'list' | 'gone'}`> {
  return {
    async 'leftovers.list'({ environment }) {
      using workspace = await workspaces.open(environment);
      const known = workspace.settings.targets;
      const [targets, files] = [await readTargets(known), await filesWithKeys(known)];
      const left = await leftoversOf(await workspace.readRing(), targets, files);
      return left.map(({ dumps, ...leftover }) => ({ ...leftover, ...(dumps && { dumps: [...dumps] }) }));
    },

    async 'leftovers.gone'({ environment, fingerprint, where }) {
      using workspace = await workspaces.open(environment);
      await discardCopy(workspace.folder, fingerprint, where);
      await noteEffect(note, {
        environment,
        action: 'copy of a key gone',
        detail: `${where}, as the admin says`,
        outcome: 'done',
        fingerprint,
      });
      changed();
      return {};
    },
  };
}
