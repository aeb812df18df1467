import type { Client } from 'pg';
import { KeelError } from '#errors/keel-error';
import { qualifiedName } from '#postgres/identifiers';
import { readOwnership } from '#postgres/ownership/table-ownership';
import { pipelined } from '#postgres/pipelined';
import type { TableTarget } from '#postgres/table-target';
import { findUpdateTriggers, type UpdateTrigger } from './triggers.ts';
import { lockTables } from './writing-transaction.ts';

/**
 * Locks tables as `lockTables` does, which also keeps out triggers, constraints and indexes, and then asserts that they are what preflight
 * found (`assertAsFound`).
 */
export async function lockAsFound(
  client: Client,
  tables: readonly TableTarget[],
  triggers: readonly UpdateTrigger[],
  timeoutMs: number,
): Promise<void> {
  await pipelined(client, [
    () => lockTables(client, tables, timeoutMs),
    () => assertAsFound(client, tables, triggers),
  ]);
}

/**
 * Throws `preflight-stopped` unless each name still leads to the table that was checked, with the same owner, the same code of others and
 * the same triggers: what was found out about whose code runs is true of nothing else.
 */
async function assertAsFound(
  client: Client,
  tables: readonly TableTarget[],
  triggers: readonly UpdateTrigger[],
): Promise<void> {
  const oids = tables.map(({ catalog }) => catalog.oid);
  const [named, ownership, now] = await pipelined(client, [
    () => oidsOf(client, tables),
    () => readOwnership(client, oids),
    () => findUpdateTriggers(client, tables, { mayAlter: true }),
  ]);
  const changed = tables.filter(
    ({ catalog }, i) => named[i] !== catalog.oid || !isSame(ownership.get(catalog.oid), catalog.ownership),
  );
  const [first] = changed;
  if (!first && isSame(now.map(describe), triggers.map(describe))) return;
  throw new KeelError(
    'preflight-stopped',
    `${first ? changed.map(({ label }) => label).join(', ') : 'a table'} has another owner, other triggers or other code attached than when it was checked; nothing was changed`,
    'find out which session changes the tables’ definitions, then start again',
  );
}

async function oidsOf(client: Client, tables: readonly TableTarget[]): Promise<(number | null)[]> {
  const names = tables.map(({ catalog }) => qualifiedName(catalog.schema, catalog.name));
  const { rows } = await client.query(
    `SELECT to_regclass(name)::oid AS oid FROM unnest($1::text[]) WITH ORDINALITY AS one (name, position) ORDER BY position`,
    [names],
  );
  return rows.map(({ oid }) => oid);
}

const describe = ({ table, name, enabled }: UpdateTrigger) => [table, name, enabled];

const isSame = (one: unknown, other: unknown) => JSON.stringify(one) === JSON.stringify(other);
