import type { EncryptedColumn } from '#contract/inventory';
import type { CellShape } from '#forms/container';
import { readEntry, type Form } from '#forms/entry';
import { inReadingOrder } from '#forms/generations';
import { liftEdit } from '#forms/leaf';
import { findValues } from '#forms/row-values';
import { spansOf } from '#forms/template';
import type { Range } from '#forms/template-match';

/** A range of a cell that an entry of the inventory reads. */
export interface CoveredRange extends Range {
  readonly entry: EncryptedColumn;
  /**
   * How the entry reads a ciphertext there: a value in another encoding is one that it does not read, whatever it looks like (every
   * text in hexadecimal is also one in base64). Undefined where it may be any.
   */
  readonly encodings: ReadonlySet<string> | undefined;
}

/** Which ranges of a column's cells the inventory covers. Of a piece of a cell it is not seen how the whole is written. */
export type Coverage = (cell: Buffer, isPiece?: boolean) => readonly CoveredRange[];

/**
 * Compiles the entries of one column. Whether a text is a ciphertext of the entry's form is told by how it is written; where its IV
 * is does not matter here.
 */
export function coverageOf(entries: readonly EncryptedColumn[], shape: CellShape): Coverage {
  if (entries.length === 0) return () => [];
  const read = entries.map((entry): Form => {
    const form = readEntry(entry);
    return form.iv ? { ...form, iv: { fixed: new Uint8Array(16) } } : form;
  });
  const forms = inReadingOrder(read);
  const [only] = forms;
  const isWhole = only && forms.length === 1 && !only.steps && only.layout.template.length === 1;
  const encodingsOf = new Map(forms.map((form) => [form, bodyEncodings(form)]));
  if (isWhole) {
    const encodings = encodingsOf.get(only);
    const { reader, entry, iv } = only;
    const where = iv && 'fixed' in iv ? iv.fixed : undefined;
    return (cell, isPiece = false) =>
      isPiece || reader.read(cell.toString('latin1'), where)
        ? [{ from: 0, to: cell.length, entry, encodings }]
        : [];
  }
  const columns = [{ name: '', shape, forms }];
  return (cell) =>
    findValues(columns, [cell]).flatMap(({ leaf, form, ciphertext }) =>
      (ciphertext?.spans ?? []).map(({ from, to }): CoveredRange => {
        const lifted = liftEdit(leaf, { from, to, text: '' });
        const { entry } = forms[form] as Form;
        return { from: lifted.from, to: lifted.to, entry, encodings: encodingsOf.get(forms[form] as Form) };
      }),
    );
}

/** The encodings of bodies as a scan of cells tells them; undefined where the form has one that it may tell in another way. */
export function bodyEncodings({ layout }: Form): ReadonlySet<string> | undefined {
  const found = new Set<string>();
  for (const { encoding, parts } of spansOf(layout.template)) {
    if (!parts.includes('body')) continue;
    if (encoding === 'hex' || encoding === 'base32') found.add(encoding);
    else if (encoding === 'base64' || encoding === 'base64url') found.add('base64');
    else return undefined;
  }
  return found.size > 0 ? found : undefined;
}
