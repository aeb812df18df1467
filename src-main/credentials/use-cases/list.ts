import type { UseCaseContext } from '#workspace/use-case';
import type { Workspace } from '#workspace/workspace';
import { type CredentialPage, listCredentials, type ListQuery } from '#credentials/list-credentials';
import { atCredentials, type CredentialsInput } from './at-credentials.ts';

/** A page of credentials by name; no secret is shown. */
export async function listPage(
  workspace: Workspace,
  { query, ...input }: CredentialsInput & { readonly query: ListQuery },
  context: Pick<UseCaseContext, 'signal'>,
): Promise<CredentialPage> {
  return atCredentials(workspace, input, context, ({ client, key, inventory }) =>
    listCredentials(client, key, inventory, query),
  );
}
