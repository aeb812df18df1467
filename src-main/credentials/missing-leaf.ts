import { findNodeAtLocation, type JSONPath, type Node } from 'jsonc-parser';
import { parseDocument } from '#crypto/json-document';
import type { JsonStep } from '#postgres/json-path';

/** The exact path of a leaf: `leaf` where `steps` branch, else the steps themselves. Undefined where the two do not go together. */
export function leafPath(steps: readonly JsonStep[], leaf?: string): JSONPath | undefined {
  const path = leaf ? parseLeaf(leaf) : exactPath(steps);
  const goTogether = steps.every((step, i) => {
    if (step === 'elements') return typeof path?.[i] === 'number';
    return step === 'members' ? typeof path?.[i] === 'string' : path?.[i] === step.member;
  });
  return goTogether && path?.length === steps.length ? path : undefined;
}

function exactPath(steps: readonly JsonStep[]): JSONPath | undefined {
  const names = steps.flatMap((step) => (typeof step === 'string' ? [] : [step.member]));
  return names.length === steps.length ? names : undefined;
}

/** Reads `$.list[1]["odd key"]`. */
function parseLeaf(text: string): JSONPath | undefined {
  const path: JSONPath = [];
  const token =
    /\.([\p{L}_][\p{L}\p{N}_-]*)|\[(\d{1,9})\]|\[("(?:[ !#-[\]-\u{10ffff}]|\\(?:["\\/bfnrt]|u[\da-fA-F]{4}))*")\]/uy;
  token.lastIndex = 1;
  while (token.lastIndex < text.length) {
    const match = token.exec(text);
    if (!match) return undefined;
    const [, member, index, quoted] = match;
    path.push(member ?? (index === undefined ? (JSON.parse(quoted as string) as string) : Number(index)));
  }
  return path;
}

/** Where a leaf that is not there can be put: in place of a null or an empty text, or as a member that its object lacks. */
type Place = { readonly blank: Node } | { readonly object: Node; readonly name: string };

export function isDocument(text: string): boolean {
  return parseDocument(text) !== undefined;
}

/** Whether a leaf can be put at this path and nowhere else: what has to hold it is there, and only the leaf is not. */
export function hasPlace(text: string, path: JSONPath): boolean {
  return placeOf(text, path) !== undefined;
}

/** The document with a leaf put where there is none; every other character stays. Throws where it has no place. */
export function putLeaf(text: string, path: JSONPath, literal: string): string {
  if (text === '' && path.length === 0) return literal;
  const place = placeOf(text, path);
  if (!place) throw new Error('the document has no place for this leaf');
  if ('blank' in place) {
    const { offset, length } = place.blank;
    return text.slice(0, offset) + literal + text.slice(offset + length);
  }
  const { object, name } = place;
  const last = object.children?.at(-1);
  const at = last ? last.offset + last.length : object.offset + 1;
  return `${text.slice(0, at)}${last ? ',' : ''}${JSON.stringify(name)}:${literal}${text.slice(at)}`;
}

/** The document without the leaf at this path, as it was in `before`: blank, or not there. Undefined where there is no such leaf. */
export function takeLeaf(text: string, path: JSONPath, before: string): string | undefined {
  const root = parseDocument(text);
  const leaf = root && findNodeAtLocation(root, path);
  if (!leaf) return undefined;
  const place = placeOf(before, path);
  if (before === '' || (place && 'blank' in place)) {
    const was = place && 'blank' in place ? place.blank : undefined;
    const literal = was ? before.slice(was.offset, was.offset + was.length) : '';
    return text.slice(0, leaf.offset) + literal + text.slice(leaf.offset + leaf.length);
  }
  const member = leaf.parent;
  const siblings = member?.parent?.children;
  if (member?.type !== 'property' || !siblings) return undefined;
  const previous = siblings[siblings.indexOf(member) - 1];
  const from = previous ? previous.offset + previous.length : member.offset;
  return text.slice(0, from) + text.slice(member.offset + member.length);
}

function placeOf(text: string, path: JSONPath): Place | undefined {
  const root = parseDocument(text);
  if (!root) return undefined;
  const found = findNodeAtLocation(root, path);
  if (found) return isBlank(found) && isOnlyOne(root, path) ? { blank: found } : undefined;
  const name = path.at(-1);
  const object = findNodeAtLocation(root, path.slice(0, -1));
  if (typeof name !== 'string' || object?.type !== 'object') return undefined;
  return isOnlyOne(root, path.slice(0, -1)) ? { object, name } : undefined;
}

function isBlank({ type, value }: Node): boolean {
  return type === 'null' || value === '';
}

/** A text document may name a member twice: then a path does not say which. */
function isOnlyOne(root: Node, path: JSONPath): boolean {
  return path.every((step, i) => {
    if (typeof step === 'number') return true;
    const members = findNodeAtLocation(root, path.slice(0, i))?.children ?? [];
    return members.filter((member) => member.children?.[0]?.value === step).length === 1;
  });
}
