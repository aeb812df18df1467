import type { Ciphertext, KeyIv, PartsBeside } from './ciphertext.ts';
import type { Edit, TextPosition } from './leaf.ts';
import {
  type CellShape,
  childrenOf,
  isBlank,
  isText,
  type Place,
  rootPlace,
  textPlace,
} from './container.ts';
import type { Form, IvPlace, PlaceApart, WrittenPlace } from './entry.ts';
import { isSamePlace } from './generations.ts';
import { applyEdits, cellLeaf, type Leaf, liftEdit } from './leaf.ts';
import { leadsTo, type PathStep } from './path.ts';
import { latin1 } from './template.ts';

/** A column of a row whose cells are read, with the forms of its entries; none if it only contains an IV. */
export interface FormColumn {
  readonly name: string;
  readonly shape: CellShape;
  /**
   * Several forms of one place are in reading order (`generations.ts`): a text belongs to the first that
   * reads it.
   */
  readonly forms: readonly Form[];
}

/** A ciphertext found in a row, or a text that is where one should be and is not one. */
export interface RowValue {
  /** Index of its column among those of the row. */
  readonly column: number;
  /** Index of its form among those of the column. */
  readonly form: number;
  readonly leaf: Leaf;
  /** Names and numbers of the path to it, if it has one. */
  readonly trail?: readonly (string | number)[];
  /** Undefined if the text is not in the layout, or its IV is missing. */
  readonly ciphertext: Ciphertext | undefined;
  /** The location of its IV, if that is elsewhere in the row. */
  readonly ivAt?: TextPosition;
}

type Cell = Buffer | null | undefined;

/**
 * The ciphertexts of a row, in a fixed order. Empty text and JSON null contain none, unless a tag of an empty text is elsewhere. A cell that
 * should be a document and is not, or a leaf that is not text, is returned as it is, so that its layout rejects it.
 */
export function findValues(columns: readonly FormColumn[], cells: readonly Cell[]): RowValue[] {
  const found: RowValue[] = [];
  for (let column = 0; column < columns.length; column++) {
    const { forms, shape } = columns[column] as FormColumn;
    const cell = cells[column];
    if (!cell || forms.length === 0) continue;
    if (cell.length === 0 && !forms.some(hasPartsBeside)) continue;
    const leaf = cellLeaf(cell);
    if (forms[0] && !forms[0].steps) {
      const value = readText(forms, 0, leaf, { columns, cells, column });
      if (value.ciphertext || cell.length > 0) found.push(value);
      continue;
    }
    const root = shape.kind === 'text' || shape.kind === 'bytes' ? textPlace(leaf) : rootPlace(leaf, shape);
    // a text that is not a document may be a list of values, none of which is in a document
    const isDocument = root && (root.json !== undefined || root.shape.kind !== 'text');
    if (!root || (!isDocument && !forms.some(({ steps = [] }) => steps[0] === 'elements'))) {
      found.push({ column, form: 0, leaf, ciphertext: undefined });
      continue;
    }
    for (const [form, one] of forms.entries()) {
      if (firstOfPlace(forms, form) !== form) continue;
      for (const traversal of traversalsFrom(root, one.steps ?? [])) {
        const isFilled = holdsValue(traversal);
        if (!isFilled && !(traversal.place.leaf.text === '' && hasPartsBeside(one))) continue;
        const value = readText(forms, form, traversal.place.leaf, { columns, cells, column, traversal });
        if (value.ciphertext || isFilled) found.push(value);
      }
    }
  }
  return found;
}

/** Its tag is in a text of its own, so that an empty text may be the ciphertext of an empty secret. */
function hasPartsBeside({ beside }: Form): boolean {
  return beside.length > 0;
}

/** Numbers and the like next to texts in a list are not its values; under a name they are in the place of one. */
function holdsValue({ place, steps, isLost }: Traversal): boolean {
  if (isBlank(place)) return false;
  const last = steps.at(-1);
  const isOneOfMany = last === 'elements' || last === 'members';
  const type = place.json?.node.type;
  return isLost === true || !isOneOfMany || (type !== 'number' && type !== 'boolean');
}

