import type { Client } from 'pg';
import type { Inventory, SecretKind } from '#contract/inventory';
import type { EncryptionKey } from '#crypto/encryption-key';
import { KeelError } from '#errors/keel-error';
import { quoteName } from '#postgres/identifiers';
import { type CredentialRow, type CredentialTable, credentialTables } from './credential-table.ts';
import { type FoundValue, openValues, type OpenedValue, valuesByRow, valuesOf } from './open-values.ts';
import { queryRows } from './query-rows.ts';
import { type CredentialIdentity, identityOf } from './read-credentials.ts';

/** A credential by name: whether the key opens it, and nothing of what it says. */
export interface ListedCredential extends CredentialIdentity {
  readonly state: OpenedValue['state'];
}

export interface ListQuery {
  /** The `next` of the page before. */
  readonly after?: string | undefined;
  /** A page ends with the row that reaches it. */
  readonly limit: number;
  /** Part of a table, column, source or key, in any case. Never looked for in what is encrypted. */
  readonly search?: string | undefined;
  readonly kind?: SecretKind | undefined;
  readonly opens?: boolean | undefined;
}

export interface CredentialPage {
  readonly credentials: readonly ListedCredential[];
  /** Where the next page begins; absent at the end. */
  readonly next?: string;
}

/** Rows asked for at once. */
const portion = 200;
/** Rows asked for at once where they are only counted. */
const countedPortion = 5_000;
/** A filter that matches nearly nothing must not make a page take minutes: it ends here, with what there is. */
const maxRows = 4_000;

/** A page of credentials, in the order of the inventory's tables and then of their keys. Only the page's rows are opened. */
export async function listCredentials(
  client: Client,
  key: EncryptionKey,
  inventory: Inventory,
  query: ListQuery,
): Promise<CredentialPage> {
  const tables = await credentialTables(client, inventory);
  const credentials: ListedCredential[] = [];
  let looked = 0;
  const size = Math.min(query.limit, portion);
  for await (const { table, values, place } of walk(client, tables, query, { size, key })) {
    looked++;
    for (const { state, ...value } of values) {
      if (state !== undefined) credentials.push({ ...identityOf(table, value), state });
    }
    if (credentials.length >= query.limit || looked >= maxRows) return { credentials, next: place() };
  }
  return { credentials };
}

export interface CredentialOutline {
  /** The pages of the list that have any, in order: `after` begins one, of the `limit` that was asked for. */
  readonly pages: readonly { readonly after: string; readonly credentials: number }[];
  /** Where the outline continues; absent at the end of the list. */
  readonly next?: string;
}

/**
 * The pages of a list without what is on them, so that any of them can be read at once, and how long the list is. As far as `withinMs`
 * allow; nothing is decrypted, unless the filter asks whether it can be.
 */
export async function outlineCredentials(
  client: Client,
  key: EncryptionKey,
  inventory: Inventory,
  { withinMs, ...query }: ListQuery & { readonly withinMs: number },
): Promise<CredentialOutline> {
  const tables = await credentialTables(client, inventory);
  const until = performance.now() + withinMs;
  const pages: { after: string; credentials: number }[] = [];
  const walked = { size: countedPortion, ...(query.opens !== undefined && { key }) };
  let page: (typeof pages)[number] | undefined;
  let looked = 0;
  let before = query.after ?? placeOf(0);
  for await (const { values, place } of walk(client, tables, query, walked)) {
    const here = place();
    if (!page && values.length > 0) {
      page = { after: before, credentials: 0 };
      pages.push(page);
      looked = 0;
    }
    looked++;
    if (page) page.credentials += values.length;
    if (page && (page.credentials >= query.limit || looked >= maxRows)) page = undefined;
    if (performance.now() >= until) return { pages, next: here };
    before = here;
  }
  return { pages };
}

/** A row that a query is about. */
interface WalkedRow {
  readonly table: CredentialTable;
  /** Those of its values that are wanted; with their state if they were opened. They are wiped with the next row. */
  readonly values: readonly (FoundValue & Partial<Pick<OpenedValue, 'state'>>)[];
  /** Where a list continues after this row. */
  readonly place: () => string;
}

interface WalkOptions {
  /** Rows asked for at once. */
  readonly size: number;
  /** Opens the values. */
  readonly key?: EncryptionKey;
}

