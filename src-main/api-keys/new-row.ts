import { randomUUID } from 'node:crypto';
import type { Client } from 'pg';
import type { NeededColumn } from '#contract/api-keys';
import { KeelError } from '#errors/keel-error';
import { text } from '#errors/text';
import { fromDriverError } from '#postgres/connection-errors';
import { assertReadable } from '#postgres/ownership/table-ownership';
import { quoteName } from '#postgres/identifiers';
import type { RowColumn } from '#workspace/use-case';
import { inSnakeCase, meansRevoked } from './state-words.ts';
import type { KeyTable } from './key-table.ts';
import type { ColumnFacts } from './table-facts.ts';

/** What is known of a key that is to be made. */
export interface NewKeyRow {
  readonly hash: string;
  readonly prefix: string;
  readonly name?: string;
  readonly scope?: string;
  /** ISO 8601; without it the key never expires. */
  readonly expiresAt?: string;
  /** What the admin gave for other columns, as text. */
  readonly values: Readonly<Record<string, string>>;
}

/** A column of the new row: an expression over one text parameter, over none, or over the row that is copied (`t`). */
interface Assignment {
  readonly column: ColumnFacts;
  readonly sql: (parameter: string) => string;
  readonly value?: string;
  /** What it is set to, in words, where nobody gave the value. */
  readonly set?: string;
}

/** The columns that a new row takes, and those that only the admin can give a value for. Pure. */
export function planNewRow(
  { facts, columns: roles }: KeyTable,
  row: NewKeyRow,
  { copies = false } = {},
): { assignments: Assignment[]; needed: ColumnFacts[] } {
  const assignments: Assignment[] = [];
  const needed: ColumnFacts[] = [];
  const give = (column: ColumnFacts, value: string | undefined, set?: string) => {
    const said = set !== undefined && { set };
    if (value !== undefined)
      assignments.push({ column, sql: (parameter) => valueOf(column, parameter), value, ...said });
    else if (!column.notNull) assignments.push({ column, sql: () => 'NULL', set: 'empty' });
    else if (!column.hasDefault) needed.push(column);
  };
  const now = (column: ColumnFacts) =>
    assignments.push({ column, sql: () => nowIn(column), set: theCurrentTime });
  const copy = (column: ColumnFacts) =>
    assignments.push({ column, sql: () => `t.${quoteName(column.name)}`, set: copied });

  for (const column of facts.columns) {
    const given = Object.hasOwn(row.values, column.name) ? row.values[column.name] : undefined;
    const { hasDefault, notNull } = column;
    if (column.computed) continue;
    if (column === roles.hash) give(column, row.hash, 'the hash of the key');
    else if (column === roles.prefix) give(column, row.prefix, 'the first characters of the key');
    else if (column === roles.expires) give(column, row.expiresAt);
    else if (column === roles.active) {
      const active = activeIn(column);
      assignments.push({ column, sql: () => active, set: active === 'NULL' ? 'empty' : active });
    } else if (given !== undefined) give(column, given);
    else if (column === roles.name && row.name !== undefined) give(column, row.name);
    else if (column === roles.scope && row.scope !== undefined) give(column, row.scope);
    else if (column === roles.created || isRowTime(column)) {
      if (copies || (notNull && !hasDefault)) now(column);
    } else if (column === roles.lastUsed) {
      if (notNull && !hasDefault) now(column);
    } else if (facts.identity.includes(column) && facts.identity.length === 1) {
      if (hasDefault) continue;
      give(column, column.kind === 'uuid' ? randomUUID() : undefined, 'a new ID');
    } else if (copies && !column.unique) copy(column);
    else if (!hasDefault && notNull) needed.push(column);
  }
  return { assignments, needed };
}

export const theCurrentTime = 'the current time';
const copied = 'copied';

/** Every column that the new row sets and does not copy, for the admin who is asked. Pure. */
export function columnsSet(
  table: KeyTable,
  asked: Omit<NewKeyRow, 'hash' | 'prefix'>,
  options: { readonly copies?: boolean } = {},
): RowColumn[] {
  const { assignments } = planNewRow(table, { ...asked, hash: '', prefix: '' }, options);
  return assignments
    .filter(({ set }) => set !== copied)
    .map(({ column: { name: column }, value, set }) =>
      set === undefined ? { column, given: value ?? '' } : { column, set },
    );
}

/** The statement that makes the row, with its parameters; `from` is the condition that finds the row to copy. */
export function insertStatement(
  { facts }: KeyTable,
  assignments: readonly Assignment[],
  from?: { readonly sql: string; readonly values: readonly string[] },
): { text: string; values: string[] } {
  const values = [...(from?.values ?? [])];
  const cells = assignments.map(({ sql, value }) => {
    if (value === undefined) return sql('');
    values.push(value);
    return sql(`$${values.length}::text`);
  });
  const names = assignments.map(({ column }) => quoteName(column.name)).join(', ');
  const source = from ? ` FROM ${facts.sql} AS t WHERE ${from.sql}` : '';
  return { text: `INSERT INTO ${facts.sql} (${names}) SELECT ${cells.join(', ')}${source}`, values };
}

