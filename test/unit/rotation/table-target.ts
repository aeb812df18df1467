import type { Inventory } from '#contract/inventory';
import type { CatalogTable } from '#postgres/catalog';
import { resolveInventory, type TableTarget } from '#postgres/table-target';

/**
 * A table `public.t` with an integer key and encrypted columns, each with the layouts of its slots; one that starts
 * with `$` has the path of a leaf before it.
 */
export function targetOf(columns: Readonly<Record<string, readonly string[]>>): TableTarget {
  const isDocument = (slots: readonly string[]) => slots.some((slot) => slot.startsWith('$'));
  const catalog: CatalogTable = {
    oid: 16_400,
    schema: 'public',
    name: 't',
    kind: 'table',
    estimatedRows: 0,
    bytes: 0,
    columns: Object.entries(columns).map(([name, slots]) => ({
      name,
      type: isDocument(slots) ? 'jsonb' : 'text',
      generated: false,
    })),
    identity: { kind: 'key', columns: [{ name: 'id', type: 'integer' }] },
  };
  const entries = Object.entries(columns).flatMap(([column, slots]) =>
    slots.map((slot): Inventory['columns'][number] => {
      const [, path, layout = slot] = /^(\$\S*) (.*)$/.exec(slot) ?? [];
      const place = { schema: 'public', table: 't', column, layout, kind: 'unknown' as const };
      return path === undefined ? place : { ...place, path };
    }),
  );
  return resolveInventory({ version: 1, columns: entries }, [catalog])[0] as TableTarget;
}
