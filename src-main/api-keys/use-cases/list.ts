import type { ApiKey, ApiKeyList } from '#contract/api-keys';
import type { Workspace } from '#workspace/workspace';
import { readKeyRows, revocationOf } from '../key-rows.ts';
import type { KeyTable } from '../key-table.ts';
import { neededForNewKey } from '../new-row.ts';
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
