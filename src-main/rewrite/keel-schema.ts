import type { Client } from 'pg';
import { KeelError } from '#errors/keel-error';
import { text } from '#errors/text';
import { fromDriverError } from '#postgres/connection-errors';
import { quoteName } from '#postgres/identifiers';
import { pipelined } from '#postgres/pipelined';
import { counted } from '#shared/counted';
import { endLeftSessions } from './left-sessions.ts';
import type { RewriteSession } from './session.ts';

/** Says of a schema that Keel made it, and may drop it. One that was there before stays. */
const mark = 'Created by Keel, which drops it when it is empty.';

/** Creates Keel's schema where it is not there. */
export async function ensureKeelSchema(client: Client): Promise<void> {
  const { rows } = await client.query(`SELECT FROM pg_namespace WHERE nspname = 'keel'`);
  if (rows.length > 0) return;
  await client.query('CREATE SCHEMA IF NOT EXISTS keel').catch((error: unknown) => {
    throw fromDriverError(error, 'creating the schema keel');
  });
  // an event trigger may refuse it: the schema then stays when it is empty
  await client.query(
    `DO $$ BEGIN COMMENT ON SCHEMA keel IS '${mark}'; EXCEPTION WHEN OTHERS THEN NULL; END $$`,
  );
}

/** Staging tables that stay, since the server refuses to drop them. They hold ciphertexts only. */
export interface Undropped {
  readonly tables: readonly string[];
  readonly reason: string;
}

export interface Cleared {
  readonly dropped: number;
  readonly undropped?: Undropped;
}

/** Drops staging tables, all or those of one session, and the schema if Keel made it and it holds nothing then. */
export async function dropLeftovers(client: Client, rewriteId?: string): Promise<Cleared> {
  return drop(client, await stagingTables(client, rewriteId));
}

/**
 * Where no lock shows whether a session is at work elsewhere: drops the staging tables of these sessions alone. Those of others are among the
 * tables that stay.
 */
export async function dropLeftoversOf(client: Client, rewriteIds: readonly string[]): Promise<Cleared> {
  const known = new Set(rewriteIds.map((id) => id.slice(0, 8)));
  const all = await stagingTables(client);
  const others = all.filter((name) => !known.has(name.split('_')[1] as string));
  const cleared = await drop(
    client,
    all.filter((name) => !others.includes(name)),
  );
  if (cleared.undropped || others.length === 0) return cleared;
  return { ...cleared, undropped: { tables: others.map((name) => `keel.${name}`), reason: maybeRunning } };
}

const maybeRunning =
  'no rotation on record on this machine made them, and on this engine no lock shows whether another machine is running one';

/** Names of columns in order, as `createStagingSql` and `createUnwrittenSql` write them. CockroachDB adds a hidden key of its own. */
const stagingShape = '^((k[0-9]+ )*(o[0-9]+ )+(n[0-9]+ )+note|n mark( k[0-9]+)*( o[0-9]+)+)( rowid)?$';

/** A schema `keel` may be another role’s: what is there is a staging table only by its whole name and by its columns. */
async function stagingTables(client: Client, rewriteId?: string): Promise<string[]> {
  const { rows } = await client.query(
    `SELECT relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
     WHERE n.nspname = 'keel' AND c.relkind = 'r' AND c.relname ~ $1
       AND (SELECT string_agg(a.attname::text, ' ' ORDER BY a.attnum) FROM pg_attribute a
            WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped) ~ $2`,
    [`^(staged|delta|changed)_${rewriteId ? rewriteId.slice(0, 8) : '[0-9a-f]{8}'}_[0-9]+$`, stagingShape],
  );
  return rows.map(({ relname }) => relname);
}