/** Which of the forms of one place is the first. */
function firstOfPlace(forms: readonly Form[], form: number): number {
  const one = forms[form] as Form;
  return forms.length === 1 ? 0 : forms.findIndex((other) => isSamePlace(one, other));
}

/** The value of a text by the first form of its place that reads it; by `first` if none does. */
function readText(forms: readonly Form[], first: number, leaf: Leaf, around: Surroundings): RowValue {
  const { column, traversal } = around;
  const trail = traversal && { trail: traversal.trail };
  const isRead = !traversal || (isText(traversal.place) && !traversal.isLost);
  let unread: RowValue | undefined;
  for (let form = first; form < forms.length; form++) {
    if (firstOfPlace(forms, form) !== first) continue;
    const { iv, beside, reader } = forms[form] as Form;
    const { iv: where, at } = ivOf(iv, around);
    const parts = partsBeside(beside, around);
    const ciphertext = isRead && parts ? reader.read(leaf.text, where, parts) : undefined;
    const value = { column, form, leaf, ...trail, ciphertext, ...(at && { ivAt: at }) };
    if (ciphertext) return value;
    unread ??= value;
  }
  return unread as RowValue;
}

/** A place that a path leads to, with all places along it, root first. */
export interface Traversal {
  readonly place: Place;
  readonly passed: readonly Place[];
  readonly steps: readonly PathStep[];
  readonly trail: readonly (string | number)[];
  /** The place does not have exactly one text under the names that one should have: the path ends here. */
  readonly isLost?: true;
}

/** The places that a path leads to, in the order of the value. */
export function traversalsFrom(root: Place, steps: readonly PathStep[]): Traversal[] {
  let traversals: Traversal[] = [{ place: root, passed: [root], steps, trail: [] }];
  for (const step of steps.map(withLatin1Names)) {
    traversals = traversals.flatMap((traversal): Traversal[] => {
      const all = childrenOf(traversal.place);
      if (all.length === 0 && isListOfOne(step, traversal.place))
        return [
          { ...traversal, passed: [...traversal.passed, traversal.place], trail: [...traversal.trail, 0] },
        ];
      const children = all.filter((child) => leadsTo(step, child));
      const isChoice = typeof step === 'object' && 'oneOf' in step;
      const chosen = isChoice ? children.filter(({ place }) => isText(place)) : children;
      if (isChoice && chosen.length !== 1) return [{ ...traversal, isLost: true }];
      return chosen.map(({ place, name, index }) => ({
        place,
        passed: [...traversal.passed, place],
        steps,
        trail: [...traversal.trail, name ?? (index as number)],
      }));
    });
  }
  return traversals;
}

/** A text without separators is a list with one element. */
function isListOfOne(step: PathStep, { shape, json }: Place): boolean {
  return step === 'elements' && shape.kind === 'text' && !json;
}

function withLatin1Names(step: PathStep): PathStep {
  if (typeof step === 'string' || 'index' in step) return step;
  return 'member' in step ? { member: latin1(step.member) } : { oneOf: step.oneOf.map(latin1) };
}

interface Surroundings {
  readonly columns: readonly FormColumn[];
  readonly cells: readonly Cell[];
  readonly column: number;
  readonly traversal?: Traversal;
}

interface FoundIv {
  readonly iv?: Uint8Array | KeyIv | undefined;
  readonly at?: TextPosition;
}

const noIv: FoundIv = {};

/** The IV of a ciphertext that is elsewhere in the row; undefined if it is missing or ambiguous. */
function ivOf(iv: IvPlace | undefined, around: Surroundings): FoundIv {
  if (!iv) return noIv;
  if ('fixed' in iv) return { iv: iv.fixed };
  const at = positionOf(iv, around);
  return at ? { iv: iv.read(at.leaf.text), at } : noIv;
}

