import type { Client } from 'pg';
import type { EncryptionKey } from '#crypto/encryption-key';
import { readCatalog } from '#postgres/catalog';
import { isPortable } from '#postgres/session/portable';
import { resolveInventory, type TableTarget } from '#postgres/table-target';
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
  // what was written late lies where a vacuum made room, at the beginning as likely as at the end
  const isSpread = !isPortable(client) && (await mayReadPlaces(client, tables));
  return withoutExcluded(
    await proveKey(client, key, tables, { sampleRows, isSpread, onRows: goOn }),
    excluded,
  );
}

/** A role with SELECT on some columns only does not see where rows are. */
async function mayReadPlaces(client: Client, tables: readonly TableTarget[]): Promise<boolean> {
  const { rows } = await client.query(
    `SELECT bool_and(has_table_privilege(oid, 'SELECT')) AS may FROM unnest($1::oid[]) AS oid`,
    [tables.map(({ catalog }) => catalog.oid)],
  );
  return rows[0].may === true;
}

/** Whether values of a column are proven to be encrypted with the key. */
export function isOpenedBy({ columns }: Proof): boolean {
  return columns.some(({ verdict }) => verdict === 'correct' || verdict === 'mixed');
}