async function drop(client: Client, names: readonly string[]): Promise<Cleared> {
  const tables: string[] = [];
  let reason = '';
  const drops = names.map((name) => () => {
    return client.query(`DROP TABLE IF EXISTS keel.${quoteName(name)}`).catch((error: unknown) => {
      const failure = fromDriverError(error, 'dropping them');
      if (failure.code === 'connection-lost') throw failure;
      tables.push(`keel.${name}`);
      reason = failure.message;
    });
  });
  // an empty schema that stays does no harm
  await pipelined(client, [...drops, () => client.query(dropEmptySchema).catch(() => undefined)]);
  if (tables.length > 0) return { dropped: names.length - tables.length, undropped: { tables, reason } };
  return { dropped: names.length };
}

const dropEmptySchema = `
  DO $$ BEGIN
    IF EXISTS (SELECT FROM pg_namespace WHERE nspname = 'keel' AND pg_has_role(nspowner, 'USAGE')
                 AND obj_description(oid, 'pg_namespace') = '${mark}')
      AND NOT EXISTS (SELECT FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = 'keel')
    THEN DROP SCHEMA keel; END IF;
  END $$`;

/** How long the end of a run waits for somebody who reads its staging tables. What cannot be dropped by then, `recover` drops. */
const dropTimeoutMs = 1_000;

/**
 * Drops what one session staged, all of it or nothing, so that its tables are waited for once and not one after the other. A cancel request that was
 * meant for an earlier statement may still arrive, and then it is done again.
 */
async function dropStaged(client: Client, rewriteId: string, isLast = false): Promise<Undropped | undefined> {
  const names = await stagingTables(client, rewriteId);
  let failure: KeelError | undefined;
  let wasCancelled = false;
  const list = names.map((name) => `keel.${quoteName(name)}`).join(', ');
  const drops = [
    () => client.query(`BEGIN; SET LOCAL lock_timeout = ${dropTimeoutMs}`),
    () =>
      client.query(`DROP TABLE IF EXISTS ${list}`).catch((error: unknown) => {
        failure = fromDriverError(error, 'dropping them');
        if (failure.code === 'connection-lost') throw failure;
        wasCancelled = (error as { code?: unknown }).code === queryCancelled;
      }),
    () => client.query('COMMIT'),
  ];
  // an empty schema that stays does no harm
  const last = () => client.query(dropEmptySchema).catch(() => undefined);
  await pipelined(client, [...(names.length > 0 ? drops : []), last]);
  if (wasCancelled && !isLast) return dropStaged(client, rewriteId, true);
  return failure && { tables: names.map((name) => `keel.${name}`), reason: failure.message };
}

const queryCancelled = '57014';

/** A failure after which staging tables stay, and says so. */
export function withUndropped(failure: unknown, undropped: Undropped | undefined): unknown {
  if (!undropped || !(failure instanceof KeelError)) return failure;
  const { code, message, remedy, reason, stops, cause } = failure;
  const { tables } = undropped;
  return new KeelError(
    code,
    `${message}; ${counted(tables.length, 'staging table')} could not be dropped (${tables.join(', ')}): ${undropped.reason}`,
    text`${remedy}; the staging tables contain only ciphertexts: ${{ do: 'recover' }} to drop them`,
    { cause, reason, ...(stops && { stops }) },
  );
}

/**
 * Ends the session's transaction and drops its staging tables. Where its own connection is gone, its server processes are ended over
 * a fresh one first. `also` clears what else the session made, after its transaction; it may fail. Answers the tables that stay. Throws where it
 * cannot be said that the transaction is over.
 */
export async function cleanUp(
  session: RewriteSession,
  also: (client: Client) => Promise<void> = () => Promise.resolve(),
): Promise<Undropped | undefined> {
  session.writer.interruptible = false;
  try {
    const { writer, id } = session;
    const [, undropped] = await pipelined(writer, [
      () => writer.query('ROLLBACK'),
      async () => {
        await also(writer).catch(() => undefined);
        return dropStaged(writer, id);
      },
    ]);
    return undropped;
  } catch {
    await using helper = await session.open();
    await endLeftSessions(helper, session);
    await also(helper).catch(() => undefined);
    // what cannot be dropped now, `recover` drops
    return await dropStaged(helper, session.id).catch(() => undefined);
  }
}
