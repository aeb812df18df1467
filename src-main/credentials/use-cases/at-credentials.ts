import type { Inventory } from '#contract/inventory';
import type { EncryptionKey } from '#crypto/encryption-key';
import { discoverColumns } from '#discovery/discovery';
import type { KeelClient } from '#postgres/session/keel-client';
import { withClient } from '#workspace/database';
import type { UseCaseContext } from '#workspace/use-case';
import type { Workspace } from '#workspace/workspace';

/** Whose credentials are meant. */
export interface CredentialsInput {
  /** That the database is under. The caller disposes it. */
  readonly key: EncryptionKey;
  /** Found by the key where it is not given. */
  readonly inventory?: Inventory | undefined;
}

/** What work on credentials is given. */
export interface AtCredentials {
  readonly client: KeelClient;
  readonly key: EncryptionKey;
  readonly inventory: Inventory;
}

/** Connects for as long as the work takes, and finds the columns where they were not given. */
export async function atCredentials<T>(
  workspace: Workspace,
  { key, inventory }: CredentialsInput,
  { signal }: Pick<UseCaseContext, 'signal'>,
  work: (at: AtCredentials) => Promise<T>,
): Promise<T> {
  return withClient(await workspace.database(), 'keel credentials', async (client) => {
    const columns = inventory ?? (await discoverColumns(client, { key, signal })).inventory;
    return work({ client, key, inventory: columns });
  });
}
