import type { Client } from 'pg';
import type { Inventory } from '#contract/inventory';
import { KeelError } from '#errors/keel-error';
import { type Text, text } from '#errors/text';
import { InventoryMismatch } from '#postgres/table-target';
import type { ArchiveHeader } from './archive-form.ts';
import { targetFormName } from './archive-reader.ts';
import { type CredentialTable, credentialTables } from '#credentials/credential-table';

/**
 * The tables of an archive as they are in this database now, in the archive's order. Where an inventory is given, its layouts
 * count. Throws `archive-unfit` for tables, columns or keys that are not there, or not in the inventory.
 */
export async function fitArchive(
  client: Client,
  header: ArchiveHeader,
  inventory?: Inventory,
): Promise<CredentialTable[]> {
  const known = new Map(inventory?.columns.map((entry) => [targetFormName(entry), entry]));
  const archived = header.tables.flatMap(({ columns }) => columns);
  const unlisted = inventory ? archived.filter((entry) => !known.has(targetFormName(entry))) : [];
  if (unlisted.length > 0) {
    const names = unlisted.map(({ schema, table, column }) => `${schema}.${table}.${column}`);
    throw unfit(
      `it contains columns that are not in the inventory (${[...new Set(names)].join(', ')})`,
      text`${{ do: 'add-columns' }}`,
    );
  }
  const columns = archived.map((entry) => known.get(targetFormName(entry)) ?? entry);
  const tables = await credentialTables(client, { version: 1, columns }).catch((error: unknown) => {
    if (!(error instanceof InventoryMismatch)) throw error;
    throw unfit(
      error.problems.join('; '),
      'connect to the database that it was created from, or to a restored dump of it',
      error,
    );
  });
  for (const [i, { target }] of tables.entries()) {
    const was = header.tables[i]?.key ?? [];
    const is = target.identity.kind === 'key' ? target.identity.columns.map(({ name }) => name) : [];
    if (was.length > 0 && was.join('\0') !== is.join('\0')) {
      throw unfit(
        `rows of ${target.label} were identified by ${was.join(', ')}, and now ${is.length > 0 ? `by ${is.join(', ')}` : 'have no key'}`,
        'restore the primary key that the table had',
      );
    }
  }
  return tables;
}

function unfit(why: string, remedy: Text, cause?: unknown): KeelError {
  return new KeelError(
    'archive-unfit',
    `the archive does not fit the database: ${why}; nothing was changed`,
    remedy,
    {
      cause,
    },
  );
}
