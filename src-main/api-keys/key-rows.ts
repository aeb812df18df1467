import type { Client } from 'pg';
import type { ApiKey, ApiKeyList } from '#contract/api-keys';
import { KeelError } from '#errors/keel-error';
import { fromDriverError } from '#postgres/connection-errors';
import { assertReadable } from '#postgres/ownership/table-ownership';
import { quoteName } from '#postgres/identifiers';
import { costOf } from './bcrypt-hash.ts';
import { findingsOf } from './findings.ts';
import type { KeyTable } from './key-table.ts';
import { signOf, signText, type StateColumn, stateColumns, type StateSign } from './state-signs.ts';
import type { ColumnFacts, TableFacts } from './table-facts.ts';
import { formatCount } from '#shared/counted';

/** A row of the table with its hash, which stays in the main process. */
export interface KeyRow {
  readonly key: ApiKey;
  readonly hash: string;
  /** As it is in the table; of the key that is shown, control characters are replaced. */
  readonly prefix: string;
}

type UnjudgedRow = Omit<KeyRow, 'key'> & { readonly key: Omit<ApiKey, 'findings'> };

/** A table with more rows than this is no table of API keys. */
const maxRows = 100_000;
/** Rows fetched at once. */
const portion = 2_000;
/** Longer texts of the database are cut. */
const longestText = 200;

/** Every row, active ones first, newest first, with what there is to say of it at `now`. */
export async function readKeyRows(client: Client, table: KeyTable, now: Date): Promise<KeyRow[]> {
  const { columns } = table;
  const raw: UnjudgedRow[] = [];
  // held by the server: no transaction stays open while keys are compared
  await query(client, table, `DECLARE keel_api_keys NO SCROLL CURSOR WITH HOLD FOR ${selectKeys(table)}`);
  try {
    for (;;) {
      const { rows } = await query(client, table, `FETCH ${portion} FROM keel_api_keys`);
      raw.push(...rows.map((row) => toRow(table, row, now)));
      if (rows.length < portion) break;
      if (raw.length > maxRows) throw tooMany(table);
    }
  } finally {
    await client.query('CLOSE keel_api_keys').catch(() => undefined);
  }
  const kept = { expires: columns.expires !== undefined, lastUsed: columns.lastUsed !== undefined };
  const findings = findingsOf(raw, kept, now);
  return raw
    .map(({ key, ...row }, i) => ({ ...row, key: { ...key, findings: findings[i] ?? [] } }))
    .sort(inOrder);
}

/**
 * The one row with this id or hash, as it is now. Throws `api-key-missing`. `lock` keeps others from changing it until the
 * end of the transaction.
 */
export async function readKeyRow(
  client: Client,
  table: KeyTable,
  by: { readonly id: string } | { readonly hash: string },
  now: Date,
  { lock = false } = {},
): Promise<KeyRow> {
  const { sql, values } =
    'id' in by
      ? whereId(table, by.id)
      : { sql: `t.${quoteName(table.columns.hash.name)}::text = $1`, values: [by.hash] };
  const { rows } = await query(
    client,
    table,
    `${selectKeys(table)} WHERE ${sql}${lock ? ' FOR UPDATE' : ''}`,
    values,
  );
  if (rows.length !== 1) throw keyMissing();
  const { key, ...row } = toRow(table, rows[0], now);
  return { ...row, key: { ...key, findings: [] } };
}

/** The condition that finds the row of an id. Throws `api-key-missing` where the table has no key, or the id is not of its form. */
export function whereId({ facts }: KeyTable, id: string): { sql: string; values: string[] } {
  const values = partsOf(facts, id);
  const sql = facts.identity.map(({ name }, i) => `t.${quoteName(name)}::text = $${i + 1}`).join(' AND ');
  return { sql, values };
}

/** The expression of a row's id as text. */
function idExpression(identity: readonly ColumnFacts[]): string {
  const parts = identity.map(({ name }) => `t.${quoteName(name)}::text`);
  return parts.length === 1 ? (parts[0] as string) : `json_build_array(${parts.join(', ')})::text`;
}

/** Whether a row says that its key is no longer valid, whatever the dates say. */
export function isRevoked({ active, unclear }: Pick<ApiKey, 'active' | 'unclear'>): boolean {
  return !active && unclear === undefined;
}

/** How a key is revoked in this table. */
export function revocationOf({ columns }: KeyTable): ApiKeyList['revokes'] {
  if (columns.active) return columns.active.kind === 'boolean' ? 'flag' : 'moment';
  return columns.expires ? 'expiry' : 'none';
}

function keyMissing(): KeelError {
  return new KeelError(
    'api-key-missing',
    'this API key no longer exists; nothing was changed',
    'list the keys again',
  );
}

function partsOf({ identity, label }: TableFacts, id: string): string[] {
  if (identity.length === 0) {
    throw new KeelError(
      'api-key-missing',
      `${label} has no primary key that identifies a row; nothing was changed`,
      'add a primary key to the table',
    );
  }
  if (identity.length === 1) return [id];
  try {
    const parts: unknown = JSON.parse(id);
    if (Array.isArray(parts) && parts.length === identity.length) return parts.map(String);
  } catch {
    // told below
  }
  throw keyMissing();
}

