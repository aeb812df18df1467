import type { Hit } from './hit.ts';

/** A hit, until it is known what else was found of the same value. */
export interface Report {
  readonly hit: Hit;
  /** Whether it is within another writing. */
  readonly inside: boolean;
}

/** Without what several writings show of one value: the one that shows most is left, and of equal ones that of the cell as it is. */
export function withoutRepeats(reports: readonly Report[]): Hit[] {
  if (!reports.some(({ inside }) => inside)) return reports.map(({ hit }) => hit);
  const byCell = new Map<string, Report[]>();
  for (const report of reports) {
    const { row, column, key } = report.hit;
    const cell = `${row} ${column} ${key}`;
    const others = byCell.get(cell);
    if (others) others.push(report);
    else byCell.set(cell, [report]);
  }
  const isLeft = (report: Report) => {
    const { row, column, key } = report.hit;
    return !(byCell.get(`${row} ${column} ${key}`) ?? []).some((other) => replaces(other, report));
  };
  return reports.filter(isLeft).map(({ hit }) => hit);
}

/** So much more evidence makes a hit another one of the same value: noise after it reads on now and then. */
const clearlyMore = 8;
/** A part of a value, like the first of its lines, is told with less. */
const unclear = 32;

function replaces(other: Report, { hit, inside }: Report): boolean {
  if (other.hit === hit || (!other.inside && !inside) || !overlapsIn(other.hit, hit)) return false;
  if (!other.inside) return hit.bits < other.hit.bits + clearlyMore;
  if (!inside) return hit.bits < unclear && other.hit.bits >= hit.bits + clearlyMore;
  return isReported(other.hit, hit);
}

/** Of two hits in other writings, whether the first tells the value: with clearly more evidence, or as narrowly as can be. An order of all hits, so that one is left. */
function isReported(one: Hit, other: Hit): boolean {
  const steps = ({ bits }: Hit) => Math.floor(bits / clearlyMore);
  const width = ({ start, end }: Hit) => end - start;
  const order =
    steps(other) - steps(one) ||
    width(one) - width(other) ||
    other.bits - one.bits ||
    one.start - other.start;
  return order < 0;
}

/** Whether two hits decrypted the same ciphertext. */
function overlapsIn(one: Hit, other: Hit): boolean {
  return one.inputs.some((input) => other.inputs.includes(input));
}

/** Hits within plaintexts, each value once: what one key decrypts a value to may be told in several parts. The one that shows most is left. */
export function withoutRepeatsWithin(hits: readonly Hit[]): Hit[] {
  const known = new Set<string>();
  return hits
    .toSorted((a, b) => b.bits - a.bits)
    .filter(({ row, column, key, inputs }) => {
      const ids = inputs.map((input) => `${row} ${column} ${key} ${input}`);
      const isKnown = ids.some((id) => known.has(id));
      for (const id of ids) known.add(id);
      return !isKnown;
    });
}
