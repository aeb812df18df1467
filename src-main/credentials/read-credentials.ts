import type { Client } from 'pg';
import type { Inventory, SecretKind } from '#contract/inventory';
import type { EncryptionKey } from '#crypto/encryption-key';
import { streamRows } from '#postgres/row-stream';
import {
  type CredentialTable,
  credentialTables,
  describeKey,
  readRow,
  selectRows,
} from './credential-table.ts';
import { openValues, type OpenedValue } from './open-values.ts';

/** Names one credential of a database, without showing it. */
export interface CredentialIdentity {
  readonly schema: string;
  readonly table: string;
  readonly column: string;
  /** Of a JSON document: the path to its leaf. */
  readonly path?: string;
  /** Where a path with `*` led to, like `$.list[1].secret`; absent where there is one way only. */
  readonly leaf?: string;
  /** The row's key by column, as text. */
  readonly key: Readonly<Record<string, string>>;
  /** The same for people: `id=42`. Safe to show. */
  readonly row: string;
  readonly kind: SecretKind;
  /** Which source it belongs to, like `postgresql` or `slack`, and what people call it, where the database tells. */
  readonly shortName?: string;
  readonly name?: string;
}

/** A decrypted credential. */
export interface Credential extends CredentialIdentity {
  /** A view that is wiped when the callback's promise settles: copy into a `Secret` what has to live longer. */
  readonly secret: Uint8Array;
}

export interface ReadCredentialsOptions {
  readonly signal?: AbortSignal;
}

/** How many values there were; those that do not open with the key (users' own, or damaged ones) were not handed on. */
export interface ReadCredentials {
  readonly opened: number;
  readonly unopened: number;
}

/**
 * Streams every credential that the key opens to `onBatch`, in clear, and wipes each batch when the promise that it returned
 * settles. The next rows are read after that: memory is that of one batch. A callback that throws ends the reading.
 */
export async function readCredentials(
  client: Client,
  key: EncryptionKey,
  inventory: Inventory,
  onBatch: (credentials: readonly Credential[]) => Promise<void>,
  { signal }: ReadCredentialsOptions = {},
): Promise<ReadCredentials> {
  let opened = 0;
  let unopened = 0;
  for (const table of await credentialTables(client, inventory)) {
    for await (const batch of streamRows(client, selectRows(table))) {
      signal?.throwIfAborted();
      const rows = batch.map((fields) => readRow(table, fields));
      using open = await openValues(table.target, key, rows);
      const credentials = open.values.flatMap((value) =>
        value.secret ? [{ ...identityOf(table, value), secret: value.secret }] : [],
      );
      opened += credentials.length;
      unopened += open.values.length - credentials.length;
      if (credentials.length > 0) await onBatch(credentials);
    }
  }
  return { opened, unopened };
}

/** Names a value. */
export function identityOf(
  { target }: CredentialTable,
  { row, targetForm, leaf }: Pick<OpenedValue, 'row' | 'targetForm' | 'leaf'>,
): CredentialIdentity {
  const { schema, table, column, path, kind } = targetForm.entry;
  return {
    schema,
    table,
    column,
    ...(path !== undefined && { path }),
    ...(leaf !== undefined && { leaf }),
    key: Object.fromEntries(target.identity.columns.map(({ name }, i) => [name, row.key[i] ?? ''])),
    row: describeKey(target, row.key),
    kind,
    ...(row.shortName !== undefined && { shortName: row.shortName }),
    ...(row.name !== undefined && { name: row.name }),
  };
}
