import type { UseCaseContext } from '#workspace/use-case';
import type { Workspace } from '#workspace/workspace';
import {
  type CredentialOutline,
  type CredentialPage,
  listCredentials,
  type ListQuery,
  outlineCredentials,
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

/** How long somebody waits for a part of an outline. */
const outlineMs = 4_000;

/** The pages of the list and how many credentials each has, as far as a few seconds allow. */
export async function outlineList(
  workspace: Workspace,
  { query, ...input }: CredentialsInput & { readonly query: ListQuery },
  context: Pick<UseCaseContext, 'signal'>,
): Promise<CredentialOutline> {
  return atCredentials(workspace, input, context, ({ client, key, inventory }) =>
    outlineCredentials(client, key, inventory, { ...query, withinMs: outlineMs }),
  );
}
