import type { Client, QueryResult } from 'pg';
import { tellingColumns } from '#postgres/catalog';
import { fromDriverError } from '#postgres/connection-errors';
import { qualifiedName, quoteName } from '#postgres/identifiers';
import { identityExpressions, isWritten, readExpression, type TableTarget } from '#postgres/table-target';

/** Where staged rows live: Keel's own schema, or temporary tables of the cutover's connection. */
export type StagingPlace = 'schema' | 'temporary';

/**
 * A staging table of one target: identity `k0…`, old cells `o0…`, new cells `n0…`, and a `note`: what the
 * one who staged the row has to remember of it. Neither cells nor note are ever in clear.
 */
export interface StagingTable {
  readonly target: TableTarget;
  /** Quoted and qualified. */
  readonly sql: string;
  readonly place: StagingPlace;
}

/** Table names carry the first 8 digits of the session’s id, so that two sessions never share one. */
export function stagingTable(
  target: TableTarget,
  rewriteId: string,
  number: number,
  place: StagingPlace,
  purpose: 'staged' | 'delta' | 'changed' = 'staged',
): StagingTable {
  const name = `${purpose}_${rewriteId.slice(0, 8)}_${number}`;
  return {
    target,
    place,
    sql: place === 'schema' ? qualifiedName('keel', name) : `pg_temp.${quoteName(name)}`,
  };
}

/** Creates the table, unlogged: it is never needed after a crash. */
export async function createStagingTable(client: Client, staging: StagingTable): Promise<void> {
  try {
    await client.query(createStagingSql(staging));
  } catch (error) {
    throw fromDriverError(error, 'creating a staging table');
  }
}

/** The statement that creates it. */
export function createStagingSql(staging: StagingTable): string {
  const { identity, columns } = staging.target;
  const cells = (prefix: string) =>
    columns.map(
      ({ type }, i) => `${prefix}${i} ${type === 'bytea' ? 'pg_catalog.bytea' : 'pg_catalog.text'}`,
    );
  const fields = [
    ...identity.columns.map(({ type }, i) => `k${i} ${type}`),
    ...cells('o'),
    ...cells('n'),
    'note pg_catalog.bytea',
  ];
  const persistence = staging.place === 'schema' ? 'UNLOGGED' : 'TEMPORARY';
  return `CREATE ${persistence} TABLE ${staging.sql} (${fields.join(', ')})`;
}

/** `t` and the staging table (by its alias) speak of the same row: equal identity. */
function sameIdentity({ target }: StagingTable, alias = 's'): string {
  const { kind } = target.identity;
  return identityExpressions('t', { kind, columns: tellingColumns(target.identity) })
    .map((column, i) => `${column} = ${alias}.k${i}`)
    .join(' AND ');
}

/** The same, and `t` is where the row was as it was read. The key is written so that no index looks promising. */
function samePlace({ target }: StagingTable): string {
  const key = identityExpressions('t', target.identity).slice(0, -1);
  const isKey = key.map((column, i) => `${column} IS NOT DISTINCT FROM s.k${i}`);
  return [`t.ctid = s.k${key.length}`, ...isKey].join(' AND ');
}

/** Whether staged rows say where theirs are. In a partitioned table a place is that of many rows. */
function tellsPlace({ target: { identity, catalog } }: StagingTable): boolean {
  return catalog.kind !== 'partitioned' && (identity.placed === true || identity.kind === 'place');
}

/** A cell of `t` beside its staged counterpart, old (`o`) or new (`n`). */
function cellPairs({ target }: StagingTable, prefix: 'o' | 'n', alias: string): [string, string][] {
  return target.columns.map((column, i) => {
    // the server may write a document that it took from us in another way
    if (column.type === 'jsonb' && prefix === 'n')
      return [`t.${quoteName(column.name)}`, `${alias}.n${i}::pg_catalog.jsonb`];
    return [readExpression('t', column), `${alias}.${prefix}${i}`];
  });
}

/** Every cell of `t` holds what the staging table has, NULL for NULL. */
function sameCells(staging: StagingTable, prefix: 'o' | 'n', alias = 's'): string {
  return cellPairs(staging, prefix, alias)
    .map(([cell, staged]) => `${cell} IS NOT DISTINCT FROM ${staged}`)
    .join(' AND ');
}

