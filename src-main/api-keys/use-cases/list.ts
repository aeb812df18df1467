import type { ApiKey, ApiKeyList } from '#contract/api-keys';
import type { Workspace } from '#workspace/workspace';
import { readKeyRows, revocationOf } from '#api-keys/key-rows';
import type { KeyTable } from '#api-keys/key-table';
import { neededForNewKey } from '#api-keys/new-row';
import { atKeyTable, type TableChoice, type TableContext } from './at-key-table.ts';

export interface ListedKeys extends Pick<ApiKeyList, 'needed' | 'revokes'> {
  readonly table: KeyTable;
  /** Active ones first, newest first. */
  readonly keys: readonly ApiKey[];
}

/** The API keys, what is to be said of each, and what a new one needs. The database is only read. */
export async function listApiKeys(
  workspace: Workspace,
  choice: TableChoice,
  context: TableContext,
): Promise<ListedKeys> {
  return atKeyTable(workspace, choice, context, async (client, table) => ({
    table,
    keys: (await readKeyRows(client, table, new Date())).map(({ key }) => key),
    needed: await neededForNewKey(client, table),
    revokes: revocationOf(table),
  }));
}
