import { applicationInWords } from '#applications/of-inventory';
import type { RotationResult } from '#contract/rotation';
import { KeelError } from '#errors/keel-error';
import { type CommittedRecord, lastRotation } from '#records/last-rotation';
import { knownRows } from '#rotation/known-rows';
import type { UseCaseContext } from '#workspace/use-case';
import type { Workspace } from '#workspace/workspace';
import { rewriteNoted } from './audited.ts';
import { loadKeys } from './rotate.ts';
import { type RewriteInput, type RewriteStep, rewriteDatabase } from './rewrite.ts';

export type UndoInput = Pick<
  RewriteInput,
  'excluded' | 'accepted' | 'lockTimeoutMs' | 'rehearsal' | 'portable' | 'onSubject' | 'onPreflight'
>;

/**
 * Rotates back to the key that the last rotation came from, over the columns of that rotation. Ballast may have gone on writing
 * under the old key, so every value is judged against both. An undo is not undone: done twice, it must not lead back to the key that was fled from.
 * Throws `nothing-to-undo`, and `already-undone`; else see `rewriteDatabase`.
 */
export async function undo(
  workspace: Workspace,
  input: UndoInput,
  context: UseCaseContext<RewriteStep>,
): Promise<RotationResult> {
  const { rehearsal } = input;
  const about = { environment: workspace.id, purpose: 'undo', rehearsal } as const;
  return rewriteNoted(context.audit, about, async () => {
    const last = await lastRotation(workspace);
    if (last.purpose === 'undo') throw undoneAlready(last);
    using loaded = await loadKeys(workspace, { from: last.to, to: last.from });
    const inDoubt = input.accepted.includes('ambiguous-rows') ? 'rewrite' : 'stop';
    return await rewriteDatabase(
      workspace,
      {
        ...input,
        purpose: 'undo',
        inventory: last.inventory,
        excluded: [...last.excluded, ...input.excluded],
        keys: { from: loaded.from, to: loaded.to, toMayBePresent: true, inDoubt },
        known: knownRows(last, 'from'),
      },
      context,
    );
  });
}

function undoneAlready({ from, to, inventory }: CommittedRecord): KeelError {
  return new KeelError(
    'already-undone',
    `the last rotation was already undone, from key ${from} back to key ${to}; nothing was changed`,
    `give ${applicationInWords(inventory)} key ${to}; if you want key ${from} after all, rotate to it`,
  );
}