/** Throws `usage` where no column of the table takes what was asked for, which would be left out without a word. */
export function assertTaken(
  { facts, columns }: KeyTable,
  asked: Pick<NewKeyRow, 'scope' | 'expiresAt'>,
): void {
  for (const [value, role, what] of [
    [asked.scope, 'scope', 'a scope'],
    [asked.expiresAt, 'expires', 'an expiry date'],
  ] as const) {
    if (value === undefined || columns[role]) continue;
    throw new KeelError(
      'usage',
      `no column of ${facts.label} was recognised or chosen for ${what}, so the key would have none; nothing was created`,
      text`${{ do: 'choose-key-column', role }}`,
    );
  }
}

/** Throws `values-missing` where columns need a value, and `usage` for values of columns that are not there or not the admin's. */
export function assertComplete(
  { facts, columns }: KeyTable,
  row: NewKeyRow,
  needed: readonly NeededColumn[],
): void {
  // what the admin was asked about is not set again by its column's name
  const ours = [
    ...[columns.hash, columns.prefix, columns.expires, columns.active],
    ...[columns.name, columns.scope, columns.created, columns.lastUsed],
  ];
  for (const name of Object.keys(row.values)) {
    const column = facts.columns.find((one) => one.name === name);
    if (column && !column.computed && !ours.includes(column)) continue;
    throw new KeelError(
      'usage',
      `${facts.label} has no column ${name} that can be set; nothing was changed`,
      'check the columns of the table',
    );
  }
  if (needed.length === 0) return;
  const list = needed.map(({ column, type, seen }) => {
    const others = seen.length > 0 ? `; other rows have ${seen.join(', ')}` : '';
    return `${column} (${type}${others})`;
  });
  throw new KeelError(
    'values-missing',
    `a new row of ${facts.label} needs a value for ${list.join(', ')}; nothing was changed`,
    text`set a value for each${{ do: 'by-column-option' }}`,
  );
}

/** What has to be given for every new key of this table. */
export async function neededForNewKey(client: Client, table: KeyTable): Promise<NeededColumn[]> {
  const anyKey = { hash: '', prefix: '', name: '', scope: '', expiresAt: '', values: {} };
  return describeNeeded(client, table, planNewRow(table, anyKey).needed);
}

/** The needed columns with what the rows that are there hold in them, where that is a choice rather than content. */
export async function describeNeeded(
  client: Client,
  { facts }: KeyTable,
  needed: readonly ColumnFacts[],
): Promise<NeededColumn[]> {
  assertReadable(facts.label, facts.ownership);
  const described: NeededColumn[] = [];
  for (const column of needed) {
    if (!column.mayRead) {
      described.push({ column: column.name, type: column.type, seen: [] });
      continue;
    }
    const cell = `t.${quoteName(column.name)}::text`;
    const { rows } = await client
      .query(
        `SELECT ${cell} AS value, count(*)::int AS count FROM ${facts.sql} AS t WHERE octet_length(${cell}) <= 100
         GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT 5`,
      )
      .catch((error: unknown) => {
        throw fromDriverError(error, `reading ${facts.label}`);
      });
    // what every row has its own of may be anything, a ciphertext too
    const seen = rows.filter(({ count }) => column.refers || count > 1).map(({ value }) => String(value));
    described.push({ column: column.name, type: column.type, seen });
  }
  return described;
}

/** A text parameter as a value of the column. A time without zone is taken for UTC. */
function valueOf({ kind, castType }: ColumnFacts, parameter: string): string {
  if (kind !== 'time') return castType === 'text' ? parameter : `CAST(${parameter} AS ${castType})`;
  return inZone(castType, `CAST(${parameter} AS pg_catalog.timestamptz)`);
}

export function nowIn({ castType }: ColumnFacts): string {
  return inZone(castType, 'pg_catalog.now()');
}

function inZone(castType: string, moment: string): string {
  if (castType === 'date') return `CAST(${moment} AT TIME ZONE 'UTC' AS pg_catalog.date)`;
  return castType === 'timestamp' ? `${moment} AT TIME ZONE 'UTC'` : moment;
}

function activeIn({ kind, name }: ColumnFacts): string {
  if (kind === 'time') return 'NULL';
  return meansRevoked(name) ? 'false' : 'true';
}

/** Kept by whoever writes a row, like `updated_at` and, beside another creation time, `created`. */
function isRowTime({ kind, name }: ColumnFacts): boolean {
  return (
    kind === 'time' &&
    /^(created|updated|modified|changed)(_(at|on|time|date))?$|^last_(modified|updated)$/.test(
      inSnakeCase(name),
    )
  );
}
