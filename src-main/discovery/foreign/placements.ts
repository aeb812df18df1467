import { type PartApart, partsApart } from '#applications/applications';
import type { SoughtForm } from '#applications/of-inventory';
import type { FormPart } from '#contract/application';
import type { EncryptedColumn } from '#contract/inventory';
import { partsReader } from '#forms/ciphertext';
import { parseLayout } from '#forms/layout';
import { formatPath, type PathStep } from '#forms/path';
import type { TextGroup } from '#discovery/texts';

/** Where the parts of a ciphertext are, as an inventory says it. */
export type Placement = Pick<EncryptedColumn, PartApart>;

/** Texts of a row that are tried as one part, and ways to put the parts together. */
const mostTexts = 6;
const mostPlacements = 24;
/** Members from the object that holds a ciphertext to a part of it: `$.h.iv`. */
const farthest = 2;

/**
 * The places in which the parts of a form's ciphertexts may be, for the texts of one place: one, which is empty, if all of them are in the
 * text. The names that the application uses come first; names are no proof, so every text that is written as the part is comes after.
 */
export function placements(
  { apart }: Pick<SoughtForm, 'apart'>,
  group: TextGroup,
  groups: readonly TextGroup[],
): Placement[] {
  return partsApart.reduce<Placement[]>(
    (all, part) => {
      const given = apart[part];
      if (!given) return all;
      const places = placesOf(given, group, groups);
      return all
        .flatMap((one) => places.map((place): Placement => ({ ...one, [part]: place })))
        .slice(0, mostPlacements);
    },
    [{}],
  );
}

type Place = NonNullable<Placement['tag']>;

function placesOf(given: FormPart, group: TextGroup, groups: readonly TextGroup[]): Place[] {
  const read = partsReader(parseLayout(given.layout));
  const near = groups.filter((one) => one !== group && belongsTo(one, group));
  const written = near.filter(({ texts }) => {
    const fits = texts.filter(({ text }) => read(text)).length;
    return fits > 0 && fits * 2 >= texts.length;
  });
  return written
    .toSorted((one, other) => Number(isHinted(other, group, given)) - Number(isHinted(one, group, given)))
    .slice(0, mostTexts)
    .map((one) => ({ ...placeOf(one, group), layout: given.layout }));
}

/** Whether each text of a group has one of the other in its row: in another column, or in the object that holds it. */
function belongsTo({ column, steps = [] }: TextGroup, group: TextGroup): boolean {
  if (column !== group.column) return steps.every(isMember);
  const own = parentOf(group);
  const rest = steps.slice(own.length);
  return (
    group.steps !== undefined &&
    rest.length > 0 &&
    rest.length <= farthest &&
    rest.every(isMember) &&
    formatPath(steps.slice(0, own.length)) === formatPath(own)
  );
}

function isMember(step: PathStep): boolean {
  return typeof step === 'object' && 'member' in step;
}

function parentOf({ steps = [] }: TextGroup): readonly PathStep[] {
  return steps.slice(0, -1);
}

function isHinted(one: TextGroup, group: TextGroup, { column, path }: FormPart): boolean {
  if (column !== undefined) return one.column.name === column.replaceAll('{column}', group.column.name);
  return one.column === group.column && formatPath((one.steps ?? []).slice(parentOf(group).length)) === path;
}

function placeOf({ column, steps }: TextGroup, group: TextGroup): Omit<Place, 'layout'> {
  return {
    ...(column !== group.column && { column: column.name }),
    ...(steps && { path: formatPath(steps) }),
  };
}
