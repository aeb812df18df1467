import type { Client } from 'pg';
import { KeelError } from '#errors/keel-error';
import { assertActive, type KeyChange, revocationColumn } from './change-keys.ts';
import { isRevoked, type KeyRow, readKeyRow, readKeyRows } from './key-rows.ts';
import type { KeyTable } from './key-table.ts';

/** Which key is meant: by its id, or by its name where no other active one has it. */
export type WhichKey = { readonly id: string } | { readonly name: string };

/**
 * The active key that is to be changed, as it is now, with its id. Throws where the table has no way to revoke one, `usage` for a name of several, `api-key-missing` for one that is
 * not there or cannot be distinguished from others, and what `assertActive` does.
 */
export async function findActiveKey(
  client: Client,
  table: KeyTable,
  which: WhichKey,
  change: KeyChange,
): Promise<KeyRow & { readonly id: string }> {
  // nobody is asked for what could not be done
  revocationColumn(table);
  const row =
    'id' in which
      ? await readKeyRow(client, table, which, new Date())
      : onlyOne((await readKeyRows(client, table, new Date())).filter(({ key }) => key.name === which.name));
  assertActive(table, row, change);
  const { id } = row.key;
  if (id !== undefined) return { ...row, id };
  throw new KeelError(
    'api-key-missing',
    'the table has no primary key that identifies this row; nothing was changed',
    'add a primary key to the table',
  );
}

function onlyOne(found: readonly KeyRow[]): KeyRow {
  const active = found.filter(({ key }) => !isRevoked(key));
  const [row, ...others] = active.length > 0 ? active : found;
  if (row && others.length === 0) return row;
  if (!row) {
    throw new KeelError(
      'api-key-missing',
      'no such API key exists; nothing was changed',
      'check the list of keys',
    );
  }
  const ids = [row, ...others].map((one) => one.key.id ?? '?').join(', ');
  throw new KeelError(
    'usage',
    `${others.length + 1} keys have that name; nothing was changed`,
    `choose one by its id: ${ids}`,
  );
}
