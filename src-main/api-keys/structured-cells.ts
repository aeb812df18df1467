import { readMoment } from './moments.ts';

/*
 * Cells that consist of several values, as PostgreSQL writes them: JSON, hstore, arrays, and ranges of times.
 */

/** What a text is as JSON; undefined where it is none. */
export function documentOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** The pairs of an hstore. */
export function hstorePairs(text: string): [string, string | null][] {
  return [...text.matchAll(/"((?:[^"\\]|\\.)*)"=>(?:NULL|"((?:[^"\\]|\\.)*)")/gs)].map(([, key, value]) => [
    unescaped(key ?? ''),
    value === undefined ? null : unescaped(value),
  ]);
}

/** The elements of an array of any dimension, in their order, without its NULLs. */
export function arrayElements(text: string): string[] {
  return [...text.matchAll(/"((?:[^"\\]|\\.)*)"|([^{},"]+)/gs)].flatMap(([, quoted, bare]) => {
    if (quoted !== undefined) return unescaped(quoted);
    return bare === undefined || bare === 'NULL' ? [] : bare;
  });
}

/** The bounds of a range of times: none where it is open; undefined for an empty range, and for one that cannot be read. */
export function rangeOf(text: string): { readonly from?: Date; readonly until?: Date } | undefined {
  const [, lower, upper] = /^[[(]("[^"]*"|[^,"]*),("[^"]*"|[^,"]*)[\])]$/.exec(text) ?? [];
  if (lower === undefined || upper === undefined) return undefined;
  const [from, until] = [lower, upper].map(boundOf);
  if (from === undefined || until === undefined) return undefined;
  return { ...(from !== 'open' && { from }), ...(until !== 'open' && { until }) };
}

function boundOf(bound: string): Date | 'open' | undefined {
  const text = bound.replaceAll('"', '');
  return text === '' || /^-?infinity$/.test(text) ? 'open' : readMoment(text, 'text');
}

function unescaped(text: string): string {
  return text.replace(/\\(.)/gs, '$1');
}
