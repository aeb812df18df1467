import type { EncryptedColumn } from '#contract/inventory';
import { readEntry } from '#forms/entry';
import { pathsOverlap } from '#forms/path';

/** Whether two entries lead to the same values: the same column, and paths that meet. */
export function meansTheSame(one: EncryptedColumn, other: EncryptedColumn): boolean {
  const isSameColumn =
    one.schema === other.schema && one.table === other.table && one.column === other.column;
  return isSameColumn && pathsOverlap(readEntry(one).steps ?? [], readEntry(other).steps ?? []);
}
