import type { Client } from 'pg';

/** As the role that logged in: sessions are its own, whatever role they took on. */
export async function asLogin<T>(client: Client, ask: () => Promise<T>): Promise<T> {
  await client.query('BEGIN; SET LOCAL ROLE NONE');
  try {
    return await ask();
  } finally {
    await client.query('ROLLBACK');
  }
}
