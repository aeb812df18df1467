import { expect, test } from 'vitest';
import type { z } from 'zod';
import { procedures } from '#contract/procedures';

/** Where a caller could put as much as they like, by path. */
function unbounded(schema: z.core.$ZodType, at: string): string[] {
  const { def } = (schema as z.core.$ZodTypes)._zod;
  if (def.type === 'string') return isBounded(schema) ? [] : [at];
  if (def.type === 'array')
    return [...(isBounded(schema) ? [] : [`${at}[]`]), ...unbounded(def.element, `${at}[]`)];
  if (def.type === 'object')
    return Object.entries(def.shape).flatMap(([name, field]) => unbounded(field, `${at}.${name}`));
  // how many members there are is bounded by the size of a call
  if (def.type === 'record')
    return [...unbounded(def.keyType, `${at}{key}`), ...unbounded(def.valueType, `${at}{}`)];
  if (def.type === 'union') return def.options.flatMap((option, i) => unbounded(option, `${at}|${i}`));
  if (def.type === 'optional') return unbounded(def.innerType, at);
  return boundedByNature.has(def.type) ? [] : [`${at}: what bounds ${def.type} is not known`];
}

const boundedByNature = new Set(['number', 'boolean', 'literal', 'enum']);

function isBounded(schema: z.core.$ZodType): boolean {
  const own = schema._zod.def as z.core.$ZodStringFormatDef;
  // a format like `uuid` is a check of itself
  const checks = [own, ...(own.checks ?? []).map((check) => check._zod.def)];
  return checks.some((check) => {
    const { maximum, format, pattern } = check as { maximum?: number; format?: string; pattern?: RegExp };
    if (check.check === 'max_length') return Number.isFinite(maximum);
    if (format === 'ipv4' || format === 'ipv6') return true;
    return pattern !== undefined && !repeatsWithoutEnd(pattern.source);
  });
}

function repeatsWithoutEnd(source: string): boolean {
  const bare = source.replace(/\\./g, 'x').replace(/\[[^\]]*\]/g, 'x');
  return /[*+]|\{\d+,\}/.test(bare) || !/^\^.*\$$/.test(source);
}

test('every text and list that the window can send has a longest length', () => {
  const found = Object.entries(procedures).flatMap(([name, { input }]) => unbounded(input, name));
  expect(found).toEqual([]);
});
