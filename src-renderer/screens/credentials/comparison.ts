import type { ArchiveComparison } from '#contract/credentials';

/** An archive beside the database, as numbers and words. Pure. */

export type ComparedColumn = ArchiveComparison['columns'][number];
type Kind = Exclude<keyof ComparedColumn, 'entry'>;

/** Sum over all columns. */
export function sumOf(columns: readonly ComparedColumn[], kind: Kind): number {
  return columns.reduce((sum, column) => sum + column[kind], 0);
}

/** Credentials that are not the same here and there. */
export function differing(columns: readonly ComparedColumn[]): number {
  return (['differs', 'unopened', 'missing', 'added'] as const).reduce(
    (sum, kind) => sum + sumOf(columns, kind),
    0,
  );
}

export const differenceWords: Readonly<
  Record<ArchiveComparison['differences'][number]['comparison'], string>
> = {
  differs: 'Has another value now',
  unopened: 'Opens under no key now',
  missing: 'In the archive only',
  added: 'In the database only',
};
