import type { Client } from 'pg';
import { pipelined } from '#postgres/pipelined';
import type { TableTarget } from '#postgres/table-target';
import { type Finding, pass, warn } from './finding.ts';

/**
 * Constraints that an update may meet though the ciphertexts' form stays: checks of a ciphertext against another column, such as
 * its hash, and checks that were never validated, which an update applies to old rows too.
 */
export async function checkConstraints(client: Client, tables: readonly TableTarget[]): Promise<Finding> {
  const ask = async ({ catalog, label, columns }: TableTarget): Promise<string[]> => {
    const { rows } = await client.query(
      `SELECT DISTINCT c.conname FROM (SELECT $1::oid UNION SELECT relid FROM pg_partition_tree($1)) AS tree (oid)
       JOIN pg_constraint c ON c.conrelid = tree.oid AND c.contype = 'c'
       CROSS JOIN LATERAL (SELECT bool_or(a.attname = ANY ($2::text[])) AS over, bool_or(a.attname <> ALL ($2::text[])) AS beside
         FROM pg_attribute a WHERE a.attrelid = c.conrelid AND a.attnum = ANY (c.conkey)) AS columns
       WHERE columns.over AND columns.beside OR NOT c.convalidated ORDER BY 1`,
      [catalog.oid, columns.map(({ name }) => name)],
    );
    return rows.map(({ conname }) => `${conname} on ${label}`);
  };
  const each = await pipelined(
    client,
    tables.map((table) => () => ask(table)),
  );
  const found = each.flat();
  if (found.length === 0) return pass('checks', 'no constraint compares a ciphertext with another column');
  return warn(
    'checks',
    `check constraints may reject rows with new ciphertexts: ${found.join(', ')}`,
    'rehearse: a rehearsal shows which constraint does. Drop that one for the duration of the rotation, and add it again once the values that it compares are up to date',
  );
}
