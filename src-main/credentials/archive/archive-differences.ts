import type { ArchiveComparison, ColumnComparison, Differing, ObstacleCount } from './compare-archive.ts';
import type { Comparison } from './compared-value.ts';
import type { AcceptableImportStop } from './import-findings.ts';
import type { Obstacle } from '#contract/credentials';

/** What is not the same here and there, as numbers and words. Verifying and importing both go by these. Pure. */

const differingKinds = [
  'differs',
  'unopened',
  'foreign',
  'valueMissing',
  'rowMissing',
  'added',
] as const satisfies readonly Differing[];

/** Sum over all columns. */
export function total(columns: readonly ColumnComparison[], of: Comparison): number {
  return columns.reduce((sum, column) => sum + column[of], 0);
}

/** Credentials that are not the same here and there: with none, archive and database are equal. */
export function differing(columns: readonly ColumnComparison[]): number {
  return differingKinds.reduce((sum, kind) => sum + total(columns, kind), 0);
}

type Counted = Pick<ArchiveComparison, 'columns' | 'obstacles'>;

/** Credentials of a kind that an import can write back. */
export function writable(
  { columns, obstacles }: Counted,
  kind: Exclude<Differing, 'rowMissing' | 'added'>,
): number {
  return total(columns, kind) - countOf(obstacles.filter(({ comparison }) => comparison === kind));
}

/** Whether an import writes such credentials, where nothing keeps it from doing so. */
export function isTaken(kind: Comparison, accepted: readonly AcceptableImportStop[]): boolean {
  if (kind === 'unopened' || kind === 'foreign') return accepted.includes('unopened-rows');
  return kind === 'differs' || (kind === 'valueMissing' && accepted.includes('missing-values'));
}

/** What an import leaves different, in fragments: how many, and why. */
export function leftDifferent(compared: Counted, accepted: readonly AcceptableImportStop[]): string[] {
  const { columns, obstacles } = compared;
  const difference = (value: number, one: string, many: string) =>
    value === 0 ? [] : [`${value.toLocaleString('en')} ${value === 1 ? `value ${one}` : `values ${many}`}`];
  const missing = isTaken('valueMissing', accepted) ? 0 : writable(compared, 'valueMissing');
  return [
    ...difference(missing, 'is missing from a row that is there', 'are missing from rows that are there'),
    ...Object.entries(obstacleWords).flatMap(([obstacle, why]) => {
      const values = countOf(obstacles.filter((one) => one.obstacle === obstacle));
      return difference(values, `cannot be written back: ${why}`, `cannot be written back: ${why}`);
    }),
    ...difference(
      total(columns, 'rowMissing'),
      'has no row any more, and an import adds no rows',
      'have no row any more, and an import adds no rows',
    ),
    ...difference(
      total(columns, 'added'),
      'is in the database only, and stays',
      'are in the database only, and stay',
    ),
  ];
}

/** Why a credential cannot be written back, for people. */
export const obstacleWords: Readonly<Record<Obstacle, string>> = {
  'foreign-key': 'a foreign key holds the column',
  'no-document': 'the cell holds no JSON document',
  'no-place': 'its place is gone or there twice, or is not in a JSON document',
  'array-changed': 'the elements of its array have moved',
  'several-forms': 'the column’s values are written in several forms',
  'no-iv': 'its IV, which is stored apart from it, is missing',
  'iv-apart': 'its IV is stored apart from it, and a new secret under the same key needs a new one',
};

function countOf(obstacles: readonly ObstacleCount[]): number {
  return obstacles.reduce((sum, { values }) => sum + values, 0);
}
