import type { Client, QueryResult } from 'pg';
import { tellingColumns } from '#postgres/catalog';
import { fromDriverError } from '#postgres/connection-errors';
import { qualifiedName, quoteName } from '#postgres/identifiers';
import { runsAs } from '#postgres/ownership/table-ownership';
import { identityExpressions, isWritten, readExpression, type TableTarget } from '#postgres/table-target';
import { queryAsOwner } from './as-owner.ts';

/**
 * Where staged rows live: unlogged tables of Keel's own schema, temporary tables of the cutover's connection, or tables of that schema that are
 * logged like any other (`plain`), which every engine has.
 */
export type StagingPlace = 'schema' | 'temporary' | 'plain';

/** What a table there is created as. */
const kinds: Readonly<Record<StagingPlace, string>> = {
  schema: 'UNLOGGED TABLE',
  temporary: 'TEMPORARY TABLE',
  plain: 'TABLE',
};

/** The beginning of a statement that creates a table there. */
export function createSql({ place, sql }: Pick<StagingTable, 'place' | 'sql'>): string {
  return `CREATE ${kinds[place]} ${sql}`;
}

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
    sql: place === 'temporary' ? `pg_temp.${quoteName(name)}` : qualifiedName('keel', name),
  };
}

/** Creates the table, unlogged where it can be: it is never needed after a crash. */
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
  return `${createSql(staging)} (${fields.join(', ')})`;
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
  return (await applyEach(client, staging, staged, 'true')).written;
}

/** The same, and compares each row as it is written. Only where nothing can write after the UPDATE: see `writesOnce`. */
export async function applyCompared(client: Client, staging: StagingTable, staged: number): Promise<Applied> {
  return applyEach(client, staging, staged, sameCells(staging, 'n'));
}

async function applyEach(
  client: Client,
  staging: StagingTable,
  staged: number,
  comparison: string,
): Promise<Applied> {
  let written = 0;
  let same = 0;
  for (const lookup of lookupsOf(staging)) {
    const applied = await runLookup(
      client,
      staging,
      lookup,
      `WITH u AS (${updateSql(staging, lookup)} RETURNING ${comparison} AS same) ` +
        'SELECT count(*)::int8 AS written, (count(*) FILTER (WHERE same))::int8 AS same FROM u',
    );
    written += Number(applied.written);
    same += Number(applied.same);
    if (written >= staged) break;
  }
  return { written, same };
}

/** How the row of a staged one is found: where it was, or by whatever tells it. */
type RowLookup = 'place' | 'identity';

function lookupsOf(staging: StagingTable): readonly RowLookup[] {
  if (!tellsPlace(staging)) return ['identity'];
  return staging.target.identity.placed ? ['place', 'identity'] : ['place'];
}

/** The server would rather hash the whole table than look where each row is. */
const eachByItself = [
  ['enable_hashjoin', 'off'],
  ['enable_mergejoin', 'off'],
] as const;

/** Whether what is applied is run as the table's owner. */
export function appliesAsOwner({ target }: StagingTable): boolean {
  return ownerToBe(target) !== undefined;
}

function ownerToBe({ catalog: { ownership } }: TableTarget): string | undefined {
  return ownership && runsAs(ownership);
}

async function runLookup(
  client: Client,
  { target, sql }: StagingTable,
  lookup: RowLookup,
  statement: string,
): Promise<AppliedRow> {
  const owner = ownerToBe(target);
  const settings = lookup === 'identity' ? [] : eachByItself;
  if (owner !== undefined) {
    const returns = [
      ['written', 'int8'],
      ['same', 'int8'],
    ] as const;
    const rows = await queryAsOwner<AppliedRow>(client, {
      owner,
      statement,
      returns,
      settings,
      reads: [sql],
    });
    return rows[0] as AppliedRow;
  }
  const local = (value?: string) =>
    settings.map(([name, off]) => `SET LOCAL ${name} ${value ?? `= ${off}`}; `).join('');
  const answers: unknown = await client.query(
    `${local()}${statement}${settings.length > 0 ? `; ${local('TO DEFAULT')}` : ''}`,
  );
  const results = (Array.isArray(answers) ? answers : [answers]) as QueryResult<AppliedRow>[];
  return results[settings.length]?.rows[0] as AppliedRow;
}

/** As the driver hands on an int8. */
interface AppliedRow {
  readonly written: string;
  readonly same: string;
}

function updateSql(staging: StagingTable, lookup: RowLookup): string {
  const { target } = staging;
  const assignments = target.columns.flatMap((column, i) => {
    if (!isWritten(column)) return [];
    // text is assigned, not cast: an assignment refuses what does not fit, a cast would cut it
    const isAssigned = column.type === 'text' || column.type === 'bytea';
    return [`${quoteName(column.name)} = ${isAssigned ? `s.n${i}` : `s.n${i}::${column.input}`}`];
  });
  const found = lookup === 'place' && target.identity.placed ? samePlace(staging) : sameIdentity(staging);
  return (
    `UPDATE ${target.sql} AS t SET ${assignments.join(', ')} FROM ${staging.sql} AS s ` +
    `WHERE ${found} AND ${sameCells(staging, 'o')}`
  );
}
