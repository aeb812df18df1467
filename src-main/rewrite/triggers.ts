import type { Client } from 'pg';
import { KeelError } from '#errors/keel-error';
import { fromDriverError } from '#postgres/connection-errors';
import { qualifiedName, quoteName } from '#postgres/identifiers';
import type { TableTarget } from '#postgres/table-target';

/** A user trigger that an UPDATE of a table (or one of its partitions) would fire. */
export interface UpdateTrigger {
  readonly table: string;
  readonly name: string;
  /** `pg_trigger.tgenabled`: O origin, R replica, A always. */
  readonly enabled: 'O' | 'R' | 'A';
  /** Why it stays on: the table belongs to another role, or an event trigger refuses ALTER TABLE. */
  readonly obstacle?: 'owner' | 'event-trigger';
}

/** pg_trigger.tgtype, its bits for FOR EACH ROW and UPDATE (src/include/catalog/pg_trigger.h). */
const forEachRow = 1;
const onUpdate = 16;

/**
 * A trigger of a partitioned table has a clone on every partition. Before PostgreSQL 15 clones are marked as internal, like
 * the system's own triggers of foreign keys, so a trigger is told by the one that its line of clones began with.
 */
const triggersSql = `
WITH RECURSIVE tree (oid, is_root) AS (
  SELECT root.oid, true FROM unnest($1::oid[]) AS root (oid)
  UNION
  SELECT relid, false FROM unnest($1::oid[]) AS root (oid), pg_partition_tree(root.oid) WHERE relid <> root.oid
), line (oid, parent, internal) AS (
  SELECT g.oid, g.tgparentid, g.tgisinternal FROM tree JOIN pg_trigger g ON g.tgrelid = tree.oid
  WHERE g.tgenabled <> 'D' AND g.tgtype & ${onUpdate} <> 0 AND (tree.is_root OR g.tgtype & ${forEachRow} <> 0)
  UNION ALL
  SELECT line.oid, p.tgparentid, p.tgisinternal FROM line JOIN pg_trigger p ON p.oid = line.parent
)
SELECT DISTINCT n.nspname, c.relname, g.tgname, g.tgenabled, pg_has_role(c.relowner, 'USAGE') AS owned
FROM line JOIN pg_trigger g ON g.oid = line.oid
JOIN pg_class c ON c.oid = g.tgrelid JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE line.parent = 0 AND NOT line.internal
ORDER BY 1, 2, 3`;

/** The triggers that an UPDATE of these tables would fire, those on partitions included. */
export async function findUpdateTriggers(
  client: Client,
  tables: readonly TableTarget[],
  { mayAlter }: { readonly mayAlter: boolean },
): Promise<UpdateTrigger[]> {
  const { rows } = await client.query(triggersSql, [tables.map((table) => table.catalog.oid)]);
  return rows.map((row) => ({
    table: qualifiedName(row.nspname, row.relname),
    name: row.tgname,
    enabled: row.tgenabled,
    ...(!row.owned ? { obstacle: 'owner' } : !mayAlter && { obstacle: 'event-trigger' }),
  }));
}

/** Those of the triggers that this role may disable. */
export function withoutObstacle(triggers: readonly UpdateTrigger[]): UpdateTrigger[] {
  return triggers.filter(({ obstacle }) => obstacle === undefined);
}

/**
 * Switches triggers off within the caller's transaction, so that a rotation changes nothing but ciphertexts (no
 * `updated_at`, no audit copies). A ROLLBACK switches them on again by itself; so must the caller before COMMIT.
 */
export async function disableTriggers(client: Client, triggers: readonly UpdateTrigger[]): Promise<void> {
  for (const { table, name } of triggers) {
    await client
      .query(`ALTER TABLE ONLY ${table} DISABLE TRIGGER ${quoteName(name)}`)
      .catch((error: unknown) => {
        const failure = fromDriverError(
          error,
          `disabling the trigger ${name} on ${table.replaceAll('"', '')}`,
        );
        if (failure.code !== 'query-failed') throw failure;
        throw new KeelError(
          failure.code,
          `${failure.message}; nothing was changed`,
          'if an event trigger blocks it, disable that trigger for the duration of the rotation (ALTER EVENT TRIGGER … DISABLE)',
          { cause: error },
        );
      });
  }
}

/** Switches triggers on as they were found, after `checkDeferred`: ALTER TABLE refuses while a check is pending. */
export async function restoreTriggers(client: Client, triggers: readonly UpdateTrigger[]): Promise<void> {
  const mode = { O: '', R: 'REPLICA ', A: 'ALWAYS ' } as const;
  for (const { table, name, enabled } of triggers) {
    await client.query(`ALTER TABLE ONLY ${table} ENABLE ${mode[enabled]}TRIGGER ${quoteName(name)}`);
  }
}
