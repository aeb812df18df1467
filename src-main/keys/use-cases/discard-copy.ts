import { discardCopy } from '#keyring/key-copies';
import type { UseCaseContext } from '#workspace/use-case';
import type { Workspace } from '#workspace/workspace';

/** Remembers that a copy of a key is gone, as the admin says. Throws `usage` for one that is not known. */
export async function noteCopyGone(
  workspace: Workspace,
  { fingerprint, where }: { readonly fingerprint: string; readonly where: string },
  { audit }: Pick<UseCaseContext, 'audit'>,
): Promise<void> {
  await discardCopy(workspace.folder, fingerprint, where);
  await audit.after({
    environment: workspace.id,
    action: 'copy of a key gone',
    detail: `${where}, as stated by the admin`,
    outcome: 'done',
    fingerprint,
  });
}