/** Every row from the place on that a query names, in order. */
async function* walk(
  client: Client,
  tables: readonly CredentialTable[],
  query: ListQuery,
  { size, key }: WalkOptions,
): AsyncGenerator<WalkedRow> {
  const from = readPlace(query.after);
  for (const [number, table] of tables.entries()) {
    if (number < from.table || targetFormsOf(table, query).length === 0) continue;
    let last = number === from.table ? from.key : undefined;
    for (;;) {
      const rows = await readPortion(client, table, query, last, size);
      if (rows.length === 0) break;
      using open = key && (await openValues(table.target, key, rows));
      const opened = open && valuesByRow(rows, open);
      for (const [at, row] of rows.entries()) {
        const values = opened?.[at] ?? valuesOf(table.target, row);
        yield {
          table,
          values: values.filter((value) => isWanted(value, query)),
          place: () => placeOf(number, row.key),
        };
      }
      last = rows.at(-1)?.key;
      if (rows.length < size) break;
    }
  }
}

function readPortion(
  client: Client,
  table: CredentialTable,
  query: ListQuery,
  last: readonly string[] | undefined,
  size: number,
): Promise<CredentialRow[]> {
  const { columns } = table.target.identity;
  const conditions: string[] = [];
  const values: string[] = [];
  const place = (text: string) => `$${values.push(text)}`;
  if (last) {
    const keys = columns.map(({ name }) => `t.${quoteName(name)}`).join(', ');
    const after = columns.map(({ type }, i) => `${place(last[i] ?? '')}::${type}`).join(', ');
    conditions.push(`(${keys}) > (${after})`);
  }
  const { search } = query;
  if (search && !targetFormsOf(table, query).some((targetForm) => targetFormMatches(targetForm, search))) {
    const pattern = place(`%${search.replace(/[\\%_]/g, String.raw`\$&`)}%`);
    const texts = [
      table.names.shortName,
      table.names.name,
      ...columns.map(({ name }) => `t.${quoteName(name)}::pg_catalog.text`),
    ];
    conditions.push(`(${texts.map((text) => `${text} ILIKE ${pattern}`).join(' OR ')})`);
  }
  const order = columns.map(({ name }) => `t.${quoteName(name)}`).join(', ');
  return queryRows(client, table, values, {
    ...(conditions.length > 0 && { where: conditions.join(' AND ') }),
    tail: `ORDER BY ${order} LIMIT ${size}`,
  });
}

function targetFormsOf({ target }: CredentialTable, { kind }: ListQuery) {
  const targetForms = target.columns.flatMap(({ forms }) => forms);
  return kind === undefined ? targetForms : targetForms.filter(({ entry }) => entry.kind === kind);
}

function targetFormMatches({ entry }: OpenedValue['targetForm'], search: string): boolean {
  const { schema, table, column, path = '', kind } = entry;
  return includes(`${schema}.${table}.${column} ${path} ${kind}`, search);
}

function isWanted({ row, targetForm, state }: WalkedRow['values'][number], query: ListQuery): boolean {
  const { kind, search, opens } = query;
  if (kind !== undefined && targetForm.entry.kind !== kind) return false;
  if (opens !== undefined && opens !== (state === 'opens')) return false;
  if (!search || targetFormMatches(targetForm, search)) return true;
  return [row.shortName, row.name, ...row.key].some((text) => text !== undefined && includes(text, search));
}

function includes(text: string, search: string): boolean {
  return text.toLowerCase().includes(search.toLowerCase());
}

/** Before the first row of a table, or after one of its rows. */
function placeOf(table: number, key: readonly string[] = []): string {
  return JSON.stringify([table, ...key]);
}

function readPlace(after: string | undefined): { table: number; key?: readonly string[] } {
  if (after === undefined) return { table: 0 };
  try {
    const [table, ...key] = JSON.parse(after) as unknown[];
    if (Number.isInteger(table) && key.every((text) => typeof text === 'string'))
      return { table: table as number, ...(key.length > 0 && { key: key as string[] }) };
  } catch {
    // told below, like every other text that is no place
  }
  throw new KeelError(
    'usage',
    'the place to continue from is invalid; nothing was read',
    'start from the beginning',
  );
}
