import { KeelError } from '#errors/keel-error';
import type { UseCaseContext } from '#workspace/use-case';
import type { Confirm } from '#api-keys/change-keys';
import type { KeyRow } from '#api-keys/key-rows';
import type { KeyTable } from '#api-keys/key-table';

/**
 * Asks for a key by its name. Nobody is waited for under a lock, so the answer has to be held against the row once it is locked: what is
 * returned does that, and throws `confirmation-missing` where the row has another name by then.
 */
export async function askFor(
  of: 'revoke-api-key' | 'replace-api-key',
  { key: { label, lastUsedAt } }: KeyRow,
  { mapping: { schema, table } }: Pick<KeyTable, 'mapping'>,
  { confirm }: Pick<UseCaseContext, 'confirm'>,
): Promise<Confirm> {
  await confirm({ of, label, table: `${schema}.${table}`, ...(lastUsedAt !== undefined && { lastUsedAt }) });
  return ({ key }) => {
    if (key.label === label) return;
    throw new KeelError(
      'confirmation-missing',
      `you confirmed ${label}, but the key is now called ${key.label}; nothing was changed`,
      'list the keys again, and confirm the current name',
    );
  };
}
