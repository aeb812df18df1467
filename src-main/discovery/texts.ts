import {
  type CellShape,
  childrenOf,
  type Child,
  isBlank,
  isText,
  type Place,
  rootPlace,
} from '#forms/container';
import { cellLeaf } from '#forms/leaf';
import { formatPath, type PathStep } from '#forms/path';
import type { CatalogColumn } from '#postgres/catalog';
import type { Field } from '#postgres/copy-binary';
import { memberSteps } from './member-steps.ts';

/** A text of a sampled row. */
export interface SampledText {
  readonly row: number;
  readonly text: string;
  /** Names and numbers of the way to it. */
  readonly trail: readonly (string | number)[];
}

/** Tells one text of a column from the others. */
export function positionOf({ row, trail }: SampledText): string {
  return `${row} ${JSON.stringify(trail)}`;
}

/** The texts that are at one place of a column's cells. */
export interface TextGroup {
  readonly column: CatalogColumn;
  /** Absent where the cell as a whole is the text. */
  readonly steps?: readonly PathStep[];
  readonly texts: readonly SampledText[];
}

/** Arrays of so many texts, in all rows alike, may have a meaning for each. */
const maxIndexed = 6;

/**
 * The places of a column where texts stand, with the texts of all sampled rows. `hasWholeDocuments`: a JSON document is one text too, as
 * ciphertexts with members for their parts are (Rails).
 */
export function groupTexts(
  column: CatalogColumn,
  cells: readonly Field[],
  hasWholeDocuments = false,
): TextGroup[] {
  const filled = cells.flatMap((cell, row) =>
    cell && cell.length > 0 ? [{ row, leaf: cellLeaf(cell) }] : [],
  );
  const groups: TextGroup[] = [];
  if (isWhole(column.shape) || (hasWholeDocuments && column.shape.kind === 'json')) {
    groups.push({ column, texts: filled.map(({ row, leaf }) => ({ row, text: leaf.text, trail: [] })) });
  }
  if (column.shape.kind === 'bytes') return groups;
  const roots = filled.flatMap(({ row, leaf }) => {
    const place = rootPlace(leaf, column.shape);
    return place ? [{ row, place, trail: [] }] : [];
  });
  if (column.shape.kind === 'json') addTexts(groups, column, [], roots);
  gather(groups, column, [], roots);
  return groups.filter(({ texts }) => texts.length > 0);
}

/** Whether a value of this shape may be a text of its own. */
function isWhole({ kind }: CellShape): boolean {
  return kind === 'text' || kind === 'bytes' || kind === 'uuid';
}

interface PlaceInRow {
  readonly row: number;
  readonly place: Place;
  readonly trail: readonly (string | number)[];
}

function addTexts(
  groups: TextGroup[],
  column: CatalogColumn,
  steps: readonly PathStep[],
  places: readonly PlaceInRow[],
): void {
  const texts = places.flatMap(({ row, place, trail }) => {
    const isLeaf = place.json ? isText(place) : isWhole(place.shape);
    return isLeaf && !isBlank(place) ? [{ row, text: place.leaf.text, trail }] : [];
  });
  if (texts.length > 0) groups.push({ column, steps, texts });
}

/** `places` are all that `steps` lead to, so that a map by id is told by the names of all rows. */
function gather(
  groups: TextGroup[],
  column: CatalogColumn,
  steps: readonly PathStep[],
  places: readonly PlaceInRow[],
): void {
  const below = places.map((here) => ({ here, children: childrenOf(here.place) }));
  const follow = (step: PathStep, holds: (child: Child) => boolean) => {
    const next = below.flatMap(({ here, children }) =>
      children.filter(holds).map(({ name, index, place }) => ({
        row: here.row,
        place,
        trail: [...here.trail, name ?? (index as number)],
      })),
    );
    if (next.length === 0) return;
    addTexts(groups, column, [...steps, step], next);
    gather(groups, column, [...steps, step], next);
  };
  follow('elements', ({ index }) => index !== undefined);
  for (const index of commonIndexes(below.map(({ children }) => children))) {
    follow({ index }, (child) => child.index === index);
  }
  const { named, isMap } = memberSteps(
    below.map(({ children }) => children.flatMap(({ name }) => name ?? [])),
  );
  for (const name of named) {
    follow({ member: Buffer.from(name, 'latin1').toString('utf8') }, (child) => child.name === name);
  }
  if (isMap) follow('members', ({ name }) => name !== undefined);
}

/** The numbers of elements where all arrays have the same few. */
function commonIndexes(all: readonly (readonly Child[])[]): number[] {
  const lengths = new Set(
    all
      .map((children) => children.filter(({ index }) => index !== undefined).length)
      .filter((length) => length > 0),
  );
  const [length = 0] = lengths;
  return lengths.size === 1 && length > 1 && length <= maxIndexed ? [...Array(length).keys()] : [];
}

/** The path of a group, as an inventory writes it. */
export function pathOf({ steps }: TextGroup): string | undefined {
  return steps && formatPath(steps);
}

/** A place of a row, for people. */
export function placeName(group: TextGroup): string {
  const path = pathOf(group);
  return path === undefined || path === '$' ? `column ${group.column.name}` : `${group.column.name} ${path}`;
}
