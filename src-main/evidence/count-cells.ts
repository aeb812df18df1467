import type { ColumnStatistics } from './column-statistics.ts';
import type { JudgedBatch } from './judge-cells.ts';
import type { ShortValues } from './short-values.ts';

/** Enters judged cells into the statistics of their column, and into the account of short values. */
export function countInto(
  statistics: ColumnStatistics,
  cells: JudgedBatch['cells'],
  short?: ShortValues,
): void {
  for (const cell of cells) {
    if (cell) {
      const bits = statistics.add(cell);
      short?.add(cell, bits);
    } else statistics.addUnrecognised();
  }
}
