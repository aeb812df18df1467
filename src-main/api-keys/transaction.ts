import type { Client } from 'pg';
import { KeelError } from '#errors/keel-error';
import { type Text, text } from '#errors/text';
import { fromDriverError } from '#postgres/connection-errors';
import { assertOwnCode } from '#postgres/ownership/table-ownership';
import type { KeyTable } from './key-table.ts';

/** Waiting for whoever else is changing the row, or for the tables' lock of a rotation. */
const lockTimeoutMs = 5_000;

/** All of it or nothing. A lost answer to COMMIT is told as what it is: not known. */
export async function inTransaction<T>(client: Client, table: KeyTable, work: () => Promise<T>): Promise<T> {
  assertOwnCode(table.facts.label, table.facts.ownership);
  let committing = false;
  try {
    await client.query(`BEGIN; SET LOCAL lock_timeout = ${lockTimeoutMs}`);
    const result = await work();
    committing = true;
    await client.query('COMMIT');
    return result;
  } catch (error) {
    await client.query('ROLLBACK').catch(() => undefined);
    const told = inWords(error, table);
    if (!committing || told.code !== 'connection-lost') throw told;
    throw new KeelError(
      'connection-lost',
      `the connection was lost while the change to ${table.facts.label} was committed, so it may be there or not`,
      'read the list of keys; a key that is there and that you were not shown is to be revoked',
      { cause: error },
    );
  }
}

/** What the server refuses, by SQLSTATE (PostgreSQL documentation, appendix A), without its DETAIL, which shows rows. */
function inWords(error: unknown, { facts }: KeyTable): KeelError {
  const { code = '', column, constraint } = error as { code?: string; column?: string; constraint?: string };
  const columns = column ?? facts.constraints.get(constraint ?? '')?.join(', ');
  const refusal = (why: string, remedy: Text) =>
    new KeelError(
      'values-missing',
      `${facts.label} does not take the row: ${why}; nothing was changed`,
      remedy,
      {
        cause: error,
      },
    );
  switch (code) {
    case '23502':
      return refusal(
        `${columns ?? 'a column'} needs a value`,
        text`give it one${{ do: 'by-column-option' }}`,
      );
    case '23503':
      return refusal(
        `the value of ${columns ?? 'a column'} is not in the table it points to`,
        'give one that is there',
      );
    case '23505':
      return refusal(
        `another row has the same ${columns ?? 'value'}`,
        'give another value, such as another name',
      );
    case '23514':
      return refusal(
        `the check ${constraint ?? ''} on ${columns ?? 'it'} does not allow it`,
        'look at the constraint',
      );
    case '22001':
      return refusal('a value is longer than its column', 'give a shorter one; the hash takes 60 characters');
    case '22P02':
    case '22007':
    case '22003':
      return refusal('a value is not of its column’s type', 'give it in the form that the others have');
    default:
      return fromDriverError(error, `changing ${facts.label}`);
  }
}
