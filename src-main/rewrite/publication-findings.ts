import type { Client } from 'pg';
import { pipelined } from '#postgres/pipelined';
import type { TableTarget } from '#postgres/table-target';
import { type Finding, pass, stop } from './finding.ts';
import { refusedUpdate } from './update-trial.ts';

/** A published table, or partition, that holds rows itself. */
export interface PublishedTable {
  readonly label: string;
  readonly identified: boolean;
  /** Publications that filter its rows or list its columns (PostgreSQL 15). */
  readonly selective: readonly string[];
}

/** Both views have these columns from PostgreSQL 15 on. */
const publishedSql = `
WITH tree (oid) AS (SELECT $1::oid UNION SELECT relid FROM pg_partition_tree($1)),
line (leaf, member) AS (SELECT oid, oid FROM tree UNION SELECT oid, relid FROM tree, pg_partition_ancestors(oid))
SELECT n.nspname || '.' || c.relname AS label,
       c.relreplident = 'f'
         OR c.relreplident = 'd' AND EXISTS (
           SELECT FROM pg_index i WHERE i.indrelid = c.oid AND i.indisprimary AND i.indimmediate)
         OR c.relreplident = 'i' AND EXISTS (
           SELECT FROM pg_index i WHERE i.indrelid = c.oid AND i.indisreplident) AS identified,
       coalesce(array_agg(DISTINCT p.pubname::text) FILTER (WHERE to_jsonb(shown) ->> 'rowfilter' IS NOT NULL
         OR EXISTS (SELECT FROM pg_publication_rel r WHERE r.prpubid = p.oid AND r.prrelid = member.oid
                    AND to_jsonb(r) ->> 'prattrs' IS NOT NULL)), '{}') AS selective
FROM line
JOIN pg_class c ON c.oid = line.leaf AND c.relkind = 'r' JOIN pg_namespace n ON n.oid = c.relnamespace
JOIN pg_class member ON member.oid = line.member JOIN pg_namespace of ON of.oid = member.relnamespace
JOIN pg_publication_tables shown ON shown.schemaname = of.nspname AND shown.tablename = member.relname
JOIN pg_publication p ON p.pubname = shown.pubname AND p.pubupdate
GROUP BY c.oid, n.nspname, c.relname, c.relreplident
ORDER BY 1`;

/** The published tables in the tree of each of these. */
export function readPublished(client: Client, tables: readonly TableTarget[]): Promise<PublishedTable[][]> {
  return pipelined(
    client,
    tables.map(({ catalog }) => async () => {
      const { rows } = await client.query<PublishedTable>(publishedSql, [catalog.oid]);
      return rows;
    }),
  );
}

/** Whether a publication makes the server refuse updates: for want of a replica identity, or by its row filter or column list. */
export async function checkPublications(
  client: Client,
  tables: readonly TableTarget[],
  published: readonly (readonly PublishedTable[])[],
): Promise<Finding[]> {
  const unidentified: string[] = [];
  const refused: string[] = [];
  for (const [i, target] of tables.entries()) {
    const rows = published[i] ?? [];
    const without = rows.filter(({ identified }) => !identified).map(({ label }) => label);
    unidentified.push(...without);
    const selective = [...new Set(rows.flatMap((row) => row.selective))];
    // the server says which columns a filter or a list must not, or must, have
    if (without.length > 0 || selective.length === 0 || !(await refusedUpdate(client, target))) continue;
    refused.push(`${target.label} (${selective.join(', ')})`);
  }
  return [checkReplicaIdentity(unidentified), checkSelection(refused)];
}

function checkReplicaIdentity(labels: readonly string[]): Finding {
  if (labels.length === 0) return pass('replica-identity', 'no published table lacks a replica identity');
  return stop(
    'replica-identity',
    `tables are published without a replica identity, so the server rejects updates: ${labels.join(', ')}`,
    'set one with ALTER TABLE … REPLICA IDENTITY FULL',
  );
}

function checkSelection(refused: readonly string[]): Finding {
  if (refused.length === 0)
    return pass('publications', 'no publication has a row filter or column list that blocks the update');
  return stop(
    'publications',
    `the row filter or column list of a publication makes the server reject updates of ${refused.join(', ')}`,
    'restrict the filter to the columns of the replica identity and include them in the column list, or drop the table from the publication for the duration of the rotation',
  );
}
