import { copyListed, discardCopy } from '#keyring/key-copies';
import { entryOf } from '#keyring/key-states';
import type { UseCaseContext } from '#workspace/use-case';
import type { Workspace } from '#workspace/workspace';

/** Remembers that a copy of a key is gone, as the admin says when asked. Throws `usage` for one that is not known, and what the confirmation throws. */
export async function noteCopyGone(
  workspace: Workspace,
  { fingerprint, where }: { readonly fingerprint: string; readonly where: string },
  { confirm, audit }: Pick<UseCaseContext, 'confirm' | 'audit'>,
): Promise<void> {
  const { what, tested = false } = copyListed(entryOf(await workspace.readRing(), fingerprint), where);
  await confirm({ of: 'discard-copy', fingerprint, what, tested });
  await discardCopy(workspace.folder, fingerprint, where);
  await audit.after({
    environment: workspace.id,
    action: 'copy of a key gone',
    detail: `${where}, as stated by the admin`,
    outcome: 'done',
    fingerprint,
  });
}