/**
 * `t` is the row that was written from this staged one: by its key, or, where it is known by its place and has moved, by
 * its fresh ciphertexts. Those are compared as text with plain equality too, since IS NOT DISTINCT FROM cannot be hashed.
 */
export function writtenFrom(staging: StagingTable, alias = 's'): string {
  const cells = sameCells(staging, 'n', alias);
  if (staging.target.identity.kind === 'key') return `${sameIdentity(staging, alias)} AND ${cells}`;
  const hashable = cellPairs(staging, 'n', alias).map(
    ([cell, staged], i) =>
      `coalesce((${cell})${asTextUnlessBytes(staging, i)}, '') = coalesce((${staged})${asTextUnlessBytes(staging, i)}, '')`,
  );
  return [...hashable, cells].join(' AND ');
}

function asTextUnlessBytes({ target }: StagingTable, column: number): string {
  return target.columns[column]?.type === 'bytea' ? '' : '::pg_catalog.text';
}

/** Rows that an UPDATE wrote, and those of them that hold exactly the staged cells as it left them. */
export interface Applied {
  readonly written: number;
  readonly same: number;
}

/**
 * `UPDATE … FROM`: applies every staged row whose cells did not change meanwhile. Returns the rows written. `staged`: how many rows there
 * are, where they may have moved since; those are looked for by their keys.
 */
export async function applyStaged(client: Client, staging: StagingTable, staged = 0): Promise<number> {
  let written = 0;
  for (const way of waysOf(staging)) {
    const { rowCount } = await runWay(client, way, updateSql(staging, way));
    written += rowCount ?? 0;
    if (written >= staged) break;
  }
  return written;
}

/** The same, and compares each row as it is written. Only where nothing can write after the UPDATE: see `writesOnce`. */
export async function applyCompared(client: Client, staging: StagingTable, staged: number): Promise<Applied> {
  let written = 0;
  let same = 0;
  for (const way of waysOf(staging)) {
    const { rows } = await runWay(
      client,
      way,
      `WITH u AS (${updateSql(staging, way)} RETURNING ${sameCells(staging, 'n')} AS same) ` +
        'SELECT count(*)::int8 AS written, (count(*) FILTER (WHERE same))::int8 AS same FROM u',
    );
    written += Number(rows[0].written);
    same += Number(rows[0].same);
    if (written >= staged) break;
  }
  return { written, same };
}

/** How the row of a staged one is found: where it was, or by whatever tells it. */
type Way = 'place' | 'identity';

function waysOf(staging: StagingTable): readonly Way[] {
  if (!tellsPlace(staging)) return ['identity'];
  return staging.target.identity.placed ? ['place', 'identity'] : ['place'];
}

/** The server would rather hash the whole table than look where each row is. */
const eachByItself = 'SET LOCAL enable_hashjoin = off; SET LOCAL enable_mergejoin = off';
const asUsual = 'SET LOCAL enable_hashjoin TO DEFAULT; SET LOCAL enable_mergejoin TO DEFAULT';

async function runWay(client: Client, way: Way, statement: string): Promise<QueryResult> {
  if (way === 'identity') return client.query(statement);
  const answers: unknown = await client.query(`${eachByItself}; ${statement}; ${asUsual}`);
  return (answers as QueryResult[])[2] as QueryResult;
}

function updateSql(staging: StagingTable, way: Way): string {
  const { target } = staging;
  const assignments = target.columns.flatMap((column, i) => {
    if (!isWritten(column)) return [];
    // text is assigned, not cast: an assignment refuses what does not fit, a cast would cut it
    const isAssigned = column.type === 'text' || column.type === 'bytea';
    return [`${quoteName(column.name)} = ${isAssigned ? `s.n${i}` : `s.n${i}::${column.input}`}`];
  });
  const found = way === 'place' && target.identity.placed ? samePlace(staging) : sameIdentity(staging);
  return (
    `UPDATE ${target.sql} AS t SET ${assignments.join(', ')} FROM ${staging.sql} AS s ` +
    `WHERE ${found} AND ${sameCells(staging, 'o')}`
  );
}
