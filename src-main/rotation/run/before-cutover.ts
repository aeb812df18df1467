import type { ColumnFigures } from '#evidence/column-statistics';
import type { ReviewedTable } from './run-result.ts';

/** What all values say of the old key, by inventory entry. */
export function figuresOf(tables: readonly ReviewedTable[]): ColumnFigures[] {
  return tables.flatMap(({ counters }) => counters.flat().map(({ statistics }) => statistics));
}

/** Told what `figuresOf` says. */
export type BeforeCutover = (
  cutover: { readonly xid: string; readonly backendPid: number },
  underFrom: readonly ColumnFigures[],
) => Promise<void>;
