import type { Client } from 'pg';
import { quoteName } from '#postgres/identifiers';
import type { TableTarget } from '#postgres/table-target';

/** Planning takes the lock of an update, and waits for whoever creates an index. */
const lockTimeoutMs = 2_000;

/** SQLSTATE `invalid_column_reference`: the replica identity does not fit the filter, or the list, of a publication. */
const refusal = '42P10';

/**
 * Whether the server refuses to update the columns of a table, or of any of its partitions, for the filter or the list of a
 * publication. Plans the update and does not run it, so nothing is changed and no trigger fires.
 */
export async function refusedUpdate(client: Client, target: TableTarget): Promise<boolean> {
  const columns = target.columns.map(({ name }) => quoteName(name));
  await client.query(`BEGIN; SET LOCAL lock_timeout = ${lockTimeoutMs}`);
  try {
    const assignments = columns.map((column) => `${column} = t.${column}`).join(', ');
    await client.query(`EXPLAIN UPDATE ${target.sql} AS t SET ${assignments}`);
    return false;
  } catch (error) {
    return (error as { code?: string }).code === refusal;
  } finally {
    await client.query('ROLLBACK');
  }
}
