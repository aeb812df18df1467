import { isDeepStrictEqual } from 'node:util';
import type { z } from 'zod';
import { isObject } from '#shared/is-object';

type Fields = Record<string, unknown>;
type Issue = z.core.$ZodIssue;

/**
 * Parses by a strict schema, but passes over fields that it does not know, wherever they stand: a later Keel may have written them, and
 * what changes the meaning of the others comes with a new version of the file. Any other mistake is reported.
 */
export function parsePassingOver<T>(
  schema: z.ZodType<T>,
  document: unknown,
): { readonly value: T } | { readonly error: z.ZodError<T> } {
  const known = structuredClone(document);
  for (;;) {
    const parsed = schema.safeParse(known);
    if (parsed.success) return { value: parsed.data };
    const unknown = parsed.error.issues.flatMap((issue) => unknownIn(issue, []));
    const removed = unknown.filter((path) => remove(known, path));
    if (removed.length === 0) return { error: parsed.error };
  }
}

/** Paths of fields that a schema does not know; none where an alternative of a union has other mistakes too. */
function unknownIn(issue: Issue, above: readonly PropertyKey[]): PropertyKey[][] {
  const path = [...above, ...issue.path];
  if (issue.code === 'unrecognized_keys') return issue.keys.map((key) => [...path, key]);
  if (issue.code !== 'invalid_union') return [];
  for (const issues of issue.errors) {
    const unknown = issues.map((inner) => unknownIn(inner, path));
    if (issues.length > 0 && unknown.every((paths) => paths.length > 0)) return unknown.flat();
  }
  return [];
}

/** Whether there was such a field. */
function remove(document: unknown, path: readonly PropertyKey[]): boolean {
  let at = document as Fields | undefined;
  for (const key of path.slice(0, -1)) at = at?.[key as string] as Fields | undefined;
  const last = path.at(-1) as string;
  if (at === undefined || !Object.hasOwn(at, last)) return false;
  return delete at[last];
}

/** Fields by which lists tell their entries apart, the surest first. */
const identities = [
  ['id'],
  ['fingerprint'],
  ['schema', 'table', 'column'],
  ['target'],
  ['account'],
  ['name'],
  ['set'],
  ['check'],
  ['question'],
] as const;

/**
 * `after` with the fields of `document` that `before`, what was read of it, does not have: they are another Keel's, and stay
 * where their object stays. Entries of lists are the same if they are equal or have the same identity.
 */
export function keepUnknown(after: unknown, before: unknown, document: unknown): unknown {
  if (Array.isArray(after)) return keepInList(after, before, document);
  if (!isObject(after) || !isObject(before) || !isObject(document)) return after;
  const kept: Fields = {};
  for (const [key, value] of Object.entries(after)) {
    kept[key] = keepUnknown(value, before[key], document[key]);
  }
  for (const [key, value] of Object.entries(document)) {
    if (!Object.hasOwn(before, key) && !Object.hasOwn(after, key)) kept[key] = value;
  }
  return kept;
}

function keepInList(after: readonly unknown[], before: unknown, document: unknown): unknown {
  if (!Array.isArray(before) || !Array.isArray(document) || before.length !== document.length) return after;
  return after.map((entry) => {
    const equal = before.findIndex((one) => isDeepStrictEqual(one, entry));
    const at = equal >= 0 ? equal : before.findIndex((one) => isSameEntry(one, entry));
    return at < 0 ? entry : keepUnknown(entry, before[at], document[at]);
  });
}

function isSameEntry(one: unknown, other: unknown): boolean {
  if (!isObject(one) || !isObject(other)) return false;
  const identity = identities.find((names) => names.every((name) => one[name] !== undefined));
  return identity?.every((name) => isDeepStrictEqual(one[name], other[name])) === true;
}
