import type { Client } from 'pg';
import { fromDriverError } from '#postgres/connection-errors';
import { quoteName } from '#postgres/identifiers';
import type { RewriteSession } from './session.ts';
import type { StagingPlace } from './staging-table.ts';

/** Where rows can be staged: Keel's own schema, or temporary tables where the role may not create one. */
export async function stagingPlaceOf(client: Client): Promise<StagingPlace> {
  const { rows } = await client.query(
    `SELECT coalesce((SELECT has_schema_privilege(oid, 'CREATE') FROM pg_namespace WHERE nspname = 'keel'),
       has_database_privilege(current_database(), 'CREATE')) AS "mayStage"`,
  );
  return rows[0].mayStage ? 'schema' : 'temporary';
}

/** Creates Keel's schema. False where the role may not; nothing is changed then. */
export async function ensureKeelSchema(client: Client): Promise<boolean> {
  const { rows } = await client.query(
    `SELECT has_database_privilege(current_database(), 'CREATE') AS can_create,
            (SELECT has_schema_privilege(oid, 'CREATE') FROM pg_namespace WHERE nspname = 'keel') AS can_use`,
  );
  const { can_create: canCreate, can_use: canUse } = rows[0];
  if (canUse !== null) return canUse;
  if (!canCreate) return false;
  try {
    await client.query('CREATE SCHEMA IF NOT EXISTS keel');
    return true;
  } catch (error) {
    throw fromDriverError(error, 'creating the schema keel');
  }
}

/** Drops staging tables, all or those of one session, and the schema if it holds nothing then. */
export async function dropLeftovers(client: Client, rewriteId?: string): Promise<number> {
  const { rows } = await client.query(
    `SELECT relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
     WHERE n.nspname = 'keel' AND c.relkind = 'r' AND c.relname ~ $1`,
    [`^(staged|delta|changed)_${rewriteId ? rewriteId.slice(0, 8) : '[0-9a-f]{8}'}_`],
  );
  for (const { relname } of rows) await client.query(`DROP TABLE IF EXISTS keel.${quoteName(relname)}`);
  await client.query(
    `DO $$ BEGIN
       IF EXISTS (SELECT FROM pg_namespace WHERE nspname = 'keel' AND pg_has_role(nspowner, 'USAGE'))
         AND NOT EXISTS (SELECT FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = 'keel')
       THEN DROP SCHEMA keel; END IF;
     END $$`,
  );
  return rows.length;
}

/** Drops the staging tables, over a fresh connection if the session's own is gone or stuck in a failed transaction. */
export async function cleanUp(session: RewriteSession): Promise<void> {
  try {
    await session.writer.query('ROLLBACK');
    await dropLeftovers(session.writer, session.id);
  } catch {
    const helper = await session.open().catch(() => undefined);
    // what cannot be dropped now, `recover` drops
    await helper
      ?.query("SET lock_timeout = '5s'")
      .then(
        () => dropLeftovers(helper, session.id),
        () => undefined,
      )
      .catch(() => undefined);
    await helper?.end();
  }
}
