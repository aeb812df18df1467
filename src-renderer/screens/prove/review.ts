import type { EncryptedColumn } from '#contract/inventory';
import type { Discovery } from '#contract/rotation';
import { columnKey } from '../../components/column-words.ts';

/** A column that the admin may take into the inventory, and why it is offered. */
export interface ReviewRow {
  readonly key: string;
  readonly entry: EncryptedColumn;
  readonly why: string;
}

/** What was found, and what the inventory has besides: looking again never drops a column in silence. Pure. */
export function reviewRows(found: Discovery, known: readonly EncryptedColumn[]): ReviewRow[] {
  const proposed = found.proposed.map(({ entry, why }) => ({ key: columnKey(entry), entry, why }));
  const keys = new Set(proposed.map(({ key }) => key));
  const besides = known
    .map((entry) => ({ key: columnKey(entry), entry, why: 'in the inventory already; not found this time' }))
    .filter(({ key }) => !keys.has(key));
  return [...proposed, ...besides];
}
