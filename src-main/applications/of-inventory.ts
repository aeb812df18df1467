import type { Inventory } from '#contract/inventory';
import { layoutOf } from '#forms/entry';
import { formatLayout } from '#forms/layout';
import { type ApplicationForm, applications, formsOf } from './applications.ts';

/** Whether an inventory lists values of another application than Ballast. */
export function isOfOtherApplication({ columns }: Pick<Inventory, 'columns'>): boolean {
  return columns.some((entry) => layoutOf(entry).scheme !== undefined);
}

/**
 * The forms in which other values under the key of such an inventory are looked for: its own, and all of each application that writes
 * one of them. Empty for an inventory of Ballast.
 */
export function formsBeside({ columns }: Pick<Inventory, 'columns'>): ApplicationForm[] {
  const listed = new Set(columns.map((entry) => formatLayout(layoutOf(entry))));
  const all = applications()
    .map(formsOf)
    .filter((forms) => forms.some(({ layout }) => layout.scheme && listed.has(formatLayout(layout))))
    .flat();
  return [...new Map(all.map((form) => [JSON.stringify(form.entry), form])).values()];
}
