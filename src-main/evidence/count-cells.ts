import type { ColumnAssay } from './column-assay.ts';
import type { JudgedBatch } from './judge-cells.ts';
import type { ShortValues } from './short-values.ts';

/** Enters judged cells into an assay, and into the account of short values. */
export function countInto(assay: ColumnAssay, cells: JudgedBatch['cells'], short?: ShortValues): void {
  for (const cell of cells) {
    if (cell) {
      const bits = assay.add(cell);
      short?.add(cell, bits);
    } else assay.addUnrecognised();
  }
}
