import type { ClientBase } from 'pg';

/**
 * Keeps others from attaching code to a table (quoted and qualified), and to those that belong to it, until the transaction ends: triggers,
 * constraints, indexes. Who reads or writes rows goes on. A role that may not take this lock does without; whose code is attached is to be
 * read afterwards in any case.
 */
export async function keepCodeOut(client: ClientBase, table: string): Promise<void> {
  const { rows } = await client.query(
    `SELECT has_table_privilege(oid, 'UPDATE, DELETE, TRUNCATE') AS "mayLock" FROM to_regclass($1) AS oid`,
    [table],
  );
  if (rows[0].mayLock) await client.query(`LOCK TABLE ${table} IN SHARE UPDATE EXCLUSIVE MODE`);
}
