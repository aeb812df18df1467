import type { EncryptedColumn } from '#contract/inventory';
import type { CellShape } from '#forms/container';
import { readEntry } from '#forms/entry';
import type { FormColumn, RowValue } from '#forms/row-values';
import { findValues } from '#forms/row-values';

export const shapes = {
  text: { kind: 'text' },
  bytes: { kind: 'bytes' },
  json: { kind: 'json' },
  hstore: { kind: 'hstore' },
  uuid: { kind: 'uuid' },
  texts: { kind: 'array', element: { kind: 'text' }, delimiter: ',' },
} as const satisfies Record<string, CellShape>;

/** What an entry of an inventory says of its column, but for where that is. */
export type EntryPart = Partial<Pick<EncryptedColumn, 'path' | 'layout' | 'iv'>>;

/** The column `name` of the table `s.t`, with a form for each entry; `base64` where an entry does not say. */
export function columnOf(shape: CellShape, entries: readonly EntryPart[] = [{}], name = 'c'): FormColumn {
  const place = { schema: 's', table: 't', column: name, layout: 'base64', kind: 'unknown' } as const;
  return { name, shape, forms: entries.map((entry) => readEntry({ ...place, ...entry })) };
}

/** The values of a row of one column. */
export function valuesIn(
  cell: string | Buffer,
  shape: CellShape,
  ...entries: readonly EntryPart[]
): RowValue[] {
  return findValues([columnOf(shape, entries.length > 0 ? entries : [{}])], [Buffer.from(cell)]);
}

/** UTF-8 text of the Latin-1 text that stands for its bytes, and back. */
export const utf8 = (text: string): string => Buffer.from(text, 'latin1').toString('utf8');
export const latin1 = (text: string): string => Buffer.from(text, 'utf8').toString('latin1');
