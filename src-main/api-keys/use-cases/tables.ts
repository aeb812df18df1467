import type { ApiKeyDiscovery, ApiKeyTable } from '#contract/api-keys';
import { withClient } from '#workspace/database';
import type { UseCaseContext } from '#workspace/use-case';
import type { KnownWorkspace, Workspace } from '#workspace/workspace';
import { rolesOf } from '#api-keys/column-roles';
import { findKeyTables } from '#api-keys/discovery';
import { openKeyTable } from '#api-keys/key-table';
import { readTableFacts, type TableFacts } from '#api-keys/table-facts';
import { applicationName, discoveryFor, type TableContext } from './at-key-table.ts';

/** Looks for the table of API keys. The database is only read. */
export async function findTables(workspace: Workspace, context: TableContext): Promise<ApiKeyDiscovery> {
  return withClient(await workspace.database(), applicationName, (client) =>
    findKeyTables(client, discoveryFor(context)),
  );
}

/** The tables with a column that could hold hashes, for naming one. */
export async function tablesWithHashes(workspace: Workspace): Promise<TableFacts[]> {
  const tables = await withClient(await workspace.database(), applicationName, (client) =>
    readTableFacts(client),
  );
  return tables.filter(({ columns }) => columns.some((column) => rolesOf(column).includes('hash')));
}

/** Keeps the choice of the table. Throws as `openKeyTable` does for one that the database does not have; nothing is kept then. */
export async function chooseTable(
  workspace: KnownWorkspace,
  table: ApiKeyTable,
  { audit }: Pick<UseCaseContext, 'audit'>,
): Promise<void> {
  await withClient(await workspace.database(), applicationName, (client) => openKeyTable(client, table));
  await workspace.change({ apiKeyTable: table });
  await audit.after({
    environment: workspace.id,
    action: 'table of API keys chosen',
    detail: `${table.schema}.${table.table}, hashes in ${table.columns.hash}`,
    outcome: 'done',
  });
}
