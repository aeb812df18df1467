import type { CensusReport } from '#contract/census';
import type { EncryptedColumn } from '#contract/inventory';
import { columnKey } from './column-words.ts';
import { formatCount, formatCounted, formatMebibytes } from './format.ts';

/** What a census says, with what it has seen. Pure. */

export type CensusPlace = CensusReport['places'][number];
export type UnreadPlace = CensusReport['unread'][number];

/** Like `Read 6,412 cells in 41 tables, 3.2 MiB, and tried 2 keys; none left out.` */
export function scopeInWords({ cells, tables, bytes, keys, unread }: CensusReport): string {
  const read = `Read ${formatCounted(cells, 'cell')} in ${formatCounted(tables, 'table')}, ${formatMebibytes(bytes)}`;
  const left = unread.length === 0 ? 'none left out' : `${formatCounted(unread.length, 'place')} not read`;
  return `${read}, and tried ${formatCounted(keys.length, 'key')}; ${left}.`;
}

/** Values under a key that no entry of this inventory covers. One that was added since the census counts as covered. */
export function placesOutside(
  { places }: CensusReport,
  inventory: readonly EncryptedColumn[] = [],
): CensusPlace[] {
  const listed = new Set(inventory.map(columnKey));
  return places.filter(
    ({ inInventory, proposal }) => !inInventory && !(proposal && listed.has(columnKey(proposal))),
  );
}

/** The entries that would take these places into the inventory, each once. */
export function proposalsOf(places: readonly CensusPlace[]): EncryptedColumn[] {
  const entries = new Map(
    places.flatMap(({ proposal }) => (proposal ? [[columnKey(proposal), proposal] as const] : [])),
  );
  return [...entries.values()];
}

/** The inventory with these entries; one of the same place is replaced. */
export function withEntries(
  inventory: readonly EncryptedColumn[],
  entries: readonly EncryptedColumn[],
): EncryptedColumn[] {
  const replaced = new Set(entries.map(columnKey));
  return [...inventory.filter((entry) => !replaced.has(columnKey(entry))), ...entries];
}

/** A place that was not read; what has no table is named by the reason alone. */
export function unreadName({ schema, table, column }: UnreadPlace): string {
  return [schema === 'public' ? undefined : schema, table, column]
    .filter((part) => part !== undefined)
    .join('.');
}

/** Like `60 values`, `at least 1 value`. */
export function valuesInWords({ values, certain }: CensusPlace): string {
  return certain ? formatCounted(values, 'value') : `most likely ${formatCounted(values, 'value')}`;
}

/** Like `rows id=3, id=5 and 58 more`. */
export function rowsInWords({ rows, values }: CensusPlace): string | undefined {
  const shown = rows.slice(0, 3);
  if (shown.length === 0) return undefined;
  const more = values > shown.length ? ` and ${formatCount(values - shown.length)} more` : '';
  return `${shown.length === 1 ? 'row' : 'rows'} ${shown.join(', ')}${more}`;
}
