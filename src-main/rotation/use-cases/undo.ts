import type { RotationResult } from '#contract/rotation';
import { KeelError } from '#errors/keel-error';
import { type CommittedRecord, lastRotation } from '#records/last-rotation';
import type { UseCaseContext } from '#workspace/use-case';
import type { Workspace } from '#workspace/workspace';
import { loadKeys } from './rotate.ts';
import { type RewriteInput, type RewriteStep, rewriteDatabase } from './rewrite.ts';

export type UndoInput = Pick<
  RewriteInput,
  'excluded' | 'accepted' | 'lockTimeoutMs' | 'rehearsal' | 'onPreflight'
>;

/**
 * Rotates back to the key that the last rotation came from, over the columns of that rotation. Ballast may have gone on writing
 * under the old key, so every value is judged against both. An undo is not undone: done twice, it must not lead back to the key that was fled from.
 * Throws `nothing-to-undo`; else see `rewriteDatabase`.
 */
export async function undo(
  workspace: Workspace,
  input: UndoInput,
  context: UseCaseContext<RewriteStep>,
): Promise<RotationResult> {
  const last = await lastRotation(workspace);
  if (last.purpose === 'undo') throw undoneAlready(last);
  using keys = await loadKeys(workspace, { from: last.to, to: last.from });
  return await rewriteDatabase(
    workspace,
    {
      ...input,
      purpose: 'undo',
      inventory: last.inventory,
      excluded: [...last.excluded, ...input.excluded],
      keys: {
        from: keys.from,
        to: keys.to,
        toMayBePresent: true,
        takeAmbiguousAsFrom: input.accepted.includes('ambiguous-rows'),
      },
      known: { xid: last.cutover.xid, under: 'from' },
    },
    context,
  );
}

function undoneAlready({ from, to }: CommittedRecord): KeelError {
  return new KeelError(
    'nothing-to-undo',
    `the last rotation was undone already, back from key ${from} to key ${to}; nothing was changed`,
    `give Ballast key ${to}; to go to key ${from} after all, rotate to it`,
  );
}
