import type { Client } from 'pg';
import type { Secret } from '#crypto/secret';
import { expectedFailure } from '#errors/expected-failure';
import { KeelError } from '#errors/keel-error';
import { quoteName } from '#postgres/identifiers';
import type { KeelClient } from '#postgres/session/keel-client';
import type { RowColumn } from '#workspace/use-case';
import { fits, hashKey } from './bcrypt-hash.ts';
import { meansRevoked } from './state-words.ts';
import { isRevoked, type KeyRow, readKeyRow, revocationOf, whereId } from './key-rows.ts';
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
  theCurrentTime,
} from './new-row.ts';
import { inTransaction } from './transaction.ts';
import { formatCount } from '#shared/counted';

/** What the admin says of a key that is to be made. */
export type NewKey = Omit<NewKeyRow, 'hash' | 'prefix'> & { readonly cost: number };

/** A key that was made. Whoever gets it disposes of `key`: nothing else has it. */
export interface MadeKey {
  readonly key: Secret;
  readonly row: KeyRow;
  /** False where it is not known whether the row is in the table: see `inTransaction`. */
  readonly isSettled: boolean;
}

/** A key that was made in another's place. */
export interface ReplacedKey extends MadeKey {
  readonly old: KeyRow;
}

/** Called with the row under lock; what it throws ends the change. */
export type Confirm = (row: KeyRow) => void;

/** Puts a key where it is to be before its row is committed; what it throws ends the change. */
export type Keep = (key: Secret, row: KeyRow) => Promise<void>;

/** Makes a key and its row, reads the row back, and compares its hash with the key before COMMIT. */
export async function createKey(
  client: KeelClient,
  table: KeyTable,
  asked: NewKey,
  keep?: Keep,
): Promise<MadeKey> {
  return withNewKey(table, asked, async (key, row) => {
    const { assignments, needed } = planNewRow(table, row);
    assertComplete(table, row, await describeNeeded(client, table, needed));
    assertAllowed(
      table,
      'insert',
      assignments.map(({ column }) => column),
    );
    const insert = async () => {
      const { text, values } = insertStatement(table, assignments);
      await client.query(text, values);
      const made = await readMade(client, table, key, row);
      await keep?.(key, made);
      return made;
    };
    const { result, isSettled } = await inTransaction(client, table, insert, isMade(table, row));
    return { key, row: result, isSettled };
  });
}

/**
 * Marks a key as revoked, and reads that back before COMMIT. Throws `api-key-missing` for one that is gone, `already-revoked`, and
 * `commit-unsettled` where it is not known whether it is.
 */
export async function revokeKey(
  client: KeelClient,
  table: KeyTable,
  id: string,
  confirm: Confirm,
): Promise<KeyRow> {
  const change = revocation(table);
  const revoke = async () => {
    const row = await readActive(client, table, id, 'revoke', confirm);
    await change(client, id);
    return row;
  };
  const isRevoked = async (other: Client) => isOver(table, await readKeyRow(other, table, { id }, inADay()));
  const { result, isSettled } = await inTransaction(client, table, revoke, isRevoked, [
    revocationColumn(table).name,
  ]);
  if (!isSettled) throw notKnownRevoked(table, result);
  return result;
}

