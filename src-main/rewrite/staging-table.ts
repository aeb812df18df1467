import type { Client } from 'pg';
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
  try {
    await client.query(`CREATE ${persistence} TABLE ${staging.sql} (${fields.join(', ')})`);
  } catch (error) {
    throw fromDriverError(error, 'creating a staging table');
  }
}

/** `t` and the staging table (by its alias) speak of the same row: equal identity. */
function sameIdentity({ target }: StagingTable, alias = 's'): string {
  return identityExpressions('t', target.identity)
    .map((column, i) => `${column} = ${alias}.k${i}`)
    .join(' AND ');
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

/** One `UPDATE … FROM` that applies every staged row whose cells did not change meanwhile. Returns the rows written. */
export async function applyStaged(client: Client, staging: StagingTable): Promise<number> {
  const result = await client.query(updateSql(staging));
  return result.rowCount ?? 0;
}

/** Rows that an UPDATE wrote, and those of them that hold exactly the staged cells as it left them. */
export interface Applied {
  readonly written: number;
  readonly same: number;
}

/** The same, and compares each row as it is written. Only where nothing can write after the UPDATE: see `writesOnce`. */
export async function applyCompared(client: Client, staging: StagingTable): Promise<Applied> {
  const { rows } = await client.query(
    `WITH u AS (${updateSql(staging)} RETURNING ${sameCells(staging, 'n')} AS same) ` +
      'SELECT count(*)::int8 AS written, (count(*) FILTER (WHERE same))::int8 AS same FROM u',
  );
  return { written: Number(rows[0].written), same: Number(rows[0].same) };
}

function updateSql(staging: StagingTable): string {
  const assignments = staging.target.columns.flatMap((column, i) => {
    if (!isWritten(column)) return [];
    // text is assigned, not cast: an assignment refuses what does not fit, a cast would cut it
    const isAssigned = column.type === 'text' || column.type === 'bytea';
    return [`${quoteName(column.name)} = ${isAssigned ? `s.n${i}` : `s.n${i}::${column.input}`}`];
  });
  return (
    `UPDATE ${staging.target.sql} AS t SET ${assignments.join(', ')} FROM ${staging.sql} AS s ` +
    `WHERE ${sameIdentity(staging)} AND ${sameCells(staging, 'o')}`
  );
}
