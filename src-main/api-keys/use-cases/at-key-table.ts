import type { Client } from 'pg';
import type { ApiKeyTable } from '#contract/api-keys';
import { KeelError } from '#errors/keel-error';
import { withClient } from '#workspace/database';
import type { UseCaseContext } from '#workspace/use-case';
import type { Workspace } from '#workspace/workspace';
import { findKeyTables } from '#api-keys/discovery';
import { type KeyTable, openKeyTable } from '#api-keys/key-table';
import type { KeelClient } from '#postgres/session/keel-client';
import { type NamedColumns, onlyCandidate, tableNamed } from '#api-keys/which-table';

/** Which table holds the keys: that of the mapping, of the name, the one that was chosen before, or the one that is found. */
export interface TableChoice {
  readonly mapping?: ApiKeyTable;
  /** `schema.table`. */
  readonly label?: string;
  /** Over what is chosen or found. */
  readonly columns?: NamedColumns;
  /** Lets it be searched for where none was chosen, and hears which one was found. */
  readonly onFound?: (table: ApiKeyTable) => void;
}

export type TableContext = Pick<UseCaseContext<'searching the tables'>, 'signal' | 'onProgress'>;

/** What the connections of these use cases are called on the server. */
export const applicationName = 'keel api-keys';

/** Connects for as long as the work takes, and opens the table. Throws `api-key-table-missing` and `privilege-missing`. */
export async function atKeyTable<T>(
  workspace: Workspace,
  choice: TableChoice,
  context: TableContext,
  work: (client: KeelClient, table: KeyTable) => Promise<T>,
): Promise<T> {
  return withClient(await workspace.database(), applicationName, async (client) =>
    work(client, await openKeyTable(client, await mappingOf(workspace, client, choice, context))),
  );
}

async function mappingOf(
  { settings }: Workspace,
  client: Client,
  { mapping, label, columns, onFound }: TableChoice,
  context: TableContext,
): Promise<ApiKeyTable> {
  if (mapping) return mapping;
  if (label !== undefined) return tableNamed(client, label, columns);
  const chosen = settings?.apiKeyTable;
  if (chosen) return { ...chosen, columns: { ...chosen.columns, ...columns } };
  if (!onFound) throw notChosen();
  const found = onlyCandidate((await findKeyTables(client, discoveryFor(context))).candidates);
  onFound(found);
  return { ...found, columns: { ...found.columns, ...columns } };
}

/** Tells a context where a search for the table stands. */
export function discoveryFor({ signal, onProgress }: TableContext) {
  return {
    signal,
    onTable: (done: number, total: number) => onProgress({ step: 'searching the tables', done, total }),
  };
}

function notChosen(): KeelError {
  return new KeelError(
    'api-key-table-missing',
    'no API key table has been chosen yet; nothing was done',
    'search for it, or specify it',
  );
}
