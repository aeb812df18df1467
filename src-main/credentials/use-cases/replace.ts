import { unsettledNoted } from '#audit/unsettled-noted';
import type { Confirmation, UseCaseContext } from '#workspace/use-case';
import type { Workspace } from '#workspace/workspace';
import { openCredential, secretOf } from '#credentials/one-credential';
import type { Credential, CredentialIdentity } from '#credentials/read-credentials';
import { fieldName, replaced } from '#credentials/secret-form';
import { replaceCredential, type Replacing } from '#credentials/replace-credential';
import { atCredentials } from './at-credentials.ts';
import { labelOf } from './label.ts';
import type { OneCredentialInput } from './reveal.ts';

export interface ReplaceInput extends OneCredentialInput {
  readonly replacing: Replacing;
  /** The servers that a credential names, for the question. */
  readonly serversOf: (
    credential: Credential,
  ) => Extract<Confirmation, { of: 'replace-credential' }>['named'];
}

/** Puts another secret in a credential's place, as `replaceCredential` does. Whatever is thrown, nothing was changed, but for `commit-unsettled`. */
export async function replaceSecret(
  workspace: Workspace,
  { addressIn, replacing, serversOf, ...input }: ReplaceInput,
  context: Pick<UseCaseContext, 'signal' | 'confirm' | 'audit'>,
): Promise<CredentialIdentity> {
  return atCredentials(workspace, input, context, async ({ client, key, inventory }) => {
    const address = addressIn(inventory);
    let label: string;
    {
      using current = await openCredential(client, key, inventory, address);
      const secret = replaced(secretOf(current), replacing.value, replacing.field);
      const named = serversOf({ ...current.identity, secret });
      secret.fill(0);
      label = labelOf(current.identity);
      const field = fieldName(secretOf(current), replacing.field);
      await context.confirm({
        of: 'replace-credential',
        label,
        named,
        ...(field !== undefined && { field }),
      });
    }
    const noted = { environment: workspace.id, fingerprint: key.fingerprint };
    // what was examined must be there still: its version is compared under a lock
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
