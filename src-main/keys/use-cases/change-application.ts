import { asChosen } from '#applications/applications';
import type { Audit } from '#audit/audit';
import type { Application } from '#contract/application';
import { KeelError } from '#errors/keel-error';
import type { KnownWorkspace } from '#workspace/workspace';

/**
 * Notes whose database an environment's is: undefined is Ballast. Keys are read as that application reads them, so those that are in the
 * ring already decide. Throws `usage` where there are any.
 */
export async function changeApplication(
  workspace: KnownWorkspace,
  application: Application | undefined,
  audit: Audit,
): Promise<void> {
  const { id, name } = workspace;
  if ((await workspace.readRing()).keys.length > 0) {
    throw new KeelError(
      'usage',
      `the key ring of ${name} has keys already, which were read as the keys of its present application; nothing was changed`,
      'connect the database of the other application as an environment of its own',
    );
  }
  await workspace.change({ application: application && asChosen(application) });
  await audit.after({
    environment: id,
    action: 'environment changed',
    detail: `application: ${application?.name ?? 'Ballast'}`,
    outcome: 'done',
  });
}
