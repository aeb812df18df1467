import type { Client, QueryResult } from 'pg';
import { tellingColumns } from '#postgres/catalog';
import { fromDriverError } from '#postgres/connection-errors';
import { qualifiedName, quoteName, quoteText } from '#postgres/identifiers';
import { identityExpressions, isWritten, readExpression, type TableTarget } from '#postgres/table-target';

/**
 * Where staged rows are: unlogged tables in Keel's own schema, temporary tables of the cutover's connection,
 * or ordinary logged tables in that schema (`plain`), which every engine supports.
 */
export type StagingPlace = 'schema' | 'temporary' | 'plain';

/** What kind of table is created there. */
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
 * A staging table for one target: identity `k0…`, old cells `o0…`, new cells `n0…`, and a `note`: whatever
 * the stager of the row has to remember about it. Neither cells nor note are ever in plain text.
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

/** Creates the table, unlogged if possible: it is never needed after a crash. */
export async function createStagingTable(client: Client, staging: StagingTable): Promise<void> {
  try {
    await client.query(createStagingSql(staging));
  } catch (error) {
    throw fromDriverError(error, 'creating a staging table');
  }
}

/** The statements that create it, for one transaction. */
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
  return `${createSql(staging)} (${fields.join(', ')}); ${keepOthersOut(staging.sql)}`;
}

/**
 * The statement that revokes what default privileges grant to others on a table of Keel's (quoted), like attaching a trigger or changing rows.
 * Belongs in the transaction that creates the table, before anybody can see it.
 */
export function keepOthersOut(sql: string): string {
  return `DO $keel$ DECLARE grantee pg_catalog.text; BEGIN
    FOR grantee IN SELECT DISTINCT CASE a.grantee WHEN 0 THEN 'PUBLIC' ELSE pg_catalog.quote_ident(pg_catalog.pg_get_userbyid(a.grantee)) END
      FROM pg_catalog.pg_class c, pg_catalog.aclexplode(c.relacl) AS a WHERE c.oid = ${quoteText(sql)}::pg_catalog.regclass AND a.grantee <> c.relowner
    LOOP EXECUTE ${quoteText(`REVOKE ALL ON TABLE ${sql} FROM `)} || grantee; END LOOP;
  END $keel$`;
}

/** `t` and the staging table (by its alias) refer to the same row: equal identity. */
function sameIdentity({ target }: StagingTable, alias = 's'): string {
  const { kind } = target.identity;
  return identityExpressions('t', { kind, columns: tellingColumns(target.identity) })
    .map((column, i) => `${column} = ${alias}.k${i}`)
    .join(' AND ');
}

/**
 * The same, and `t` is where the row was when it was read. The key is written so that no index looks
 * attractive to the planner.
 */
function samePlace({ target }: StagingTable): string {
  const key = identityExpressions('t', target.identity).slice(0, -1);
  const isKey = key.map((column, i) => `${column} IS NOT DISTINCT FROM s.k${i}`);
  return [`t.ctid = s.k${key.length}`, ...isKey].join(' AND ');
}

/** Whether staged rows record their locations. In a partitioned table, a location is not unique. */
function tellsPlace({ target: { identity, catalog } }: StagingTable): boolean {
  return catalog.kind !== 'partitioned' && (identity.placed === true || identity.kind === 'place');
}

/** A cell of `t` next to its staged counterpart, old (`o`) or new (`n`). */
function cellPairs({ target }: StagingTable, prefix: 'o' | 'n', alias: string): [string, string][] {
  return target.columns.map((column, i) => {
    // the server may write a document differently than we sent it
    if (column.type === 'jsonb' && prefix === 'n')
      return [`t.${quoteName(column.name)}`, `${alias}.n${i}::pg_catalog.jsonb`];
    return [readExpression('t', column), `${alias}.${prefix}${i}`];
  });
}

/** Every cell of `t` equals the staging table's, with NULL equal to NULL. */
function sameCells(staging: StagingTable, prefix: 'o' | 'n', alias = 's'): string {
  return cellPairs(staging, prefix, alias)
    .map(([cell, staged]) => `${cell} IS NOT DISTINCT FROM ${staged}`)
    .join(' AND ');
}

/**
 * `t` is the row that was written from this staged one: by its key, or, if it is known by location and has
 * moved, by its fresh ciphertexts. Those are also compared as text with plain equality, because IS NOT
 * DISTINCT FROM cannot be hashed.
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

/** Rows that an UPDATE wrote, and those of them whose cells it left exactly as staged. */
export interface Applied {
  readonly written: number;
  readonly same: number;
}

/**
 * `UPDATE … FROM`: applies every staged row whose cells did not change in the meantime. Returns the number of
 * rows written. `staged`: how many rows there are, if they may have moved since; those are found by their
 * keys.
 */
export async function applyStaged(client: Client, staging: StagingTable, staged = 0): Promise<number> {
  return (await applyEach(client, staging, staged, 'true')).written;
}

/**
 * The same, but compares each row as it is written. Only if nothing can write after the UPDATE: see
 * `writesOnce`.
 */
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

/** How the row of a staged one is found: by its location, or by its identity. */
type RowLookup = 'place' | 'identity';

function lookupsOf(staging: StagingTable): readonly RowLookup[] {
  if (!tellsPlace(staging)) return ['identity'];
  return staging.target.identity.placed ? ['place', 'identity'] : ['place'];
}

/** The planner would otherwise hash the whole table instead of looking up each row by location. */
const eachByItself = [
  ['enable_hashjoin', 'off'],
  ['enable_mergejoin', 'off'],
] as const;

async function runLookup(client: Client, lookup: RowLookup, statement: string): Promise<AppliedRow> {
  const settings = lookup === 'identity' ? [] : eachByItself;
  const local = (value?: string) =>
    settings.map(([name, off]) => `SET LOCAL ${name} ${value ?? `= ${off}`}; `).join('');
  const answers: unknown = await client.query(
    `${local()}${statement}${settings.length > 0 ? `; ${local('TO DEFAULT')}` : ''}`,
  );
  const results = (Array.isArray(answers) ? answers : [answers]) as QueryResult<AppliedRow>[];
  return results[settings.length]?.rows[0] as AppliedRow;
}

/** How the driver returns an int8. */
interface AppliedRow {
  readonly written: string;
  readonly same: string;
}

function updateSql(staging: StagingTable, lookup: RowLookup): string {
  const { target } = staging;
  const assignments = target.columns.flatMap((column, i) => {
    if (!isWritten(column)) return [];
    // text is assigned, not cast: an assignment rejects what does not fit, a cast would truncate it
    const isAssigned = column.type === 'text' || column.type === 'bytea';
    return [`${quoteName(column.name)} = ${isAssigned ? `s.n${i}` : `s.n${i}::${column.input}`}`];
  });
  const found = lookup === 'place' && target.identity.placed ? samePlace(staging) : sameIdentity(staging);
  return (
    `UPDATE ${target.sql} AS t SET ${assignments.join(', ')} FROM ${staging.sql} AS s ` +
    `WHERE ${found} AND ${sameCells(staging, 'o')}`
  );
}
