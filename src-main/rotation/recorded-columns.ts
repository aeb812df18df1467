import type { Client } from 'pg';
import type { EncryptionKey } from '#crypto/encryption-key';
import { readCatalog } from '#postgres/catalog';
import { resolveInventory } from '#postgres/table-target';
import { withoutExcluded } from '#proof/exclusion';
import { type Proof, proveKey } from '#proof/prove';
import type { RotationRecord } from '#records/rotation-record';

/** What a record says of the columns that it is about. */
export type RecordedColumns = Pick<RotationRecord, 'inventory' | 'excluded'>;

const sampleRows = 2_000;

/** What a key decrypts of a sample of the columns that a record names. Throws `inventory-mismatch`, and what reading throws. */
export async function proveRecorded(
  client: Client,
  key: EncryptionKey,
  { inventory, excluded }: RecordedColumns,
  goOn: () => void = () => undefined,
): Promise<Proof> {
  const tables = resolveInventory(inventory, await readCatalog(client));
  return withoutExcluded(await proveKey(client, key, tables, { sampleRows, onRows: goOn }), excluded);
}

/** Whether values of a column are proven to be encrypted with the key. */
export function isOpenedBy({ columns }: Proof): boolean {
  return columns.some(({ verdict }) => verdict === 'correct' || verdict === 'mixed');
}

/** How many values are proven to be encrypted with the key. */
export function valuesOpened({ columns }: Proof): number {
  return columns.reduce((sum, { proven }) => sum + proven, 0);
}
