import type { ArchiveComparison } from '#contract/credentials';
import { obstacleWords } from '#shared/obstacle-text';

/** An archive beside the database, as numbers and words. Pure. */

export type ComparedColumn = ArchiveComparison['columns'][number];
type Kind = Exclude<keyof ComparedColumn, 'entry'>;
type Difference = ArchiveComparison['differences'][number];

/** Sum over all columns. */
export function sumOf(columns: readonly ComparedColumn[], kind: Kind): number {
  return columns.reduce((sum, column) => sum + column[kind], 0);
}

/** Credentials of a kind that can be written back. */
export function writable(
  { columns, obstacles }: Pick<ArchiveComparison, 'columns' | 'obstacles'>,
  kind: Exclude<Difference['comparison'], 'rowMissing' | 'added'>,
): number {
  return obstacles
    .filter(({ comparison }) => comparison === kind)
    .reduce((left, { values }) => left - values, sumOf(columns, kind));
}

export const differenceWords: Readonly<Record<Difference['comparison'], string>> = {
  differs: 'Has a different value now',
  unopened: 'Does not decrypt with the key',
  foreign: 'Is not in its column’s format',
  valueMissing: 'Has no value now',
  rowMissing: 'Row no longer exists',
  added: 'Is in the database only',
};

/** Why an import leaves a difference whatever is chosen; empty where it does not. */
export function whyLeft({ comparison, obstacle }: Pick<Difference, 'comparison' | 'obstacle'>): string {
  if (obstacle) return `No: ${obstacleWords[obstacle]}`;
  if (comparison === 'rowMissing') return 'No: an import adds no rows';
  return comparison === 'added' ? 'No: an import removes nothing' : 'Yes';
}
