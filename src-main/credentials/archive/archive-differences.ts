import type { ArchiveComparison, ColumnComparison, Differing, ObstacleCount } from './compare-archive.ts';
import type { Comparison } from './compared-value.ts';
import type { AcceptableImportStop } from './import-findings.ts';
import { obstacleWords } from '#shared/obstacle-text';
import { formatCount } from '#shared/counted';

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
    value === 0 ? [] : [`${formatCount(value)} ${value === 1 ? `value ${one}` : `values ${many}`}`];
  const missing = isTaken('valueMissing', accepted) ? 0 : writable(compared, 'valueMissing');
  return [
    ...difference(missing, 'is missing from an existing row', 'are missing from existing rows'),
    ...Object.entries(obstacleWords).flatMap(([obstacle, why]) => {
      const values = countOf(obstacles.filter((one) => one.obstacle === obstacle));
      return difference(values, `cannot be written back: ${why}`, `cannot be written back: ${why}`);
    }),
    ...difference(
      total(columns, 'rowMissing'),
      'no longer has a row, and an import adds no rows',
      'no longer have a row, and an import adds no rows',
    ),
    ...difference(
      total(columns, 'added'),
      'is only in the database, and is kept',
      'are only in the database, and are kept',
    ),
  ];
}

function countOf(obstacles: readonly ObstacleCount[]): number {
  return obstacles.reduce((sum, { values }) => sum + values, 0);
}
