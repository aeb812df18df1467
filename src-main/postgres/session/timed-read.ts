import type { Client } from 'pg';

/**
 * Reads in one transaction whose statements may each take so many milliseconds. The limit goes with it: a pooler may hand the same
 * session to Ballast next.
 */
export async function readWithin<T>(client: Client, ms: number, read: () => Promise<T>): Promise<T> {
  await client.query(`BEGIN READ ONLY; SET LOCAL statement_timeout = ${ms}`);
  try {
    return await read();
  } finally {
    // where this fails the connection is lost, which the error under way or the next query tells
    await client.query('ROLLBACK').catch(() => undefined);
  }
}