/** Parts of a ciphertext elsewhere in the row; undefined where one of them is missing. */
function partsBeside(places: readonly WrittenPlace[], around: Surroundings): PartsBeside[] | undefined {
  const found: PartsBeside[] = [];
  for (const place of places) {
    const at = positionOf(place, around);
    const read = at && place.read(at.leaf.text);
    if (!read) return undefined;
    found.push({ ...read, at });
  }
  return found;
}

/** The text of a row at a place that belongs to a ciphertext; none where it is missing or there are several. */
function positionOf(
  { column: name, steps }: PlaceApart,
  { columns, cells, column, traversal }: Surroundings,
): TextPosition | undefined {
  const at = name === undefined ? column : columns.findIndex((one) => one.name === name);
  const cell = cells[at];
  const { shape } = columns[at] ?? {};
  if (!cell || !shape) return undefined;
  // in the same document, it is the one next to the ciphertext: it shares the part of the path that both have in common
  const shared = name === undefined && traversal ? sharedSteps(steps, traversal.steps) : 0;
  const start = shared > 0 ? (traversal as Traversal).passed[shared] : rootPlace(cellLeaf(cell), shape);
  const [only, ...more] = start ? traversalsFrom(start, steps.slice(shared)) : [];
  if (!only || only.isLost || more.length > 0) return undefined;
  return { column: at, leaf: only.place.leaf };
}

/** How many steps two paths have in common from their start. */
export function sharedSteps(one: readonly PathStep[], other: readonly PathStep[]): number {
  let shared = 0;
  while (
    shared < one.length &&
    shared < other.length &&
    JSON.stringify(one[shared]) === JSON.stringify(other[shared])
  )
    shared++;
  return shared;
}

/** Whether two values of one row, read at different times, are the same one. */
export function isSameValue(one: RowValue, other: RowValue): boolean {
  return (
    one.column === other.column &&
    one.form === other.form &&
    JSON.stringify(one.trail) === JSON.stringify(other.trail)
  );
}

/** A value and the changes to its text. */
export interface Replacement {
  readonly value: RowValue;
  readonly edits: readonly Edit[];
}

/** The cell of a column with the row's ciphertexts replaced, as far as they are in it; every other byte stays the same. */
export function replaceValues(cell: Buffer, column: number, replacements: readonly Replacement[]): Buffer {
  const edits = replacements.flatMap(({ value, edits }) =>
    edits.flatMap((edit) => {
      const { leaf, column: of } = edit.at ?? value;
      return of === column ? [liftEdit(leaf, edit)] : [];
    }),
  );
  return edits.length === 0 ? cell : Buffer.from(applyEdits(cell.toString('latin1'), edits), 'latin1');
}

/** The parts of a column's cell outside the spans of the row's values, to compare two states of it. */
export function aroundValues(cell: Buffer, column: number, values: readonly RowValue[]): string {
  const gaps = values.flatMap(({ leaf, column: of, ciphertext }) => {
    const own = of === column && ciphertext ? [{ leaf, spans: ciphertext.spans }] : [];
    const beside = (ciphertext?.beside ?? []).flatMap(({ at, spans }) =>
      at.column === column ? [{ leaf: at.leaf, spans }] : [],
    );
    return [...own, ...beside].flatMap((one) =>
      one.spans.map(({ from, to }) => liftEdit(one.leaf, { from, to, text: '' })),
    );
  });
  return applyEdits(
    cell.toString('latin1'),
    gaps.map((gap) => ({ ...gap, text: '\0' })),
  );
}

/** The exact path of a value, like `$.list[1].secret`, if it has one. */
export function trailText(trail: readonly (string | number)[]): string {
  return `$${trail
    .map((step) => {
      if (typeof step === 'number') return `[${step}]`;
      const name = Buffer.from(step, 'latin1').toString('utf8');
      return /^[\p{L}_][\p{L}\p{N}_-]*$/u.test(name) ? `.${name}` : `[${JSON.stringify(name)}]`;
    })
    .join('')}`;
}
