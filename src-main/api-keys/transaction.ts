import type { Client } from 'pg';
import { KeelError } from '#errors/keel-error';
import { type Text, text } from '#errors/text';
import { fromDriverError } from '#postgres/connection-errors';
import { keepCodeOut } from '#postgres/ownership/keep-code-out';
import { assertOwnCode } from '#postgres/ownership/table-ownership';
import type { KeelClient } from '#postgres/session/keel-client';
import { beginSettled, commitSettled } from '#postgres/session/settled-commit';
import type { KeyTable } from './key-table.ts';
import { readTableFacts } from './table-facts.ts';

/** Waiting for whoever else is changing the row, or for the tables' lock of a rotation. */
const lockTimeoutMs = 5_000;

/** What is left of a transaction. */
export interface Changed<T> {
  readonly result: T;
  /** False where the answer to COMMIT was lost, and the database could not be asked what became of it. */
  readonly isSettled: boolean;
}

/**
 * All of it or nothing. Where the answer to COMMIT is lost, `isThere` looks over another connection whether what was written is in the
 * table. `written`: the columns that the work writes, if not all. Whatever is thrown, nothing was changed.
 */
export async function inTransaction<T>(
  client: KeelClient,
  table: KeyTable,
  work: () => Promise<T>,
  isThere: (client: Client) => Promise<boolean>,
  written?: readonly string[],
): Promise<Changed<T>> {
  try {
    const writing = await beginSettled(client, lockTimeoutMs);
    await keepCodeOut(client, table.facts.sql);
    await assertAsRead(client, table, written);
    const result = await work();
    const outcome = await commitSettled(client, writing, isThere);
    if (outcome === 'rolled-back') throw notCommitted(table);
    return { result, isSettled: outcome === 'committed' };
  } catch (error) {
    await client.query('ROLLBACK').catch(() => undefined);
    throw inWords(error, table);
  }
}

/** What is known of the table is true of what is locked now, and changing it runs nobody else’s code. */
async function assertAsRead(
  client: Client,
  { facts }: KeyTable,
  written: readonly string[] | undefined,
): Promise<void> {
  const [now] = await readTableFacts(client, [facts]);
  if (JSON.stringify(now) !== JSON.stringify(facts)) {
    throw new KeelError(
      'preflight-stopped',
      `the definition of ${facts.label} has changed since it was read; nothing was changed`,
      'find out which session changes it, then run it again',
    );
  }
  assertOwnCode(facts.label, now?.ownership, written);
}

function notCommitted({ facts }: KeyTable): KeelError {
  return new KeelError(
    'connection-lost',
    `the connection was lost during the commit of the change to ${facts.label}, and the table shows that it was not committed: nothing was changed`,
    'check the server log, then run it again',
  );
}

/** What the server refuses, by SQLSTATE (PostgreSQL documentation, appendix A), without its DETAIL, which shows rows. */
function inWords(error: unknown, { facts }: KeyTable): KeelError {
  const { code = '', column, constraint } = error as { code?: string; column?: string; constraint?: string };
  const columns = column ?? facts.constraints.get(constraint ?? '')?.join(', ');
  const refusal = (why: string, remedy: Text) =>
    new KeelError('values-missing', `${facts.label} rejected the row: ${why}; nothing was changed`, remedy, {
      cause: error,
    });
  switch (code) {
    case '23502':
      return refusal(`${columns ?? 'a column'} needs a value`, text`set it${{ do: 'by-column-option' }}`);
    case '23503':
      return refusal(
        `the value of ${columns ?? 'a column'} is not in the table that it references`,
        'use one that exists',
      );
    case '23505':
      return refusal(
        `another row has the same ${columns ?? 'value'}`,
        'use another value, such as another name',
      );
    case '23514':
      return refusal(
        `the check constraint ${constraint ?? ''} on ${columns ?? 'it'} does not allow it`,
        'check what the constraint allows',
      );
    case '22001':
      return refusal('a value is too long for its column', 'use a shorter one; the hash needs 60 characters');
    case '22P02':
    case '22007':
    case '22003':
      return refusal('a value does not match its column’s type', 'use the format that other rows have');
    default:
      return fromDriverError(error, `changing ${facts.label}`);
  }
}
