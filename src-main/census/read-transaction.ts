import type { Client } from 'pg';

/** A transaction that sees one moment and writes nothing. Text comes as the server has it, so that an invalid byte hides nothing. */
export async function inReadTransaction<T>(client: Client, work: () => Promise<T>): Promise<T> {
  await client.query('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY');
  try {
    await client.query("SET LOCAL client_encoding = 'SQL_ASCII'; SET LOCAL lock_timeout = '10s'");
    return await work();
  } finally {
    // where this fails the connection is lost, which the error under way or the next query tells
    await client.query('ROLLBACK').catch(() => undefined);
  }
}
