import type { EncryptedColumn } from '#contract/inventory';
import { namesPlace } from '#shared/names-place';

/** The name by which a column is excluded: with its schema, so that no other table of the name is meant. */
export function exclusionName({ schema, table, column }: EncryptedColumn): string {
  return `${schema}.${table}.${column}`;
}

/** A name of an exclusion for reading: the schema only where it is not `public`. */
export function exclusionInWords(name: string): string {
  return name.replace(/^public\.(?=.)/, '');
}

/** The columns that can be excluded, each once however many secrets a document of it holds. */
export function excludableColumns(columns: readonly EncryptedColumn[]): EncryptedColumn[] {
  const seen = new Set<string>();
  return columns.filter(({ schema, table, column }) => {
    const key = JSON.stringify([schema, table, column]);
    return !seen.has(key) && seen.add(key);
  });
}

/** The names after a column was excluded or taken back. A table that was named as a whole becomes its other columns. */
export function exclude(
  names: readonly string[],
  column: EncryptedColumn,
  on: boolean,
  all: readonly EncryptedColumn[],
): string[] {
  const others = excludableColumns(all).filter((other) => other !== column && namesPlace(names, other));
  const kept = on ? [...others, column] : others;
  return [...new Set(kept.map(exclusionName))].sort();
}
