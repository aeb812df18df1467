import { proveIv } from '#proof/use-cases/prove-iv';
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
  return {
    async 'rotation.proveIv'({ environment, entry, value: typed }) {
      using workspace = await workspaces.open(environment);
      const value = Buffer.from(typed, 'utf8');
      try {
        return {
          outcome: await proveIv(workspace, { entry, value }, windowContext({ audit: windowAudit(note) })),
        };
      } finally {
        value.fill(0);
      }
    },
  };
}
