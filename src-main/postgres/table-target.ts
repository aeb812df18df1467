import type { Inventory } from '#contract/inventory';
import { KeelError } from '#errors/keel-error';
import { text } from '#errors/text';
import { type Form, readEntry } from '#forms/entry';
import { findAlike, inReadingOrder } from '#forms/generations';
import type { FormColumn } from '#forms/row-values';
import {
  type CatalogColumn,
  type CatalogTable,
  identityWithout,
  type RowIdentity,
  withPlace,
} from './catalog.ts';
import type { ColumnType } from './column-types.ts';
import { qualifiedName, quoteName } from './identifiers.ts';
import { assertReadable } from './ownership/table-ownership.ts';

/** A table with encrypted columns, as the server knows it now. */
export interface TableTarget {
  readonly catalog: CatalogTable;
  /** As it is in FROM or UPDATE: `ONLY "s"."t"`, without ONLY for a partitioned table. */
  readonly sql: string;
  /** `schema.table`, for people. */
  readonly label: string;
  readonly identity: RowIdentity;
  readonly columns: readonly TargetColumn[];
}

/**
 * A column whose cells are read: one with ciphertexts, one with parts of them that are written too, like a tag, or one that only holds
 * their IVs, which is compared and not written.
 */
export interface TargetColumn extends FormColumn, ColumnType {
  readonly holdsParts: boolean;
}

/** Whether an entry of the inventory leads to ciphertexts in this column, or to parts that change with them, so that it is written. */
export function isWritten({ forms, holdsParts }: TargetColumn): boolean {
  return forms.length > 0 || holdsParts;
}

/** An inventory names what the database does not have. */
export class InventoryMismatch extends KeelError {
  /** Each a fragment, like `table public.users is not there`. */
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    super(
      'inventory-mismatch',
      `the inventory does not match the database: ${problems.join('; ')}; nothing was changed`,
      text`${{ do: 'discover' }} again and review what it proposes`,
    );
    this.problems = problems;
  }
}

/**
 * Joins an inventory with the catalog. Throws `inventory-mismatch` naming every table or column that is not there (any
 * more) or cannot be written, and `layout-unknown` or `inventory-malformed` for entries that make no sense.
 */
export function resolveInventory(inventory: Inventory, catalog: readonly CatalogTable[]): TableTarget[] {
  const forms = new Map<CatalogTable, Map<string, Form[]>>();
  const problems: string[] = [];
  for (const entry of inventory.columns) {
    const label = `${entry.schema}.${entry.table}`;
    const table = catalog.find((t) => t.schema === entry.schema && t.name === entry.table);
    const column = table?.columns.find((c) => c.name === entry.column);
    const ivColumn = entry.iv?.column;
    const partColumns = [entry.tag?.column, entry.salt?.column].filter((name) => name !== undefined);
    if (!table) problems.push(`table ${label} does not exist`);
    else if (!column)
      problems.push(`column ${entry.column} of ${label} does not exist, or cannot hold a ciphertext`);
    else if (table.kind === 'materialized-view') problems.push(`${label} is a materialized view`);
    else if (table.kind === 'foreign') problems.push(`${label} is a foreign table`);
    else if (column.generated) problems.push(`column ${entry.column} of ${label} is computed by the server`);
    else if (ivColumn !== undefined && !mayHoldIv(table, ivColumn))
      problems.push(`column ${ivColumn} of ${label} does not exist, or cannot hold an IV`);
    else if (!partColumns.every((name) => mayBeWritten(table, name)))
      problems.push(
        `column ${partColumns.join(' or ')} of ${label} does not exist, or cannot be written with its ciphertexts`,
      );
    else {
      const columns = forms.get(table) ?? new Map<string, Form[]>();
      forms.set(table, columns);
      const ofColumn = columns.get(column.name) ?? [];
      columns.set(column.name, ofColumn);
      ofColumn.push(readEntry(entry));
    }
  }
  if (problems.length > 0) {
    throw new InventoryMismatch(problems);
  }
  for (const { schema, name, ownership } of forms.keys()) assertReadable(`${schema}.${name}`, ownership);
  return [...forms].map(([table, columns]) => toTarget(table, columns));
}

