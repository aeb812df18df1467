import { KeelError } from '#errors/keel-error';
import type { UseCaseContext } from '#workspace/use-case';
import type { Workspace } from '#workspace/workspace';
import { createKey, type Keep, type MadeKey, type NewKey } from '#api-keys/change-keys';
import type { KeyTable } from '#api-keys/key-table';
import { assertTaken, columnsSet } from '#api-keys/new-row';
import { momentInQuestion } from './confirmed-key.ts';
import { atKeyTable, type TableChoice, type TableContext } from './at-key-table.ts';
import { untilWhen } from './until-when.ts';

export interface CreateInput {
  readonly choice: TableChoice;
  readonly asked: NewKey;
  /** What has to be ready before the key is made, since it cannot be had again. What it throws ends the work. */
  readonly prepare?: () => Promise<void>;
  /** Puts the key where it goes, before its row is committed: nobody could have it again. What it throws ends the work. */
  readonly keep?: Keep;
}

/**
 * Makes an API key: its hash goes to the database, the key to the caller, who disposes it. Throws `usage` where nothing says what it is
 * for, `values-missing`, and what the table does; no key was made then. Where it is not known whether one was, `unsettledKey` says so.
 */
export async function createApiKey(
  workspace: Workspace,
  { choice, asked, prepare, keep }: CreateInput,
  context: TableContext & Pick<UseCaseContext, 'confirm' | 'audit'>,
): Promise<MadeKey> {
  const made = await atKeyTable(workspace, choice, context, async (client, table) => {
    assertScoped(table, asked);
    assertTaken(table, asked);
    const { schema, table: name } = table.mapping;
    await context.confirm({
      of: 'create-api-key',
      label: asked.name ?? 'unnamed',
      table: `${schema}.${name}`,
      columns: columnsSet(table, asked),
      expiry: momentInQuestion(table, 'expires', asked.expiresAt),
    });
    await prepare?.();
    return createKey(client, table, asked, keep);
  });
  const { label, scope = 'no scope', expiresAt } = made.row.key;
  await context.audit.after({
    environment: workspace.id,
    action: made.isSettled ? 'API key created' : 'change of API keys not settled',
    detail: `${label}, for ${scope}, ${untilWhen(expiresAt)}, cost ${asked.cost}`,
    outcome: made.isSettled ? 'done' : 'failed',
  });
  return made;
}

function assertScoped({ columns }: KeyTable, { scope, values }: NewKey): void {
  if (scope !== undefined || !columns.scope || values[columns.scope.name] !== undefined) return;
  throw new KeelError(
    'usage',
    'no scope was given for the key; nothing was created',
    'give it a scope: collection:col_…, organization or user:usr_…',
  );
}
