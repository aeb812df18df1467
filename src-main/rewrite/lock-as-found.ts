import type { Client } from 'pg';
import { KeelError } from '#errors/keel-error';
import { type CatalogTable, definitionSql } from '#postgres/catalog';
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
 * Throws `preflight-stopped` unless each name still leads to the table that was checked, with the same columns and partitions, the same owner,
 * the same code of others and the same triggers: what was staged, and what was found out about whose code runs, is true of nothing else.
 */
async function assertAsFound(
  client: Client,
  tables: readonly TableTarget[],
  triggers: readonly UpdateTrigger[],
): Promise<void> {
  const oids = tables.map(({ catalog }) => catalog.oid);
  const [named, ownership, now] = await pipelined(client, [
    () => definitionsOf(client, tables),
    () => readOwnership(client, oids),
    () => findUpdateTriggers(client, tables, { mayAlter: true }),
  ]);
  const changed = tables.filter(
    ({ catalog }, i) =>
      named[i]?.oid !== catalog.oid ||
      named[i].definition !== catalog.definition ||
      !isSame(ownership.get(catalog.oid), catalog.ownership),
  );
  const [first] = changed;
  if (!first && isSame(now.map(describe), triggers.map(describe))) return;
  throw new KeelError(
    'preflight-stopped',
    `${first ? changed.map(({ label }) => label).join(', ') : 'a table'} has other columns or partitions, another owner, other triggers or other code attached than when it was checked; nothing was changed`,
    'find out which session changes the tables’ definitions, then start again',
  );
}

/** What the names of the tables lead to now, in their order. */
async function definitionsOf(
  client: Client,
  tables: readonly TableTarget[],
): Promise<(Pick<CatalogTable, 'oid' | 'definition'> | undefined)[]> {
  const names = tables.map(({ catalog }) => qualifiedName(catalog.schema, catalog.name));
  const { rows } = await client.query(
    `SELECT c.oid, ${definitionSql} AS definition FROM unnest($1::text[]) WITH ORDINALITY AS one (name, position)
     LEFT JOIN pg_catalog.pg_class c ON c.oid = to_regclass(one.name)::oid ORDER BY one.position`,
    [names],
  );
  return rows;
}

const describe = ({ table, name, enabled }: UpdateTrigger) => [table, name, enabled];

const isSame = (one: unknown, other: unknown) => JSON.stringify(one) === JSON.stringify(other);
