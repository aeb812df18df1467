import type { UseCaseContext } from '#workspace/use-case';
import type { Workspace } from '#workspace/workspace';
import { type ReplacedKey, replaceKey } from '#api-keys/change-keys';
import { assertTaken, columnsSet } from '#api-keys/new-row';
import { findActiveKey } from '#api-keys/which-key';
import { atKeyTable, type TableContext } from './at-key-table.ts';
import { assertStill, keyInQuestion, momentInQuestion } from './confirmed-key.ts';
import type { CreateInput } from './create.ts';
import type { RevokeInput } from './revoke.ts';
import { untilWhen } from './until-when.ts';

/**
 * Makes a key like another and revokes that one, both or neither; the new key is the caller's, who disposes it. Asks as `revokeApiKey`
 * does, and throws as both do; nothing was changed then. Where it is not known whether it was, `unsettledKey` says so.
 */
export async function replaceApiKey(
  workspace: Workspace,
  { choice, which, asked, prepare, keep }: CreateInput & RevokeInput,
  context: TableContext & Pick<UseCaseContext, 'confirm' | 'audit'>,
): Promise<ReplacedKey> {
  const made = await atKeyTable(workspace, choice, context, async (client, table) => {
    const found = await findActiveKey(client, table, which, 'replace');
    const { scope } = found.key;
    assertTaken(table, asked);
    await context.confirm({
      of: 'replace-api-key',
      ...keyInQuestion(found, table),
      columns: columnsSet(table, asked, { copies: true }),
      ...(scope !== undefined && { scope }),
      expiry: momentInQuestion(table, 'expires', asked.expiresAt),
    });
    await prepare?.();
    return replaceKey(client, table, found.id, asked, assertStill(found), keep);
  });
  const { label, expiresAt } = made.row.key;
  await context.audit.after({
    environment: workspace.id,
    action: made.isSettled ? 'API key replaced' : 'change of API keys not settled',
    detail: `${made.old.key.label} revoked and replaced by ${label}, ${untilWhen(expiresAt)}, cost ${asked.cost}`,
    outcome: made.isSettled ? 'done' : 'failed',
  });
  return made;
}
