import type { Client } from 'pg';
import { pipelined } from '#postgres/pipelined';
import type { TableTarget } from '#postgres/table-target';
import { type Finding, pass, stop } from './finding.ts';

/** Reasons against rewriting partitioned tables, and partitions by themselves. */
export async function checkPartitions(client: Client, tables: readonly TableTarget[]): Promise<Finding[]> {
  const [foreign, keys] = await pipelined(client, [
    () => checkForeignPartitions(client, tables),
    () => checkKeys(client, tables),
  ]);
  return [checkOverlap(tables), foreign, keys];
}

function checkOverlap(tables: readonly TableTarget[]): Finding {
  const partitioned = tables.filter((table) => table.catalog.kind === 'partitioned');
  const lone = tables.filter((table) => table.catalog.kind === 'partition');
  if (partitioned.length > 0 && lone.length > 0) {
    return stop(
      'partitions',
      `the inventory lists both partitioned tables and individual partitions (${lone.map((t) => t.label).join(', ')}): rows could be counted twice`,
      'list the partitioned table only',
    );
  }
  return pass(
    'partitions',
    partitioned.length > 0 ? 'partitioned tables are rewritten as a whole' : 'no table is partitioned',
  );
}

/** Rows on another server are outside of the transaction, and do not tell who wrote them. */
async function checkForeignPartitions(client: Client, tables: readonly TableTarget[]): Promise<Finding> {
  const { rows } = await client.query(
    `SELECT DISTINCT n.nspname || '.' || c.relname AS label
     FROM unnest($1::oid[]) AS root (oid), pg_partition_tree(root.oid) AS tree
     JOIN pg_class c ON c.oid = tree.relid AND c.relkind = 'f' JOIN pg_namespace n ON n.oid = c.relnamespace
     ORDER BY 1`,
    [tables.map(({ catalog }) => catalog.oid)],
  );
  if (rows.length === 0) return pass('foreign-partitions', 'no partition is a foreign table');
  return stop(
    'foreign-partitions',
    `some partitions are foreign tables; their rows are on another server and cannot be rewritten in the same transaction: ${rows.map(({ label }) => label).join(', ')}`,
    'detach them for the duration of the rotation (ALTER TABLE … DETACH PARTITION …), and rotate the table on its own server',
  );
}

/** A new ciphertext would belong into another partition, or into none. */
async function checkKeys(client: Client, tables: readonly TableTarget[]): Promise<Finding> {
  const ask = async ({ catalog, label, columns }: TableTarget): Promise<string[]> => {
    // the columns of a partition key, those in expressions too, belong to their table as a whole
    const { rows } = await client.query(
      `SELECT DISTINCT a.attname FROM (SELECT relid FROM pg_partition_tree($1) UNION
         SELECT relid FROM pg_partition_ancestors($1)) AS line (oid)
       JOIN pg_depend d ON d.classid = 'pg_class'::regclass AND d.objid = line.oid AND d.refclassid = d.classid
         AND d.refobjid = line.oid AND d.refobjsubid = 0 AND d.deptype = 'i'
       JOIN pg_attribute a ON a.attrelid = line.oid AND a.attnum = d.objsubid
       WHERE a.attname = ANY ($2::text[]) ORDER BY 1`,
      [catalog.oid, columns.map(({ name }) => name)],
    );
    return rows.map(({ attname }) => `${label}.${attname}`);
  };
  const each = await pipelined(
    client,
    tables.map((table) => () => ask(table)),
  );
  const keyed = each.flat();
  if (keyed.length === 0) return pass('partition-key', 'no encrypted column is part of a partition key');
  return stop(
    'partition-key',
    `encrypted columns are part of a partition key, so a new ciphertext may belong in another partition: ${keyed.join(', ')}`,
    'partition the table by another column, or remove the column from the inventory',
  );
}
