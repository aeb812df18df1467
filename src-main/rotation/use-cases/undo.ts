import type { RotationResult } from '#contract/rotation';
import { lastRotation } from '#records/last-rotation';
import type { UseCaseContext } from '#workspace/use-case';
import type { Workspace } from '#workspace/workspace';
import { rewriteNoted } from './audited.ts';
import { loadKeys } from './rotate.ts';
import { type RewriteInput, type RewriteStep, rewriteDatabase } from './rewrite.ts';

export type UndoInput = Pick<
  RewriteInput,
  'excluded' | 'accepted' | 'lockTimeoutMs' | 'rehearsal' | 'onSubject' | 'onPreflight'
>;

/**
 * Rotates back to the key that the last rotation came from, over the columns of that rotation. Ballast may have gone on writing
 * under the old key, so every value is judged against both. Throws `nothing-to-undo`; else see `rewriteDatabase`.
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
    using loaded = await loadKeys(workspace, { from: last.to, to: last.from });
    const takeAmbiguousAsFrom = input.accepted.includes('ambiguous-rows');
    return await rewriteDatabase(
      workspace,
      {
        ...input,
        purpose: 'undo',
        inventory: last.inventory,
        excluded: [...last.excluded, ...input.excluded],
        keys: { from: loaded.from, to: loaded.to, toMayBePresent: true, takeAmbiguousAsFrom },
        known: { xid: last.cutover.xid, under: 'from' },
      },
      context,
    );
  });
}