/** Makes a key like the old one, column by column, and revokes the old one: both or neither. */
export async function replaceKey(
  client: KeelClient,
  table: KeyTable,
  id: string,
  asked: NewKey,
  confirm: Confirm,
  keep?: Keep,
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
    const replace = async () => {
      const old = await readActive(client, table, id, 'replace', confirm);
      const { text, values } = insertStatement(table, assignments, whereId(table, id));
      await client.query(text, values);
      const made = await readMade(client, table, key, row);
      await change(client, id);
      await keep?.(key, made);
      return { row: made, old };
    };
    const { result, isSettled } = await inTransaction(client, table, replace, isMade(table, row));
    return { key, ...result, isSettled };
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

/** Whether the table has the row of a new key: no other has its hash. */
function isMade(table: KeyTable, { hash }: NewKeyRow): (client: Client) => Promise<boolean> {
  return async (client) => {
    try {
      await readKeyRow(client, table, { hash }, new Date());
      return true;
    } catch (error) {
      expectedFailure(error, 'api-key-missing');
      return false;
    }
  };
}

/** The row of a key that was just made, found by its hash: what Ballast will compare with. */
async function readMade(client: Client, table: KeyTable, key: Secret, asked: NewKeyRow): Promise<KeyRow> {
  const row = await readKeyRow(client, table, { hash: asked.hash }, new Date()).catch((error: unknown) => {
    expectedFailure(error, 'api-key-missing');
    throw notAsWritten(table, 'the new row is missing');
  });
  if (isRevoked(row.key)) throw notAsWritten(table, 'the new key is not active');
  if (row.key.expired) throw notAsWritten(table, 'the new key has already expired');
  if (!(await fits(key, row.hash))) throw notAsWritten(table, 'the hash does not match the new key');
  return row;
}

async function readActive(
  client: Client,
  table: KeyTable,
  id: string,
  change: KeyChange,
  confirm: Confirm,
): Promise<KeyRow> {
  const row = await readKeyRow(client, table, { id }, new Date(), { lock: true });
  assertActive(table, row, change);
  confirm(row);
  return row;
}

/** What is to become of a key: it goes, or another one comes in its place. */
export type KeyChange = 'revoke' | 'replace';

/** Throws for a key that is revoked already: `already-revoked` where nothing else was asked for, else `api-key-missing`. */
export function assertActive(table: KeyTable, row: KeyRow, change: KeyChange): void {
  if (!isOver(table, row)) return;
  throw new KeelError(
    change === 'revoke' ? 'already-revoked' : 'api-key-missing',
    `${row.key.label} is already revoked; nothing was changed`,
    'list the keys again',
  );
}

function isOver(table: KeyTable, { key }: KeyRow): boolean {
  return revocationOf(table) === 'expiry' ? key.expired : isRevoked(key);
}

/** The column that says that a key is revoked. Throws where the table has none, or the role may not write it. */
export function revocationColumn(table: KeyTable): ColumnFacts {
  const { facts, columns } = table;
  const column = columns.active ?? columns.expires;
  if (!column) {
    throw new KeelError(
      'api-key-table-missing',
      `${facts.label} has no column that says whether a key is active or when it expires; nothing was changed`,
      'choose the column that does; if there is none, delete the row manually',
    );
  }
  assertAllowed(table, 'update', [column]);
  return column;
}

/** What revoking a key sets, for the admin who is asked. Throws as `revocationColumn` does. */
export function revokedBy(table: KeyTable): RowColumn {
  const column = revocationColumn(table);
  return { column: column.name, set: column.kind === 'time' ? theCurrentTime : revokedFlag(column) };
}

function revokedFlag({ name }: ColumnFacts): string {
  return meansRevoked(name) ? 'true' : 'false';
}

/** The change that revokes a row, and the proof of it. Throws as `revocationColumn` does. */
function revocation(table: KeyTable): (client: Client, id: string) => Promise<void> {
  const { facts } = table;
  const column = revocationColumn(table);
  const to = column.kind === 'time' ? nowIn(column) : revokedFlag(column);
  return async (client, id) => {
    const where = whereId(table, id);
    const text = `UPDATE ${facts.sql} AS t SET ${quoteName(column.name)} = ${to} WHERE ${where.sql}`;
    const { rowCount } = await client.query(text, where.values);
    if (rowCount !== 1)
      throw notAsWritten(table, `${formatCount(rowCount ?? 0)} rows were changed instead of one`);
    const row = await readKeyRow(client, table, { id }, inADay());
    if (!isOver(table, row)) throw notAsWritten(table, 'the key is still active');
  };
}

/** The server's clock may be ahead of ours, and its now() is what was written. */
function inADay(): Date {
  return new Date(Date.now() + 86_400_000);
}

function notKnownRevoked({ facts }: KeyTable, { key }: KeyRow): KeelError {
  return new KeelError(
    'commit-unsettled',
    `the connection was lost during the commit of the change to ${facts.label}, and its outcome could not be checked: ${key.label} may or may not be revoked`,
    'list the keys again once the server answers',
  );
}

function notAsWritten({ facts }: KeyTable, what: string): KeelError {
  return new KeelError(
    'verification-failed',
    `${facts.label} did not store what was written: ${what}; it was rolled back, nothing was changed`,
    'check the table for triggers and rules',
  );
}
