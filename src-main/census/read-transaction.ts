import type { Client } from 'pg';

/**
 * A transaction that sees one moment and writes nothing. Text comes `stored` as the server has it, so that an invalid byte hides nothing, or in the session's
 * encoding (`converted`), which names and documents need where the database's own is not UTF-8.
 */
export async function inReadTransaction<T>(
  client: Client,
  text: 'stored' | 'converted',
  work: () => Promise<T>,
): Promise<T> {
  const encoding = text === 'stored' ? "; SET LOCAL client_encoding = 'SQL_ASCII'" : '';
  try {
    // one query: there is a transaction for each table, and each query is a wait for the server
    await client.query(
      `BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY; SET LOCAL lock_timeout = '10s'${encoding}`,
    );
    return await work();
  } finally {
    // where this fails the connection is lost, which the error under way or the next query tells
    await client.query('ROLLBACK').catch(() => undefined);
  }
}
