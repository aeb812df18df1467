import { randomBytes } from 'node:crypto';
import { rewriteIv } from './ciphertext.ts';
import type { TextPosition } from './leaf.ts';
import { applyEdits, liftEdit } from './leaf.ts';
import type { FormColumn, RowValue } from './row-values.ts';

/**
 * What becomes of a value's IV when another secret is encrypted in its place under the same key. Two secrets under one key and one
 * IV would tell the XOR of their first blocks to whoever has both.
 */
export type RenewedIv =
  /** It is drawn with the ciphertext, or the application has the same for all: nothing to do before. */
  | { readonly kind: 'own' }
  /** The cell with a new IV in the old one's place. */
  | { readonly kind: 'renewed'; readonly cell: Buffer }
  /** It is in another column, or is the IV of other values too: the value cannot be replaced by itself. */
  | { readonly kind: 'apart' };

/** Draws a new IV for one value of a row. `values`: all values of the row. */
export function renewIv(
  columns: readonly FormColumn[],
  cell: Buffer,
  value: RowValue,
  values: readonly RowValue[],
): RenewedIv {
  const { ivAt, column, form } = value;
  const place = columns[column]?.forms[form]?.iv;
  if (!ivAt || !place || 'fixed' in place) return { kind: 'own' };
  const isShared = values.some((other) => other !== value && other.ivAt && isSamePlace(other.ivAt, ivAt));
  const edits =
    ivAt.column === column && !isShared
      ? rewriteIv(place.layout, ivAt.leaf.text, randomBytes(16))
      : undefined;
  if (!edits) return { kind: 'apart' };
  const text = applyEdits(
    cell.toString('latin1'),
    edits.map((edit) => liftEdit(ivAt.leaf, edit)),
  );
  return { kind: 'renewed', cell: Buffer.from(text, 'latin1') };
}

function isSamePlace(one: TextPosition, other: TextPosition): boolean {
  return one.column === other.column && startOf(one) === startOf(other);
}

function startOf({ leaf }: TextPosition): number {
  return liftEdit(leaf, { from: 0, to: 0, text: '' }).from;
}
