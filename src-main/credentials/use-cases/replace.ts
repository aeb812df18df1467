import type { UseCaseContext } from '#workspace/use-case';
import type { Workspace } from '#workspace/workspace';
import { openCredential } from '#credentials/one-credential';
import type { CredentialIdentity } from '#credentials/read-credentials';
import { replaceCredential, type Replacing } from '#credentials/replace-credential';
import { atCredentials } from './at-credentials.ts';
import { labelOf } from './label.ts';
import type { OneCredentialInput } from './reveal.ts';

/** Puts another secret in a credential's place, as `replaceCredential` does. Whatever is thrown, nothing was changed. */
export async function replaceSecret(
  workspace: Workspace,
  { addressIn, replacing, ...input }: OneCredentialInput & { readonly replacing: Replacing },
  context: Pick<UseCaseContext, 'signal' | 'confirm' | 'audit'>,
): Promise<CredentialIdentity> {
  return atCredentials(workspace, input, context, async ({ client, key, inventory }) => {
    const address = addressIn(inventory);
    {
      using current = await openCredential(client, key, inventory, address);
      await context.confirm({ of: 'replace-credential', label: labelOf(current.identity) });
    }
    // what was looked at must be there still: its version is compared under a lock
    const identity = await replaceCredential(client, key, inventory, address, replacing);
    await context.audit.after({
      environment: workspace.id,
      action: 'credential replaced',
      detail: `${labelOf(identity)}, read back and compared`,
      outcome: 'done',
      fingerprint: key.fingerprint,
    });
    return identity;
  });
}
