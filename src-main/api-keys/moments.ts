import type { ColumnKind } from './table-facts.ts';

/** From 2000 to 2100, in seconds since 1970: within it, a number tells its unit by its size. */
const [earliest, latest] = [Date.UTC(2000, 0) / 1000, Date.UTC(2100, 0) / 1000];
const unitsInASecond = [1, 1e3, 1e6, 1e9];
const isoTime = /^\d{4}-\d{2}-\d{2}([T ]\d{2}:\d{2}(:\d{2}(\.\d+)?)?( ?(Z|UTC|[+-]\d{2}(:?\d{2})?))?)?$/i;

/**
 * The moment that a cell names: of a column of times its seconds since 1970, of others an ISO 8601 text (without a zone taken for
 * UTC, a date for its first moment), or a number of seconds, milli-, micro- or nanoseconds since 1970. Undefined for anything else.
 */
export function readMoment(text: string, kind: ColumnKind): Date | undefined {
  if (kind === 'time') return dateOf(Number(text));
  if (isoTime.test(text)) {
    const zoned = text
      .replace(' ', 'T')
      .replace(/ ?UTC$/i, 'Z')
      .replace(/ /g, '')
      .replace(/([+-]\d{2})$/, (zone) => (text.length > 10 ? `${zone}:00` : zone));
    const hasZone = text.length <= 10 || /(Z|[+-]\d{2}:?\d{2})$/i.test(zoned.slice(10));
    return valid(new Date(hasZone ? zoned : `${zoned}Z`));
  }
  if (!/^\d+(\.\d+)?$/.test(text)) return undefined;
  const number = Number(text);
  const unit = unitsInASecond.find((parts) => number / parts >= earliest && number / parts < latest);
  return unit === undefined ? undefined : dateOf(number / unit);
}

function dateOf(seconds: number): Date | undefined {
  return valid(new Date(seconds * 1000));
}

function valid(date: Date): Date | undefined {
  return Number.isNaN(date.getTime()) ? undefined : date;
}