/** Numbers, addresses and the like are examined when an IV is searched for, and no form reads one out of them. */
function mayHoldIv({ columns, ivColumns }: CatalogTable, name: string): boolean {
  return [...columns, ...ivColumns].some((column) => column.name === name && column.shape.kind !== 'plain');
}

function mayBeWritten({ columns }: CatalogTable, name: string): boolean {
  return columns.some((column) => column.name === name && !column.generated);
}

function toTarget(catalog: CatalogTable, formsByColumn: ReadonlyMap<string, readonly Form[]>): TableTarget {
  for (const [column, forms] of formsByColumn) assertDistinguishable(catalog, column, forms);
  const name = qualifiedName(catalog.schema, catalog.name);
  const forms = [...formsByColumn.values()].flat();
  const ivColumns = new Set(forms.flatMap(({ iv }) => (iv && 'column' in iv ? [iv.column] : [])));
  const partColumns = new Set(forms.flatMap(({ beside }) => beside.flatMap(({ column }) => column ?? [])));
  const read = new Set([...formsByColumn.keys(), ...ivColumns, ...partColumns]);
  return {
    catalog,
    sql: catalog.kind === 'partitioned' ? name : `ONLY ${name}`,
    label: `${catalog.schema}.${catalog.name}`,
    identity: identityWithout(catalog, new Set([...formsByColumn.keys(), ...partColumns])),
    columns: [...catalog.columns, ...catalog.ivColumns]
      .filter(({ name: column }) => read.has(column))
      .map(({ name, type, shape, input }) => ({
        name,
        type,
        shape,
        input,
        holdsParts: partColumns.has(name),
        forms: inReadingOrder(formsByColumn.get(name) ?? []),
      })),
  };
}

/** Throws where a text of a column could be of several of its forms. */
function assertDistinguishable({ schema, name }: CatalogTable, column: string, forms: readonly Form[]): void {
  const [one, other] = findAlike(forms) ?? [];
  if (!one || !other) return;
  throw new KeelError(
    'inventory-malformed',
    `the inventory lists column ${column} of ${schema}.${name} twice, and the way a value is written does not show which entry it belongs to: \`${one.entry.layout}\` and \`${other.entry.layout}\`; nothing was changed`,
    'keep one of them; one path must not lead into another, and layouts for the same place must use different digits or words',
  );
}

/** The same table with the place of each row read along. In a partitioned table, a place is that of many rows. */
export function withPlaces(target: TableTarget): TableTarget {
  if (target.catalog.kind === 'partitioned') return target;
  return { ...target, identity: withPlace(target.identity) };
}

/** The expression that reads a column as text or bytes. `alias` is the table's alias. */
export function readExpression(alias: string, column: Pick<CatalogColumn, 'name' | 'type'>): string {
  return `${alias}.${quoteName(column.name)}::${column.type === 'bytea' ? 'pg_catalog.bytea' : 'pg_catalog.text'}`;
}

/** Boolean SQL: the row holds anything in a column with ciphertexts. */
export function filledCondition(alias: string, { columns }: TableTarget): string {
  return columns
    .filter(isWritten)
    .map((column) => {
      // a composite value is NOT NULL only if all of its fields are; the text form of the others need not be made
      const isComposite = column.type === 'other';
      return `${isComposite ? readExpression(alias, column) : `${alias}.${quoteName(column.name)}`} IS NOT NULL`;
    })
    .join(' OR ');
}

/** The expressions of the row's identity. */
export function identityExpressions(alias: string, identity: RowIdentity): string[] {
  return identity.columns.map((column) => `${alias}.${quoteName(column.name)}`);
}
