import type { EncryptedColumn } from '#contract/inventory';
import { readEntry } from '#forms/entry';
import { pathsOverlap } from '#forms/path';

/** Those of some findings that lead to other values than the ones before them. */
export function withoutRepeats<F extends { readonly entry: EncryptedColumn }>(findings: readonly F[]): F[] {
  const kept: F[] = [];
  for (const one of findings) if (!kept.some(({ entry }) => meansTheSame(entry, one.entry))) kept.push(one);
  return kept;
}

/** Whether two entries lead to the same values: the same column, and paths that meet. */
export function meansTheSame(one: EncryptedColumn, other: EncryptedColumn): boolean {
  const isSameColumn =
    one.schema === other.schema && one.table === other.table && one.column === other.column;
  return isSameColumn && pathsOverlap(readEntry(one).steps ?? [], readEntry(other).steps ?? []);
}
