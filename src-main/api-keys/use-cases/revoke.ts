import type { ApiKey } from '#contract/api-keys';
import { unsettledNoted } from '#audit/unsettled-noted';
import type { UseCaseContext } from '#workspace/use-case';
import type { Workspace } from '#workspace/workspace';
import { revokeKey } from '#api-keys/change-keys';
import { findActiveKey, type WhichKey } from '#api-keys/which-key';
import { atKeyTable, type TableChoice, type TableContext } from './at-key-table.ts';
import { assertStill, keyInQuestion } from './confirmed-key.ts';

export interface RevokeInput {
  readonly choice: TableChoice;
  readonly which: WhichKey;
}

/**
 * Marks a key as revoked; its row stays. The admin is asked for it by its name, and it must have that name still when its row is
 * locked. Throws `api-key-missing`, what the confirmation throws, and what the table does; nothing was changed then, but for
 * `commit-unsettled`.
 */
export async function revokeApiKey(
  workspace: Workspace,
  { choice, which }: RevokeInput,
  context: TableContext & Pick<UseCaseContext, 'confirm' | 'audit'>,
): Promise<{ readonly id: string; readonly key: ApiKey }> {
  const revoked = await atKeyTable(workspace, choice, context, async (client, table) => {
    const found = await findActiveKey(client, table, which, 'revoke');
    await context.confirm({ of: 'revoke-api-key', ...keyInQuestion(found, table) });
    const { key } = await unsettledNoted(
      context.audit,
      {
        environment: workspace.id,
        action: 'change of API keys not settled',
        detail: `revoking ${found.key.label}`,
      },
      revokeKey(client, table, found.id, assertStill(found)),
    );
    return { id: found.id, key };
  });
  await context.audit.after({
    environment: workspace.id,
    action: 'API key revoked',
    detail: revoked.key.label,
    outcome: 'done',
  });
  return revoked;
}
