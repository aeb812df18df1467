import type { EncryptedColumn, Inventory } from '#contract/inventory';
import { layoutOf } from '#forms/entry';
import { formatLayout } from '#forms/layout';
import type { Application, FormPart } from '#contract/application';
import { type ApplicationForm, applications, formsOf, partsApart } from './applications.ts';

/** Whether an inventory lists values of another application than Ballast. */
export function isOfOtherApplication({ columns }: Pick<Inventory, 'columns'>): boolean {
  return columns.some((entry) => layoutOf(entry).scheme !== undefined);
}

/** The applications that write one of the forms of an inventory. None for an inventory of Ballast. */
export function applicationsOf({ columns }: Pick<Inventory, 'columns'>): Application[] {
  const listed = new Set(columns.map((entry) => formatLayout(layoutOf(entry))));
  return applications().filter((one) =>
    formsOf(one).some(({ layout }) => layout.scheme && listed.has(formatLayout(layout))),
  );
}

/** Who uses the key of an inventory, for people: by its name where only one application writes so. */
export function applicationInWords(inventory: Pick<Inventory, 'columns'>): string {
  if (!isOfOtherApplication(inventory)) return 'Ballast';
  const [only, ...more] = applicationsOf(inventory).filter(({ outOfScope }) => outOfScope === undefined);
  return only && more.length === 0 ? only.name : 'the application';
}

/** A form whose values are searched for, and whose they are, for people. */
export type SoughtForm = Pick<ApplicationForm, 'layout' | 'apart'> & {
  readonly application: Pick<Application, 'name'>;
};

/**
 * The forms in which other values encrypted with the key of such an inventory are searched for: its own, and all of each application that writes
 * one of them. Empty for an inventory of Ballast.
 */
export function formsBeside(inventory: Pick<Inventory, 'columns'>): SoughtForm[] {
  const own = inventory.columns.filter((entry) => layoutOf(entry).scheme).map(formOfEntry);
  const all = [...applicationsOf(inventory).flatMap(formsOf), ...own];
  return [
    ...new Map(
      // places are hints, so two forms are the same if their texts are
      all
        .map((form) => [JSON.stringify([formatLayout(form.layout), layoutsApart(form)]), form] as const)
        .reverse(),
    ).values(),
  ];
}

function layoutsApart({ apart }: SoughtForm): (string | undefined)[] {
  return partsApart.map((part) => apart[part]?.layout);
}

function formOfEntry(entry: EncryptedColumn): SoughtForm {
  const parts = partsApart.flatMap((part): [string, FormPart][] => {
    const place = entry[part];
    return place?.layout === undefined ? [] : [[part, { ...place, layout: place.layout }]];
  });
  return {
    application: { name: 'the inventory' },
    layout: layoutOf(entry),
    apart: Object.fromEntries(parts),
  };
}
