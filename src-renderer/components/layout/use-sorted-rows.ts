import { useState } from 'react';
import { byNaturalOrder } from '#shared/natural-order';

/** What rows are compared by: numbers as such, names as people count them. */
export type SortValue = string | number;

export interface Sorting {
  readonly key: string;
  readonly descending: boolean;
}

export interface SortedRows<Row> {
  readonly rows: readonly (Row | undefined)[];
  readonly sorting: Sorting | undefined;
  /** Sorts by a column, then the other way round, then not at all. */
  readonly toggle: (key: string) => void;
}

/** Rows in the order that was chosen by a head, at first as they came. Only rows that are there can be sorted. */
export function useSortedRows<Row>(
  rows: readonly (Row | undefined)[],
  columns: readonly { readonly key: string; readonly sortBy?: (row: Row) => SortValue }[],
): SortedRows<Row> {
  const [sorting, setSorting] = useState<Sorting>();
  const by = columns.find(({ key }) => key === sorting?.key)?.sortBy;
  const sorted = sorting && by ? sortRows(rows.filter(isRead), by, sorting.descending) : rows;
  const toggle = (key: string) =>
    setSorting((before) => {
      if (before?.key !== key) return { key, descending: false };
      return before.descending ? undefined : { key, descending: true };
    });
  return { rows: sorted, sorting, toggle };
}

function isRead<Row>(row: Row | undefined): row is Row {
  return row !== undefined;
}

/** A new list; equal rows stay in their order. Pure. */
export function sortRows<Row>(
  rows: readonly Row[],
  by: (row: Row) => SortValue,
  descending: boolean,
): readonly Row[] {
  const turn = descending ? -1 : 1;
  return rows
    .map((row) => ({ row, value: by(row) }))
    .sort((a, b) => turn * compare(a.value, b.value))
    .map(({ row }) => row);
}

function compare(a: SortValue, b: SortValue): number {
  if (typeof a === 'number' && typeof b === 'number') return a - b;
  return byNaturalOrder(String(a), String(b));
}
