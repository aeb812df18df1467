import type { EncodingName } from './encodings.ts';
import { type Form, readEntry } from './entry.ts';
import type { EncryptedColumn } from '#contract/inventory';
import { pathsOverlap, type PathStep } from './path.ts';
import { PathTree } from './path-tree.ts';
import { spansOf, type Template } from './template.ts';

/*
 * A column may hold values of several times, each written in a form of its own: once in hexadecimal, now in base64. Which form a text is of is told by how it
 * is written, without a key: the form that fewest texts are written in is tried first. That a base64 text is one of hexadecimal by chance is rarer than 2⁻³⁶.
 */

/** Bits of a digit: the fewer, the fewer texts read so by chance. */
const digitBits: Readonly<Record<EncodingName, number>> = {
  uuid: 4,
  hex: 4,
  base32: 5,
  base64: 6,
  base64percent: 6,
  base64url: 6,
  laravel: 6,
  laravelgcm: 6,
  raw: 8,
};

/** Forms of one place in the order in which a text is read by them: the first that reads it is its form. */
export function inReadingOrder(forms: readonly Form[]): Form[] {
  return forms.toSorted((one, other) => {
    const [first, second] = [one, other].map(({ layout }) => rankOf(layout.template)) as [number[], number[]];
    return first.map((value, i) => value - (second[i] as number)).find((by) => by !== 0) ?? 0;
  });
}

/** Stretches of anything last, many words and several spans first, then few digits; where base64 is either, its standard alphabet first. */
function rankOf(template: Template): number[] {
  const spans = spansOf(template);
  return [
    template.includes('any') ? 1 : 0,
    -template.reduce(
      (sum, piece) => sum + (typeof piece === 'object' && 'literal' in piece ? piece.literal.length : 0),
      0,
    ),
    -spans.length,
    spans.reduce((most, { encoding }) => Math.max(most, digitBits[encoding]), 0),
    spans.some(({ encoding }) => encoding === 'base64url') ? 1 : 0,
  ];
}

/** Whether two forms read the same place of a cell. */
export function isSamePlace(one: Form, other: Form): boolean {
  return placeOf(one) === placeOf(other);
}

/** Written once for each path: forms are compared for each of many values. */
const written = new WeakMap<readonly PathStep[], string>();

function placeOf({ steps }: Form): string {
  if (!steps) return '';
  const known = written.get(steps);
  if (known !== undefined) return known;
  const place = JSON.stringify(steps);
  written.set(steps, place);
  return place;
}

/** Whether a column can have both forms: they are of other places, or of the same one and told apart by how their texts are written. */
export function areDistinguishable(one: Form, other: Form): boolean {
  if (!isSamePlace(one, other)) return !pathsOverlap(one.steps ?? [], other.steps ?? []);
  return new LooksOfPlace(one).add(other) === undefined;
}

/**
 * Two forms that a column cannot both have, by `areDistinguishable`; undefined if there are none. Takes time
 * in proportion to the length of their paths, not to the number of pairs. Throws `inventory-malformed`.
 */
export function findAlike(forms: readonly Form[]): readonly [Form, Form] | undefined {
  const places = new Map<string, LooksOfPlace>();
  const tree = new PathTree<Form>();
  for (const form of forms) {
    const place = placeOf(form);
    const known = places.get(place);
    const met = known ? known.add(form) : tree.add(form.steps ?? [], form);
    if (met) return [met, form];
    if (!known) places.set(place, new LooksOfPlace(form));
  }
  return undefined;
}

/** Forms of one place: those that look alike are one form in both alphabets, so each has a layout of its own, and all have one meaning. */
class LooksOfPlace {
  readonly #byLook = new Map<string, { readonly meaning: string; readonly byLayout: Map<string, Form> }>();

  constructor(first: Form) {
    this.add(first);
  }

  /** Adds a form, unless it cannot be distinguished from one of those before: returns that one. */
  add(form: Form): Form | undefined {
    const look = lookOf(form.layout.template);
    const known = this.#byLook.get(look) ?? { meaning: meaningOf(form), byLayout: new Map<string, Form>() };
    this.#byLook.set(look, known);
    const [any] = known.byLayout.values();
    const twin = known.byLayout.get(form.entry.layout);
    if (twin || (any && known.meaning !== meaningOf(form))) return twin ?? any;
    known.byLayout.set(form.entry.layout, form);
    return undefined;
  }
}

/** The same for entries of an inventory, of whatever columns. */
export function canBothBeListed(one: EncryptedColumn, other: EncryptedColumn): boolean {
  const isSameColumn =
    one.schema === other.schema && one.table === other.table && one.column === other.column;
  return !isSameColumn || areDistinguishable(readEntry(one), readEntry(other));
}

/** Words and digits of a template. */
function lookOf(template: Template): string {
  return JSON.stringify(
    template.map((piece) =>
      typeof piece === 'object' && 'span' in piece ? { digits: inOneAlphabet(piece.span.encoding) } : piece,
    ),
  );
}

/** All that two forms must have in common to make the same of a text. */
function meaningOf({ layout: { template, ...cipher }, entry: { iv } }: Form): string {
  const pieces = template.map((piece) =>
    typeof piece === 'object' && 'span' in piece
      ? { ...piece.span, encoding: inOneAlphabet(piece.span.encoding) }
      : piece,
  );
  return JSON.stringify([pieces, cipher, iv]);
}

function inOneAlphabet(encoding: EncodingName): EncodingName {
  return encoding === 'base64url' || encoding === 'base64percent' ? 'base64' : encoding;
}
