import { KeelError } from '#errors/keel-error';
import { type Confirm, revokedBy } from '#api-keys/change-keys';
import type { KeyRow } from '#api-keys/key-rows';
import type { KeyTable } from '#api-keys/key-table';
import type { MomentOfKey } from '#workspace/use-case';

/** What the question about a key says of it, and of what revokes it. Throws as `revokedBy` does. */
export function keyInQuestion(
  { id, key: { label, lastUsedAt } }: KeyRow & { readonly id: string },
  table: KeyTable,
) {
  const { schema, table: name } = table.mapping;
  return {
    label,
    table: `${schema}.${name}`,
    row: id,
    revoked: revokedBy(table),
    lastUse: momentInQuestion(table, 'lastUsed', lastUsedAt),
  };
}

/** A moment, and the column that says so: another column may have been chosen for it than the admin thinks. */
export function momentInQuestion(
  { columns }: KeyTable,
  role: 'expires' | 'lastUsed',
  at: string | undefined,
): MomentOfKey {
  const column = columns[role]?.name;
  return { ...(column !== undefined && { column }), ...(at !== undefined && { at }) };
}

/**
 * Nobody is waited for under a lock, so the answer has to be held against the row once it is locked: what is returned does that, and throws
 * `confirmation-missing` where the row has another name by then.
 */
export function assertStill({ key: { label } }: KeyRow): Confirm {
  return ({ key }) => {
    if (key.label === label) return;
    throw new KeelError(
      'confirmation-missing',
      `you confirmed ${label}, but the key is now called ${key.label}; nothing was changed`,
      'list the keys again, and confirm the current name',
    );
  };
}
