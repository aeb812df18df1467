import type { Client } from 'pg';

/** No question to a catalog takes longer. */
const longestMs = 10_000;

/**
 * Runs questions in one transaction that can change nothing and ends by itself. Settings go with it: a pooler may hand the same
 * session to Ballast next.
 */
export async function readOnly<T>(client: Client, ask: () => Promise<T>): Promise<T> {
  await client.query('BEGIN READ ONLY');
  try {
    await client.query(`SET LOCAL statement_timeout = ${longestMs}`);
    return await ask();
  } finally {
    await client.query('ROLLBACK').catch(() => undefined);
  }
}

/** Undefined where the server refuses: what a role may not see is no fault of the database. */
export async function ifAllowed<T>(client: Client, ask: () => Promise<T>): Promise<T | undefined> {
  try {
    return await readOnly(client, ask);
  } catch (error) {
    // SQLSTATE 42501: privilege; 42P01, 42883: an older server does not have it; 57014: it took too long
    if (['42501', '42P01', '42883', '57014'].includes((error as { code?: string }).code ?? ''))
      return undefined;
    throw error;
  }
}
