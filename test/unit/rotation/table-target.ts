import type { Inventory } from '#contract/inventory';
import type { CatalogTable } from '#postgres/catalog';
import { resolveInventory, type TableTarget } from '#postgres/table-target';

const text = { type: 'text', shape: { kind: 'text' }, input: 'text' } as const;
const jsonb = { type: 'jsonb', shape: { kind: 'json' }, input: 'jsonb' } as const;

/**
 * A table `public.t` with an integer key and encrypted columns, each with the layouts of its forms; one that starts
 * with `$` has the path of a leaf before it.
 */
export function targetOf(columns: Readonly<Record<string, readonly string[]>>): TableTarget {
  const isDocument = (layouts: readonly string[]) => layouts.some((layout) => layout.startsWith('$'));
  const catalog: CatalogTable = {
    oid: 16_400,
    schema: 'public',
    name: 't',
    kind: 'table',
    estimatedRows: 0,
    definition: '',
    bytes: 0,
    columns: Object.entries(columns).map(([name, layouts]) => ({
      name,
      ...(isDocument(layouts) ? jsonb : text),
      generated: false,
    })),
    ivColumns: [],
    identity: { kind: 'key', columns: [{ name: 'id', type: 'integer' }] },
  };
  const entries = Object.entries(columns).flatMap(([column, layouts]) =>
    layouts.map((line): Inventory['columns'][number] => {
      const [, path, layout = line] = /^(\$\S*) (.*)$/.exec(line) ?? [];
      const place = { schema: 'public', table: 't', column, layout, kind: 'unknown' as const };
      return path === undefined ? place : { ...place, path };
    }),
  );
  return resolveInventory({ version: 1, columns: entries }, [catalog])[0] as TableTarget;
}