function selectKeys(table: KeyTable): string {
  const { facts, columns } = table;
  const signs = [
    ...stateColumns(table).map(signExpression),
    ...table.elsewhere.map(({ expression }) => expression),
  ];
  const text = (column: ColumnFacts | undefined) =>
    column ? `t.${quoteName(column.name)}::text` : 'NULL::text';
  const epoch = (column: ColumnFacts | undefined) =>
    column ? `extract(epoch FROM t.${quoteName(column.name)})::float8` : 'NULL::float8';
  return `SELECT ${facts.identity.length > 0 ? idExpression(facts.identity) : 'NULL::text'} AS id,
    ${text(columns.hash)} AS hash, ${text(columns.name)} AS name, ${text(columns.prefix)} AS prefix,
    ${text(columns.scope)} AS scope, ${epoch(columns.created)} AS created, ${epoch(columns.lastUsed)} AS used,
    ${epoch(columns.expires)} AS expires, ARRAY[${signs.join(', ')}]::text[] AS signs FROM ${facts.sql} AS t`;
}

/** A cell as `signOf` takes it. */
function signExpression({ column: { name, kind, mayRead } }: StateColumn): string {
  if (!mayRead) return 'NULL';
  return signText(`t.${quoteName(name)}`, kind);
}

interface Cells {
  readonly id: string | null;
  readonly hash: string | null;
  readonly name: string | null;
  readonly prefix: string | null;
  readonly scope: string | null;
  readonly created: number | null;
  readonly used: number | null;
  readonly expires: number | null;
  /** Of each of `stateColumns`, in their order, then of what is elsewhere. */
  readonly signs: readonly (string | null)[];
}

function toRow(table: KeyTable, cells: Cells, now: Date): UnjudgedRow {
  const { facts } = table;
  const hash = cells.hash ?? '';
  const cost = costOf(hash);
  const [name, prefix, scope] = [shown(cells.name), shown(cells.prefix), shown(cells.scope)];
  const [createdAt, lastUsedAt] = [momentOf(cells.created), momentOf(cells.used)];
  const { isOver, unclear, ends } = stateOf(table, cells.signs, now);
  const [expiresAt] = [momentOf(cells.expires), ...ends].filter((at) => at !== undefined).sort();
  const id = facts.identity.length > 0 && cells.id !== null ? cells.id : undefined;
  return {
    hash,
    prefix: cells.prefix ?? '',
    key: {
      ...(id !== undefined && { id }),
      label: name ?? prefix ?? shown(id ?? null) ?? 'an unnamed key',
      ...(name !== undefined && { name }),
      ...(prefix !== undefined && { prefix }),
      ...(scope !== undefined && { scope }),
      ...(createdAt !== undefined && { createdAt }),
      ...(lastUsedAt !== undefined && { lastUsedAt }),
      ...(expiresAt !== undefined && { expiresAt }),
      active: !isOver && unclear.length === 0,
      ...(!isOver && unclear.length > 0 && { unclear }),
      expired: expiresAt !== undefined && Date.parse(expiresAt) <= now.getTime(),
      ...(cost !== undefined && { cost }),
    },
  };
}

/** Everything that a row, and rows of other tables, say of the state of its key. */
function stateOf(table: KeyTable, cells: readonly (string | null)[], now: Date) {
  const own = stateColumns(table);
  const signs = [
    ...own.flatMap((column, at): readonly StateSign[] =>
      column.column.mayRead
        ? signOf(column, cells[at] ?? null, now)
        : [{ unclear: `the role may not read ${column.column.name}` }],
    ),
    ...table.elsewhere.flatMap((one, at) => one.signOf(cells[own.length + at] ?? null, now)),
  ];
  return {
    isOver: signs.includes('over'),
    unclear: signs.flatMap((sign) => (typeof sign === 'object' && 'unclear' in sign ? sign.unclear : [])),
    ends: signs.flatMap((sign) =>
      typeof sign === 'object' && 'ends' in sign ? sign.ends.toISOString() : [],
    ),
  };
}

/** Text of the database without control and formatting characters, and not without end. */
function shown(text: string | null): string | undefined {
  const clean = (text ?? '').replace(/\p{C}/gu, '\u{fffd}').trim();
  if (clean === '') return undefined;
  return clean.length > longestText ? `${clean.slice(0, longestText - 1)}…` : clean;
}

const [firstSecond, lastSecond] = [
  Date.parse('0001-01-01T00:00:00Z') / 1000,
  Date.parse('9999-12-31T23:59:59Z') / 1000,
];

/** PostgreSQL's times go further than anybody's: `infinity` and whatever is after the year 9999 is never. */
function momentOf(epoch: number | null): string | undefined {
  if (epoch === null || Number.isNaN(epoch) || epoch > lastSecond) return undefined;
  return new Date(Math.max(epoch, firstSecond) * 1000).toISOString();
}

function inOrder(a: KeyRow, b: KeyRow): number {
  const rank = ({ key }: KeyRow) => (isRevoked(key) ? 3 : key.expired ? 2 : key.active ? 0 : 1);
  return (
    rank(a) - rank(b) ||
    (b.key.createdAt ?? '').localeCompare(a.key.createdAt ?? '') ||
    a.key.label.localeCompare(b.key.label)
  );
}

function tooMany({ facts }: KeyTable): KeelError {
  return new KeelError(
    'api-key-table-missing',
    `${facts.label} has more than ${formatCount(maxRows)} rows, so it cannot be the API key table`,
    'search for the table again, or specify it',
  );
}

async function query(client: Client, { facts }: KeyTable, text: string, values: readonly string[] = []) {
  assertReadable(facts.label, facts.ownership);
  return client.query(text, [...values]).catch((error: unknown) => {
    throw fromDriverError(error, `reading ${facts.label}`);
  });
}
