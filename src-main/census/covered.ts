import type { EncryptedColumn } from '#contract/inventory';
import type { CellShape } from '#forms/container';
import { readEntry, type Form } from '#forms/entry';
import { liftEdit } from '#forms/leaf';
import { findValues } from '#forms/row-values';
import type { Range } from '#forms/template-match';

/** A range of a cell that an entry of the inventory reads. */
export interface CoveredRange extends Range {
  readonly entry: EncryptedColumn;
}

/** Which ranges of a column's cells the inventory covers. */
export type Coverage = (cell: Buffer) => readonly CoveredRange[];

/**
 * Compiles the entries of one column. Whether a text is a ciphertext of the entry's form is told by how it is written; where its IV
 * is does not matter here.
 */
export function coverageOf(entries: readonly EncryptedColumn[], shape: CellShape): Coverage {
  if (entries.length === 0) return () => [];
  const forms = entries.map((entry): Form => {
    const form = readEntry(entry);
    return form.iv ? { ...form, iv: { fixed: new Uint8Array(16) } } : form;
  });
  const [only] = forms;
  const isWhole = only && forms.length === 1 && !only.steps && only.layout.template.length === 1;
  if (isWhole) return (cell) => [{ from: 0, to: cell.length, entry: only.entry }];
  const columns = [{ name: '', shape, forms }];
  return (cell) =>
    findValues(columns, [cell]).flatMap(({ leaf, form, ciphertext }) =>
      (ciphertext?.spans ?? []).map(({ from, to }): CoveredRange => {
        const lifted = liftEdit(leaf, { from, to, text: '' });
        return { from: lifted.from, to: lifted.to, entry: (forms[form] as Form).entry };
      }),
    );
}
