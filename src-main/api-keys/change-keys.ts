import type { Client } from 'pg';
import type { Secret } from '#crypto/secret';
import { KeelError } from '#errors/keel-error';
import { quoteName } from '#postgres/identifiers';
import { fits, hashKey } from './bcrypt-hash.ts';
import { meansRevoked } from './column-roles.ts';
import { type KeyRow, readKeyRow, revocationOf, whereId } from './key-rows.ts';
import { assertAllowed, type KeyTable } from './key-table.ts';
import type { ColumnFacts } from './table-facts.ts';
import { generateApiKey, prefixLength } from './key-text.ts';
import {
  assertComplete,
  describeNeeded,
  insertStatement,
  type NewKeyRow,
  nowIn,
  planNewRow,
} from './new-row.ts';
import { inTransaction } from './transaction.ts';

/** What the admin says of a key that is to be made. */
export type NewKey = Omit<NewKeyRow, 'hash' | 'prefix'> & { readonly cost: number };

/** A key that was made and is in the table. Whoever gets it disposes of `key`: nothing else has it. */
export interface MadeKey {
  readonly key: Secret;
  readonly row: KeyRow;
}

/** A key that was made in another's place. */
export interface ReplacedKey extends MadeKey {
  readonly old: KeyRow;
}

/** Called with the row under lock; what it throws ends the change. */
export type Confirm = (row: KeyRow) => void;

/** Makes a key and its row, reads the row back, and compares its hash with the key before COMMIT. */
export async function createKey(client: Client, table: KeyTable, asked: NewKey): Promise<MadeKey> {
  return withNewKey(table, asked, async (key, row) => {
    const { assignments, needed } = planNewRow(table, row);
    assertComplete(table, row, await describeNeeded(client, table, needed));
    assertAllowed(
      table,
      'insert',
      assignments.map(({ column }) => column),
    );
    const made = await inTransaction(client, table, async () => {
      const { text, values } = insertStatement(table, assignments);
      await client.query(text, values);
      return readMade(client, table, key, row);
    });
    return { key, row: made };
  });
}

/** Marks a key as revoked, and reads that back before COMMIT. Throws `api-key-missing` for one that is gone, or revoked already. */
export async function revokeKey(
  client: Client,
  table: KeyTable,
  id: string,
  confirm: Confirm,
): Promise<KeyRow> {
  const change = revocation(table);
  return inTransaction(client, table, async () => {
    const row = await readActive(client, table, id, confirm);
    await change(client, id);
    return row;
  });
}

/** Makes a key like the old one, column by column, and revokes the old one: both or neither. */
export async function replaceKey(
  client: Client,
  table: KeyTable,
  id: string,
  asked: NewKey,
  confirm: Confirm,
): Promise<ReplacedKey> {
  const change = revocation(table);
  return withNewKey(table, asked, async (key, row) => {
    const { assignments, needed } = planNewRow(table, row, { copies: true });
    assertComplete(table, row, await describeNeeded(client, table, needed));
    assertAllowed(
      table,
      'insert',
      assignments.map(({ column }) => column),
    );
    return inTransaction(client, table, async () => {
      const old = await readActive(client, table, id, confirm);
      const { text, values } = insertStatement(table, assignments, whereId(table, id));
      await client.query(text, values);
      const made = await readMade(client, table, key, row);
      await change(client, id);
      return { key, row: made, old };
    });
  });
}

/** The key is wiped unless the work succeeds. */
async function withNewKey<Made>(
  { columns }: KeyTable,
  { cost, ...asked }: NewKey,
  work: (key: Secret, row: NewKeyRow) => Promise<Made>,
): Promise<Made> {
  const key = generateApiKey();
  try {
    const prefix = columns.prefix ? key.bytes.toString('ascii', 0, prefixLength) : '';
    return await work(key, { ...asked, prefix, hash: await hashKey(key, cost) });
  } catch (error) {
    key[Symbol.dispose]();
    throw error;
  }
}

/** The row of a key that was just made, found by its hash: what Ballast will compare with. */
async function readMade(client: Client, table: KeyTable, key: Secret, asked: NewKeyRow): Promise<KeyRow> {
  const row = await readKeyRow(client, table, { hash: asked.hash }, new Date()).catch((error: unknown) => {
    if (error instanceof KeelError && error.code === 'api-key-missing')
      throw notAsWritten(table, 'the new row is not there');
    throw error;
  });
  if (!row.key.active) throw notAsWritten(table, 'the new key is not active');
  if (row.key.expired) throw notAsWritten(table, 'the new key has expired already');
  if (!(await fits(key, row.hash))) throw notAsWritten(table, 'the hash is not that of the new key');
  return row;
}

async function readActive(client: Client, table: KeyTable, id: string, confirm: Confirm): Promise<KeyRow> {
  const row = await readKeyRow(client, table, { id }, new Date(), { lock: true });
  assertActive(table, row);
  confirm(row);
  return row;
}

/** Throws `api-key-missing` for a key that is revoked already. */
export function assertActive(table: KeyTable, { key }: KeyRow): void {
  const isOver = revocationOf(table) === 'expiry' ? key.expired : !key.active;
  if (!isOver) return;
  throw new KeelError(
    'api-key-missing',
    `${key.label} is revoked already; nothing was changed`,
    'read the list again',
  );
}

/** The column that says that a key is revoked. Throws where the table has none, or the role may not write it. */
export function revocationColumn(table: KeyTable): ColumnFacts {
  const { facts, columns } = table;
  const column = columns.active ?? columns.expires;
  if (!column) {
    throw new KeelError(
      'api-key-table-missing',
      `no column of ${facts.label} says whether a key is active, or when it expires; nothing was changed`,
      'name the column that does; where there is none, delete the row by hand',
    );
  }
  assertAllowed(table, 'update', [column]);
  return column;
}

/** The change that revokes a row, and the proof of it. Throws as `revocationColumn` does. */
function revocation(table: KeyTable): (client: Client, id: string) => Promise<void> {
  const { facts, columns } = table;
  const column = revocationColumn(table);
  const to = column.kind === 'time' ? nowIn(column) : meansRevoked(column.name) ? 'true' : 'false';
  return async (client, id) => {
    const where = whereId(table, id);
    const text = `UPDATE ${facts.sql} AS t SET ${quoteName(column.name)} = ${to} WHERE ${where.sql}`;
    const { rowCount } = await client.query(text, where.values);
    if (rowCount !== 1) throw notAsWritten(table, `${rowCount} rows were changed instead of one`);
    // the server's clock may be ahead of ours, and its now() is what was written
    const later = new Date(Date.now() + 86_400_000);
    const { key } = await readKeyRow(client, table, { id }, later);
    if (columns.active ? key.active : !key.expired) throw notAsWritten(table, 'the key is still active');
  };
}

function notAsWritten({ facts }: KeyTable, what: string): KeelError {
  return new KeelError(
    'verification-failed',
    `${facts.label} did not hold what was written: ${what}; it was rolled back, nothing was changed`,
    'look for a trigger or a rule on the table',
  );
}
