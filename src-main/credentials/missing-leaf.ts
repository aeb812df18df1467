import type { Edit } from '#forms/leaf';
import { childrenOf, isBlank, type Place, rootPlace } from '#forms/container';
import { documentAt } from '#forms/envelope';
import { cellLeaf, liftEdit } from '#forms/leaf';
import { type PathStep, parsePath } from '#forms/path';
import type { FormColumn } from '#forms/row-values';
import { latin1 } from '#forms/template';
import type { Range } from '#forms/template-match';
import type { Field } from '#postgres/copy-binary';

/** The exact way to a place of a value, by names and numbers. Names are Latin-1, as in all texts of forms. */
export type Trail = readonly (string | number)[];

/** The exact way to a leaf: `leaf` where `steps` branch, else the steps themselves. Undefined where the two do not go together. */
export function leafPath(steps: readonly PathStep[], leaf?: string): Trail | undefined {
  const path = exactTrail(leaf ? readLeaf(leaf) : steps);
  const goTogether = steps.every((step, i) => {
    if (step === 'elements') return typeof path?.[i] === 'number';
    if (step === 'members') return typeof path?.[i] === 'string';
    return path?.[i] === exactStep(step);
  });
  return goTogether && path?.length === steps.length ? path : undefined;
}

function exactTrail(steps: readonly PathStep[] | undefined): Trail | undefined {
  const path = steps?.flatMap((step) => exactStep(step) ?? []);
  return path?.length === steps?.length ? path : undefined;
}

function exactStep(step: PathStep): string | number | undefined {
  if (typeof step === 'string' || 'oneOf' in step) return undefined;
  return 'member' in step ? latin1(step.member) : step.index;
}

/** Reads `$.list[1]["odd key"]`, which an archive says. */
function readLeaf(text: string): PathStep[] | undefined {
  try {
    return parsePath(text);
  } catch {
    return undefined;
  }
}

/** The whole of a cell as a place: of a document its root. Undefined where it holds nothing. */
export function rootOf({ shape }: Pick<FormColumn, 'shape'>, cell: Field | undefined): Place | undefined {
  if (!cell || cell.length === 0) return undefined;
  const leaf = cellLeaf(cell);
  const mayBeDocument = shape.kind === 'text' || shape.kind === 'bytes' || shape.kind === 'json';
  if (!mayBeDocument) return rootPlace(leaf, shape);
  return rootPlace(leaf, { kind: 'json' }) ?? { leaf, shape: { kind: 'text' } };
}

/** The place at the end of a way; undefined where it is not there, or a document on the way names a member twice. */
export function placeAt(root: Place | undefined, trail: Trail): Place | undefined {
  return trail.reduce<Place | undefined>((place, step) => {
    const [only, ...more] = place
      ? childrenOf(place).filter(({ name, index }) => (name ?? index) === step)
      : [];
    return more.length === 0 ? only?.place : undefined;
  }, root);
}

/** Whether a leaf can be put there and nowhere else: what has to hold it is there, and only the leaf is not. */
export function hasPlace(root: Place | undefined, trail: Trail): boolean {
  const vacancy = vacancyAt(root, trail);
  return vacancy !== undefined && (!('place' in vacancy) || isBlank(vacancy.place));
}

/** The change of a cell that puts a JSON literal there, in place of what is; every other character stays. Undefined where it has no place. */
export function putLeaf(root: Place | undefined, trail: Trail, literal: string): Edit | undefined {
  const vacancy = vacancyAt(root, trail);
  if (!vacancy) return undefined;
  if ('place' in vacancy) return writtenAs(vacancy.place, literal);
  const { object, name } = vacancy;
  const { node, document } = object.json as NonNullable<Place['json']>;
  const last = node.children?.at(-1);
  const at = last ? last.offset + last.length : node.offset + 1;
  return liftEdit(document, {
    from: at,
    to: at,
    text: `${last ? ',' : ''}${JSON.stringify(name)}:${literal}`,
  });
}

/** The change of a cell that makes what is there what it was in `before`, or takes it out. Undefined where nothing does. */
export function takeLeaf(
  after: { readonly cell: string; readonly root: Place | undefined },
  trail: Trail,
  before: { readonly cell: string; readonly root: Place | undefined },
): Edit | undefined {
  const place = placeAt(after.root, trail);
  if (!place) return undefined;
  const was = placeAt(before.root, trail);
  if (was) {
    const { from, to } = writtenAt(was);
    return { ...writtenAt(place), text: before.cell.slice(from, to) };
  }
  const member = place.json?.node.parent;
  const siblings = member?.parent?.children;
  if (member?.type !== 'property' || !siblings) return undefined;
  const previous = siblings[siblings.indexOf(member) - 1];
  const from = previous ? previous.offset + previous.length : member.offset;
  const { document } = place.json as NonNullable<Place['json']>;
  return liftEdit(document, { from, to: member.offset + member.length, text: '' });
}

/** Where in its cell a place is written: in a document with its quotation marks. */
export function writtenAt(place: Place): Range {
  const { from, to } = writtenAs(place, '');
  return { from, to };
}

function writtenAs({ leaf, json }: Place, text: string): Edit {
  if (!json) return liftEdit(leaf, { from: 0, to: leaf.text.length, text });
  const { node, document } = json;
  return liftEdit(document, { from: node.offset, to: node.offset + node.length, text });
}

/** What is at a way's end, or the object that only lacks this member. */
type Vacancy = { readonly place: Place } | { readonly object: Place; readonly name: string };

function vacancyAt(root: Place | undefined, trail: Trail): Vacancy | undefined {
  const place = placeAt(root, trail);
  // elements of arrays and fields of row values are quoted as the server likes, so that only it knows how one is written
  if (place) return place.json || trail.length === 0 ? { place } : undefined;
  const name = trail.at(-1);
  const holder = placeAt(root, trail.slice(0, -1));
  const object = holder && documentAt(holder);
  if (typeof name !== 'string' || object?.json?.node.type !== 'object') return undefined;
  return childrenOf(object).some((child) => child.name === name) ? undefined : { object, name };
}
