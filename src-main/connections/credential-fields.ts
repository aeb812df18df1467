import { isObject } from '#shared/is-object';
/** The fields of a credential, by names without case, `_` and `-`. Values are secret. */
export type Fields = ReadonlyMap<string, string>;

/** Deeper than this, and more than this, is no credential. */
const deepest = 4;
const maxFields = 200;

/**
 * The text, number and boolean members of a JSON object, those of inner objects behind the outer ones. Undefined for what is no
 * JSON object.
 */
export function readFields(text: string): Fields | undefined {
  if (!/^\s*\{/.test(text)) return undefined;
  const fields = new Map<string, string>();
  let level: readonly unknown[] = [parse(text)];
  if (!isObject(level[0])) return undefined;
  for (let depth = 0; depth < deepest && level.length > 0; depth++) {
    const next: unknown[] = [];
    for (const [name, value] of level.filter(isObject).flatMap((object) => Object.entries(object))) {
      if (isObject(value)) next.push(value);
      else if (isField(value) && fields.size < maxFields) {
        const key = plainName(name);
        if (!fields.has(key)) fields.set(key, String(value));
      }
    }
    level = next;
  }
  return fields;
}

/** The first of the names that is filled. */
export function firstOf(fields: Fields, names: readonly string[]): string | undefined {
  for (const name of names) {
    const value = fields.get(plainName(name));
    if (value !== undefined && value.trim() !== '') return value;
  }
  return undefined;
}

/** `Access_Token`, `access-token` and `accessToken` are one name. */
export function plainName(name: string): string {
  return name.toLowerCase().replace(/[^a-z0-9]/g, '');
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function isField(value: unknown): value is string | number | boolean {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean';
}
