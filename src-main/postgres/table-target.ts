import type { Inventory } from '#contract/inventory';
import { parseLayout } from '#crypto/layouts';
import { KeelError } from '#errors/keel-error';
import { type CatalogTable, type CellType, identityWithout, type RowIdentity } from './catalog.ts';
import type { Slot } from './cell-values.ts';
import { qualifiedName, quoteName } from './identifiers.ts';
import { parseJsonPath, pathsOverlap } from './json-path.ts';

/** A table with encrypted columns, as the server knows it now. */
export interface TableTarget {
  readonly catalog: CatalogTable;
  /** As it stands in FROM or UPDATE: `ONLY "s"."t"`, without ONLY for a partitioned table. */
  readonly sql: string;
  /** `schema.table`, for people. */
  readonly label: string;
  readonly identity: RowIdentity;
  readonly columns: readonly TargetColumn[];
}

export interface TargetColumn {
  readonly name: string;
  readonly type: CellType;
  readonly slots: readonly Slot[];
}

/**
 * Joins an inventory with the catalog. Throws `inventory-mismatch` naming every table or column that is not there (any
 * more) or cannot be written, and `layout-unknown` or `inventory-malformed` for entries that make no sense.
 */
export function resolveInventory(inventory: Inventory, catalog: readonly CatalogTable[]): TableTarget[] {
  const slots = new Map<CatalogTable, Map<string, Slot[]>>();
  const problems: string[] = [];
  for (const entry of inventory.columns) {
    const label = `${entry.schema}.${entry.table}`;
    const table = catalog.find((t) => t.schema === entry.schema && t.name === entry.table);
    const column = table?.columns.find((c) => c.name === entry.column);
    if (!table) problems.push(`table ${label} is not there`);
    else if (!column)
      problems.push(`column ${entry.column} of ${label} is not there, or cannot hold a ciphertext`);
    else if (table.kind === 'materialized-view') problems.push(`${label} is a materialized view`);
    else if (column.generated) problems.push(`column ${entry.column} of ${label} is computed by the server`);
    else {
      const columns = slots.get(table) ?? new Map<string, Slot[]>();
      slots.set(table, columns);
      columns.set(column.name, [...(columns.get(column.name) ?? []), toSlot(entry)]);
    }
  }
  if (problems.length > 0) {
    throw new KeelError(
      'inventory-mismatch',
      `the inventory does not fit the database: ${problems.join('; ')}; nothing was changed`,
      'run `keel discover` again and review what it proposes',
    );
  }
  return [...slots].map(([table, columns]) => toTarget(table, columns));
}

function toSlot(entry: Inventory['columns'][number]): Slot {
  const layout = parseLayout(entry.layout);
  return entry.path === undefined ? { entry, layout } : { entry, layout, path: parseJsonPath(entry.path) };
}

function toTarget(catalog: CatalogTable, slotsByColumn: ReadonlyMap<string, readonly Slot[]>): TableTarget {
  for (const [column, slots] of slotsByColumn) {
    const isAmbiguous = slots.some((slot, i) =>
      slots.slice(i + 1).some((other) => pathsOverlap(slot.path ?? [], other.path ?? [])),
    );
    if (isAmbiguous) {
      throw new KeelError(
        'inventory-malformed',
        `the inventory names column ${column} of ${catalog.schema}.${catalog.name} twice`,
        'keep one entry for the column, or one for each path in it; no path may lead into another',
      );
    }
  }
  const name = qualifiedName(catalog.schema, catalog.name);
  return {
    catalog,
    sql: catalog.kind === 'partitioned' ? name : `ONLY ${name}`,
    label: `${catalog.schema}.${catalog.name}`,
    identity: identityWithout(catalog, new Set(slotsByColumn.keys())),
    columns: catalog.columns
      .filter((column) => slotsByColumn.has(column.name))
      .map(({ name, type }) => ({ name, type, slots: slotsByColumn.get(name) as Slot[] })),
  };
}

/** The expression that reads a column as text or bytes. `alias` is the table's alias. */
export function readExpression(alias: string, column: Pick<TargetColumn, 'name' | 'type'>): string {
  return `${alias}.${quoteName(column.name)}::${column.type === 'bytea' ? 'pg_catalog.bytea' : 'pg_catalog.text'}`;
}

/** The expressions of the row's identity. */
export function identityExpressions(alias: string, identity: RowIdentity): string[] {
  return identity.columns.map((column) => `${alias}.${quoteName(column.name)}`);
}
