import { proveIv } from '#proof/use-cases/prove-iv';
import type { Implementations } from './implementations.ts';
import type { NoteActivity } from './note-activity.ts';
import { windowAudit, windowContext } from './window-context.ts';
import type { Workspaces } from './workspaces.ts';

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
