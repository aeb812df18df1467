import { createHash } from 'node:crypto';
import type { Client } from 'pg';
import type { Inventory } from '#contract/inventory';
import type { EncryptionKey } from '#crypto/encryption-key';
import { KeelError } from '#errors/keel-error';
import { qualifiedName, quoteName } from '#postgres/identifiers';
import { keepCodeOut } from '#postgres/ownership/keep-code-out';
import { targetFormName } from './archive/archive-reader.ts';
import { type CredentialTable, credentialTables } from './credential-table.ts';
import { openValues, type OpenedValue } from './open-values.ts';
import { queryRows } from './query-rows.ts';
import { type CredentialIdentity, identityOf } from './read-credentials.ts';

/** Where a credential stands. */
export interface CredentialAddress extends Pick<CredentialIdentity, 'schema' | 'table' | 'column' | 'key'> {
  readonly path?: string | undefined;
  readonly leaf?: string | undefined;
}

/** A credential as it is now. Disposing wipes it. */
export interface OpenCredential extends Disposable {
  readonly table: CredentialTable;
  readonly identity: CredentialIdentity;
  readonly opened: OpenedValue;
  /** Names the ciphertext, so that a change between looking and doing shows. */
  readonly version: string;
}

/**
 * Reads and opens one credential. `forUpdate` locks its row until the transaction ends, and its table against code of others. Throws `value-changed` where it is not
 * there any more, and `inventory-mismatch` for a column that the inventory does not name.
 */
export async function openCredential(
  client: Client,
  key: EncryptionKey,
  inventory: Inventory,
  address: CredentialAddress,
  { forUpdate = false } = {},
): Promise<OpenCredential> {
  const entry = inventory.columns.find((column) => targetFormName(column) === targetFormName(address));
  if (!entry) {
    throw new KeelError(
      'inventory-mismatch',
      'this column is not in the inventory; nothing was read',
      'review the encrypted columns',
    );
  }
  if (forUpdate) await keepCodeOut(client, qualifiedName(entry.schema, entry.table));
  const [table] = await credentialTables(client, {
    version: 1,
    // a path is found among its neighbours, which its column's cell holds too
    columns: inventory.columns.filter((one) => one.schema === entry.schema && one.table === entry.table),
  });
  const { target } = table as CredentialTable;
  const keys = target.identity.columns;
  const rows = await queryRows(
    client,
    table as CredentialTable,
    keys.map(({ name }) => address.key[name] ?? ''),
    {
      where: keys.map(({ name, type }, i) => `t.${quoteName(name)} = $${i + 1}::${type}`).join(' AND '),
      tail: forUpdate ? 'FOR UPDATE OF t' : 'LIMIT 2',
    },
  );
  const open = await openValues(target, key, rows.slice(0, 1));
  const opened = open.values.find(
    ({ targetForm, leaf }) =>
      targetFormName(targetForm.entry) === targetFormName(address) && leaf === address.leaf,
  );
  if (!opened) {
    open[Symbol.dispose]();
    throw new KeelError(
      'value-changed',
      'the credential no longer exists; nothing was changed',
      'list the credentials again',
    );
  }
  return {
    table: table as CredentialTable,
    identity: identityOf(table as CredentialTable, opened),
    opened,
    version: createHash('sha256').update(opened.value.leaf.text, 'latin1').digest('hex').slice(0, 32),
    [Symbol.dispose]: () => open[Symbol.dispose](),
  };
}

/** The secret of a credential. Throws `value-unopened` for one that the key does not open. */
export function secretOf({ opened }: OpenCredential): Uint8Array {
  if (opened.secret) return opened.secret;
  throw new KeelError(
    'value-unopened',
    'this value does not decrypt with the environment’s key: it is encrypted with a user’s own key, or damaged; it was left unchanged',
    'leave it to the person who has its key',
  );
}
