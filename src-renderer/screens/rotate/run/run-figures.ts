import { formatCount } from '#shared/counted';
import type { RotationResult } from '#contract/rotation';
import type { Tone } from '../../../components/marks/badge.tsx';

export type RotatedColumn = RotationResult['columns'][number];

export interface RunFigures {
  /** Values that the old key opened, and so were rewritten. */
  readonly opened: number;
  readonly values: number;
  readonly bits: number;
  readonly left: number;
}

/** Sums over the columns of a run. Bits are rounded down: evidence is not made up. */
export function figuresOf({ columns }: RotationResult): RunFigures {
  const sum = (of: (column: RotatedColumn) => number) =>
    columns.reduce((total, column) => total + of(column), 0);
  const opened = sum(({ rewritten }) => rewritten);
  const left = sum((column) => column.left);
  return { opened, values: opened + left, bits: Math.floor(sum(({ bits }) => bits)), left };
}

/** From here on a column speaks for itself: one in a million would be a mistake. */
const provenBits = 20;

/** What a run says of a column, in a word or two. */
export function columnVerdict({ rewritten, left, excluded, already, bits }: RotatedColumn): {
  readonly tone: Tone;
  readonly word: string;
} {
  if (rewritten + left === 0) return { tone: 'quiet', word: 'No values' };
  if (rewritten + excluded + already === 0) return { tone: 'quiet', word: 'Empty values' };
  if (rewritten === 0 && excluded === left) return { tone: 'stop', word: 'Excluded by you' };
  if (rewritten === 0 && already === left) return { tone: 'good', word: 'Already done' };
  return bits >= provenBits ? { tone: 'good', word: 'Proven' } : { tone: 'warn', word: 'Short values' };
}

/** Like `312 of 312`. */
export function share(part: number, whole: number): string {
  return `${formatCount(part)} of ${formatCount(whole)}`;
}
