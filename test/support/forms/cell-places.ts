import { type CellShape, type Place, rootPlace } from '#forms/container';
import { applyEdits, cellLeaf, liftEdit } from '#forms/leaf';
import { latin1, utf8 } from '#test/support/forms/columns';

export const text = { kind: 'text' } as const;

export const record = (...names: string[]): CellShape => ({
  kind: 'record',
  fields: names.map((name) => ({ name, shape: text })),
});

export const rootOf = (written: string | Buffer, shape: CellShape) =>
  rootPlace(cellLeaf(Buffer.from(written)), shape) as Place;

/** The value with a piece of a leaf replaced. */
export function edited(
  written: string,
  { leaf }: Place,
  piece: string,
  from = 0,
  to = leaf.text.length,
): string {
  const edit = liftEdit(leaf, { from, to, text: latin1(piece) });
  return utf8(applyEdits(latin1(written), [edit]));
}
