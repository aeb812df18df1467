import { counted, formatCount } from '#shared/counted';
import type { CensusReport } from '#contract/census';
import type { EncryptedColumn } from '#contract/inventory';
import { entryKey, meansTheSame } from './column-words.ts';
import { formatMebibytes } from './format.ts';

/** What a census says, with what it has seen. Pure. */

export type CensusPlace = CensusReport['places'][number];
export type UnreadPlace = CensusReport['unread'][number];

/** Like `Read 6,412 cells in 41 tables, 3.2 MiB, and tried 2 keys; 0 places not read.` */
export function scopeInWords({ cells, tables, bytes, keys, unread }: CensusReport): string {
  const read = `Read ${counted(cells, 'cell')} in ${counted(tables, 'table')}, ${formatMebibytes(bytes)}`;
  const left = `${counted(unread.length, 'place')} not read`;
  return `${read}, and tried ${counted(keys.length, 'key')}; ${left}.`;
}

/** Values under a key that no entry of this inventory covers. What was added since the census counts as covered. */
export function placesOutside(
  { places }: CensusReport,
  inventory: readonly EncryptedColumn[] = [],
): CensusPlace[] {
  const listed = new Set(inventory.map(entryKey));
  return places.filter(
    ({ inInventory, proposal }) => !inInventory && !(proposal && listed.has(entryKey(proposal))),
  );
}

/** Whether the inventory has these values in another form: it holds one form of a place, so a second one cannot be added. */
export function isListedOtherwise({ proposal }: CensusPlace, inventory: readonly EncryptedColumn[]): boolean {
  return proposal !== undefined && inventory.some((entry) => meansTheSame(entry, proposal));
}

/** The entries that would take these places into the inventory, each place once, in the form of most of its values. */
export function proposalsOf(places: readonly CensusPlace[]): EncryptedColumn[] {
  const entries: EncryptedColumn[] = [];
  for (const { proposal } of [...places].sort((a, b) => b.values - a.values)) {
    if (proposal && !entries.some((entry) => meansTheSame(entry, proposal))) entries.push(proposal);
  }
  return entries;
}

/** The inventory with these entries, in place of those that mean the same values. */
export function withEntries(
  inventory: readonly EncryptedColumn[],
  entries: readonly EncryptedColumn[],
): EncryptedColumn[] {
  return [...inventory.filter((entry) => !entries.some((other) => meansTheSame(entry, other))), ...entries];
}

/** A place that was not read; what has no table is named by the reason alone. */
export function unreadName({ schema, table, column }: UnreadPlace): string {
  return [schema === 'public' ? undefined : schema, table, column]
    .filter((part) => part !== undefined)
    .join('.');
}

/** Like `60 values`, `at least 1 value`. */
export function valuesInWords({ values, certain }: CensusPlace): string {
  return certain ? counted(values, 'value') : `most likely ${counted(values, 'value')}`;
}

/** Like `rows id=3, id=5 and 58 more`. */
export function rowsInWords({ rows, values }: CensusPlace): string | undefined {
  const shown = rows.slice(0, 3);
  if (shown.length === 0) return undefined;
  const more = values > shown.length ? ` and ${formatCount(values - shown.length)} more` : '';
  return `${shown.length === 1 ? 'row' : 'rows'} ${shown.join(', ')}${more}`;
}
