import { counted, formatCount } from '#shared/counted';
import type { CensusReport } from '#contract/census';
import type { EncryptedColumn } from '#contract/inventory';
import { columnKey, entryKey, meansTheSame } from './column-text.ts';
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

/** The entries that would take these places into the inventory, those of the most values first. */
export function proposalsOf(places: readonly CensusPlace[]): EncryptedColumn[] {
  const entries: EncryptedColumn[] = [];
  for (const place of [...places].sort((a, b) => b.values - a.values)) {
    for (const proposal of proposedBy(place)) if (isAddable(proposal, entries)) entries.push(proposal);
  }
  return entries;
}

function proposedBy({ proposal, otherForms = [] }: CensusPlace): EncryptedColumn[] {
  return proposal ? [proposal, ...otherForms] : [];
}

/** Whether an entry can be next to others: a column may have several forms at one place, and no place within another. */
export function isAddable(proposal: EncryptedColumn, entries: readonly EncryptedColumn[]): boolean {
  return !entries.some(
    (entry) =>
      entryKey(entry) === entryKey(proposal) ||
      (meansTheSame(entry, proposal) && columnKey(entry) !== columnKey(proposal)),
  );
}

/** The inventory with these entries beside its own, but for those that they hold as well. */
export function withEntries(
  inventory: readonly EncryptedColumn[],
  entries: readonly EncryptedColumn[],
): EncryptedColumn[] {
  return [...inventory.filter((entry) => isAddable(entry, entries)), ...entries];
}

/** The inventory with these entries in place of those that mean the same values. */
export function withCorrected(
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
export function valuesInWords({ values, certain, isPossible }: CensusPlace): string {
  if (isPossible) return `possibly ${counted(values, 'value')}`;
  return certain ? counted(values, 'value') : `most likely ${counted(values, 'value')}`;
}

/** Like `rows id=3, id=5 and 58 more`. */
export function rowsInWords({ rows, values }: CensusPlace): string | undefined {
  const shown = rows.slice(0, 3);
  if (shown.length === 0) return undefined;
  const more = values > shown.length ? ` and ${formatCount(values - shown.length)} more` : '';
  return `${shown.length === 1 ? 'row' : 'rows'} ${shown.join(', ')}${more}`;
}
