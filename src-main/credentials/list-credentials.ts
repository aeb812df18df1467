import type { Client } from 'pg';
import type { Inventory, SecretKind } from '#contract/inventory';
import type { EncryptionKey } from '#crypto/encryption-key';
import { KeelError } from '#errors/keel-error';
import { quoteName } from '#postgres/identifiers';
import { type CredentialRow, type CredentialTable, credentialTables } from './credential-table.ts';
import { openValues, type OpenedValue } from './open-values.ts';
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
  const from = readCursor(query.after);
  const credentials: ListedCredential[] = [];
  let looked = 0;
  for (const [number, table] of tables.entries()) {
    if (number < from.table || targetFormsOf(table, query).length === 0) continue;
    let last = number === from.table ? from.key : undefined;
    for (;;) {
      const rows = await readPortion(client, table, query, last);
      if (rows.length === 0) break;
      using open = await openValues(table.target, key, rows);
      for (const value of open.values) {
        if (isWanted(value, query)) credentials.push({ ...identityOf(table, value), state: value.state });
      }
      looked += rows.length;
      last = rows.at(-1)?.key;
      const isFull = credentials.length >= query.limit || looked >= maxRows;
      if (isFull) return { credentials, next: JSON.stringify([number, ...(last ?? [])]) };
      if (rows.length < portionOf(query)) break;
    }
  }
  return { credentials };
}

export interface CredentialCount {
  readonly credentials: number;
  /** All were counted; else there are more. */
  readonly complete: boolean;
}

/** Rows read at once where nobody waits for the first of them. */
const countedPortion = 5_000;

/** How many credentials a list has in all, as far as `withinMs` allow: each cell is opened, since only that shows what it holds. */
export async function countCredentials(
  client: Client,
  key: EncryptionKey,
  inventory: Inventory,
  { withinMs, ...filter }: Omit<ListQuery, 'after' | 'limit'> & { readonly withinMs: number },
): Promise<CredentialCount> {
  const query = { ...filter, limit: countedPortion };
  const until = performance.now() + withinMs;
  let credentials = 0;
  for (const table of await credentialTables(client, inventory)) {
    if (targetFormsOf(table, query).length === 0) continue;
    let last: readonly string[] | undefined;
    for (;;) {
      const rows = await readPortion(client, table, query, last, countedPortion);
      if (rows.length > 0) {
        using open = await openValues(table.target, key, rows);
        credentials += open.values.filter((value) => isWanted(value, query)).length;
        last = rows.at(-1)?.key;
      }
      if (rows.length < countedPortion) break;
      if (performance.now() >= until) return { credentials, complete: false };
    }
  }
  return { credentials, complete: true };
}

function portionOf({ limit }: ListQuery): number {
  return Math.min(limit, portion);
}

function readPortion(
  client: Client,
  table: CredentialTable,
  query: ListQuery,
  last: readonly string[] | undefined,
  size = portionOf(query),
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

function isWanted({ row, targetForm, state }: OpenedValue, query: ListQuery): boolean {
  const { kind, search, opens } = query;
  if (kind !== undefined && targetForm.entry.kind !== kind) return false;
  if (opens !== undefined && opens !== (state === 'opens')) return false;
  if (!search || targetFormMatches(targetForm, search)) return true;
  return [row.shortName, row.name, ...row.key].some((text) => text !== undefined && includes(text, search));
}

function includes(text: string, search: string): boolean {
  return text.toLowerCase().includes(search.toLowerCase());
}

function readCursor(after: string | undefined): { table: number; key?: readonly string[] } {
  if (after === undefined) return { table: 0 };
  try {
    const [table, ...key] = JSON.parse(after) as unknown[];
    if (Number.isInteger(table) && key.every((text) => typeof text === 'string'))
      return { table: table as number, key: key as string[] };
  } catch {
    // told below, like every other text that is no cursor
  }
  throw new KeelError(
    'usage',
    'the place to continue from is invalid; nothing was read',
    'start from the beginning',
  );
}
