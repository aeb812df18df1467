import type { Client } from 'pg';
import type { EncryptedColumn } from '#contract/inventory';
import type { EncryptionKey } from '#crypto/encryption-key';
import type { CatalogTable } from '#postgres/catalog';
import { sampleTable } from '#postgres/sample';
import { examineTable } from './examine-table.ts';
import { meansTheSame } from './same-place.ts';

/**
 * Entries of one table whose values are under the key, but whose IV is not for certain where the entry says, with the reason. By a
 * sample; only reads. Such an entry is never proven, and a rotation by it would cut off the beginning of its values.
 */
export async function checkFrames(
  client: Client,
  key: EncryptionKey,
  table: CatalogTable,
  entries: readonly EncryptedColumn[],
): Promise<ReadonlyMap<EncryptedColumn, string>> {
  const { candidates, conflicts } = await examineTable(table, await sampleTable(client, table), key, entries);
  const doubts = [...conflicts, ...candidates.filter(({ standing }) => standing === 'unresolved')];
  return new Map(
    entries.flatMap((entry): [EncryptedColumn, string][] => {
      const doubt = doubts.find((one) => meansTheSame(one.entry, entry));
      return doubt ? [[entry, doubt.why]] : [];
    }),
  );
}
