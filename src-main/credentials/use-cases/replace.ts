import { unsettledNoted } from '#audit/unsettled-noted';
import type { UseCaseContext } from '#workspace/use-case';
import type { Workspace } from '#workspace/workspace';
import { openCredential, secretOf } from '#credentials/one-credential';
import type { Credential, CredentialIdentity } from '#credentials/read-credentials';
import { replaced } from '#credentials/secret-form';
import { replaceCredential, type Replacing } from '#credentials/replace-credential';
import { atCredentials } from './at-credentials.ts';
import { labelOf } from './label.ts';
import type { OneCredentialInput } from './reveal.ts';

export interface ReplaceInput extends OneCredentialInput {
  readonly replacing: Replacing;
  /** The server that a credential names, for the question. */
  readonly targetOf?: (credential: Credential) => string | undefined;
}

/** Puts another secret in a credential's place, as `replaceCredential` does. Whatever is thrown, nothing was changed, but for `commit-unsettled`. */
export async function replaceSecret(
  workspace: Workspace,
  { addressIn, replacing, targetOf, ...input }: ReplaceInput,
  context: Pick<UseCaseContext, 'signal' | 'confirm' | 'audit'>,
): Promise<CredentialIdentity> {
  return atCredentials(workspace, input, context, async ({ client, key, inventory }) => {
    const address = addressIn(inventory);
    let label: string;
    {
      using current = await openCredential(client, key, inventory, address);
      const secret = replaced(secretOf(current), replacing.value, replacing.field);
      const target = targetOf?.({ ...current.identity, secret });
      secret.fill(0);
      label = labelOf(current.identity);
      await context.confirm({ of: 'replace-credential', label, ...(target !== undefined && { target }) });
    }
    const noted = { environment: workspace.id, fingerprint: key.fingerprint };
    // what was looked at must be there still: its version is compared under a lock
    const identity = await unsettledNoted(
      context.audit,
      { ...noted, action: 'replacement of a credential not settled', detail: label },
      replaceCredential(client, key, inventory, address, replacing),
    );
    await context.audit.after({
      ...noted,
      action: 'credential replaced',
      detail: `${labelOf(identity)}, read back and compared`,
      outcome: 'done',
    });
    return identity;
  });
}
