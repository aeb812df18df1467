import type { UseCaseContext } from '#workspace/use-case';
import type { Workspace } from '#workspace/workspace';
import {
  countCredentials,
  type CredentialCount,
  type CredentialPage,
  listCredentials,
  type ListQuery,
} from '#credentials/list-credentials';
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

/** How long somebody waits for a number. */
const countMs = 4_000;

/** How many credentials the list has in all, or how many were counted in a few seconds. */
export async function countAll(
  workspace: Workspace,
  { query, ...input }: CredentialsInput & { readonly query: Omit<ListQuery, 'after' | 'limit'> },
  context: Pick<UseCaseContext, 'signal'>,
): Promise<CredentialCount> {
  return atCredentials(workspace, input, context, ({ client, key, inventory }) =>
    countCredentials(client, key, inventory, { ...query, withinMs: countMs }),
  );
}
