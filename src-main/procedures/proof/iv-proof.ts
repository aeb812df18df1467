import { proveIv } from '#proof/use-cases/prove-iv';
import { Guesses } from './guesses.ts';
import type { Implementations } from '#procedures/implementations';
import type { NoteActivity } from '#procedures/note-activity';
import { windowAudit, windowContext } from '#procedures/window-context';
import type { Workspaces } from '#procedures/workspaces';

export interface IvProofPorts {
  readonly workspaces: Workspaces;
  readonly note: NoteActivity;
}

/** Comparing a value that the admin types with those of a column. It comes here and goes nowhere else. */
export function ivProofProcedures({
  workspaces,
  note,
}: IvProofPorts): Pick<Implementations, 'rotation.proveIv'> {
  const guesses = new Guesses();
  return {
    async 'rotation.proveIv'({ environment, entry, value: typed }) {
      using workspace = await workspaces.open(environment);
      const value = Buffer.from(typed, 'utf8');
      try {
        const context = windowContext({ audit: windowAudit(note) });
        const compare = () => proveIv(workspace, { entry, value }, context);
        return { outcome: await guesses.compare(environment, compare, (outcome) => outcome === 'whole') };
      } finally {
        value.fill(0);
      }
    },
  };
}
