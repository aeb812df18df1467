import { proveIv } from '#proof/use-cases/prove-iv';
import type { Ports } from '#procedures/ports';
import { Guesses } from './guesses.ts';
import type { Implementations } from '#procedures/implementations';
import { windowAudit, windowContext } from '#procedures/window-context';

export type IvProofPorts = Pick<Ports, 'workspaces' | 'note'>;

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
