import type { Client } from 'pg';
import type { Inventory } from '#contract/inventory';
import { readCatalog } from '#postgres/catalog';
import type { Field } from '#postgres/copy-binary';
import { filledCondition, readExpression, resolveInventory, type TableTarget } from '#postgres/table-target';
import { quoteName } from '#postgres/identifiers';
import { findSourceNames, type SourceNames } from './source-names.ts';

/** A table with credentials, and where it tells which source each belongs to. */
export interface CredentialTable {
  readonly target: TableTarget;
  readonly names: SourceNames;
}

/** The tables of an inventory. Reads the catalog only; throws as `resolveInventory` does. */
export async function credentialTables(client: Client, inventory: Inventory): Promise<CredentialTable[]> {
  const catalog = await readCatalog(client);
  const tables: CredentialTable[] = [];
  for (const target of resolveInventory(inventory, catalog)) {
    const encrypted = new Set(target.columns.map(({ name }) => name));
    tables.push({ target, names: await findSourceNames(client, target.catalog, catalog, encrypted) });
  }
  return tables;
}

/** A row with credentials, as the server gives it. */
export interface CredentialRow {
  /** The identity's columns as text, in their order. */
  readonly key: readonly string[];
  readonly shortName?: string;
  readonly name?: string;
  /** One for each column of the table target. */
  readonly cells: readonly Field[];
}

export interface RowSelection {
  /** Further expressions, selected first and last; `readRow` is given what is between. */
  readonly before?: readonly string[];
  readonly after?: readonly string[];
  readonly join?: string;
  /** Boolean SQL over `t` and what the names join. */
  readonly where?: string;
  /** Boolean SQL for rows that are wanted though they hold nothing. */
  readonly also?: string;
  /** What follows: ORDER BY, LIMIT, FOR UPDATE. */
  readonly tail?: string;
}

/** The rows of a table that hold anything in the encrypted columns. `readRow` reads its fields. */
export function selectRows({ target, names }: CredentialTable, selection: RowSelection = {}): string {
  const { before = [], after = [], join = '', where = 'true', also = 'false', tail = '' } = selection;
  const cells = target.columns.map((column) => readExpression('t', column));
  const fields = [...before, ...keyExpressions(target), names.shortName, names.name, ...cells, ...after];
  const from = `${target.sql} AS t ${names.join} ${join}`;
  return `SELECT ${fields.join(', ')} FROM ${from} WHERE (${filledCondition('t', target)} OR ${also}) AND (${where}) ${tail}`;
}

/** The identity of a row of `t` as text: what an archive, a list and a person name it by. */
export function keyExpressions({ identity }: TableTarget): string[] {
  return identity.columns.map(({ name }) => `t.${quoteName(name)}::pg_catalog.text`);
}

/** Reads the fields of `selectRows`. */
export function readRow({ target }: CredentialTable, fields: readonly Field[]): CredentialRow {
  const keys = target.identity.columns.length;
  const [shortName, name] = fields.slice(keys, keys + 2).map((field) => field?.toString('utf8'));
  return {
    key: fields.slice(0, keys).map((field) => field?.toString('utf8') ?? ''),
    ...(shortName !== undefined && { shortName }),
    ...(name !== undefined && { name }),
    cells: fields.slice(keys + 2),
  };
}

/** A row's key as a person writes it: `id=42`, `org=acme n=7`, `ctid=(0,5)`. */
export function describeKey({ identity }: TableTarget, key: readonly string[]): string {
  return identity.columns
    .map(({ name }, i) => ({ name, text: key[i] ?? '' }))
    .filter(({ name }) => name !== 'tableoid')
    .map(({ name, text }) => `${name}=${shortened(text)}`)
    .join(' ');
}

/** The database is not trusted to write to a terminal or a window. */
export function shortened(text: string, length = 60): string {
  const safe = text.replace(/\p{C}/gu, '\u{fffd}');
  return safe.length > length ? `${safe.slice(0, length - 1)}…` : safe;
}
