import type { EncryptedColumn } from '#contract/inventory';
import type { Discovery } from '#contract/rotation';
import { columnKey, entryKey, formInWords, meansTheSame } from '../../components/column-text.ts';

/** A column that the admin may take into the inventory, and why it is offered. */
export interface ReviewRow {
  readonly key: string;
  readonly entry: EncryptedColumn;
  readonly why: string;
  /** The form that the inventory says now, where that is another one. */
  readonly formBefore?: string;
}

/**
 * What was found, and what the inventory has besides: looking again never drops a column in silence. A proposal replaces an entry
 * of the inventory that means the same values. Pure.
 */
export function reviewRows(
  { proposed, unresolved }: Discovery,
  known: readonly EncryptedColumn[],
): ReviewRow[] {
  const isProposed = (listed: EncryptedColumn) =>
    proposed.some(({ entry }) => formInWords(entry) === formInWords(listed) && meansTheSame(entry, listed));
  const rows = proposed.map(({ entry, why }, i): ReviewRow => {
    const before = known.find((one) => meansTheSame(one, entry) && !isProposed(one));
    const changes = before && formInWords(before) !== formInWords(entry);
    // a column may have several forms
    const isFirst = proposed.findIndex((one) => columnKey(one.entry) === columnKey(entry)) === i;
    const key = isFirst ? columnKey(entry) : entryKey(entry);
    return { key, entry, why, ...(changes && { formBefore: formInWords(before) }) };
  });
  const besides = known
    .filter((entry) => !rows.some((row) => meansTheSame(row.entry, entry)))
    .map((entry) => ({
      key: columnKey(entry),
      entry,
      why: unresolved.some((one) => meansTheSame(one.entry, entry))
        ? 'already in the inventory; its format is uncertain, see below'
        : 'already in the inventory; not found in the samples this time',
    }));
  return [...rows, ...besides];
}
