import type { Range } from './template-match.ts';

/** A change to a text: the content of this range becomes `text`. Latin-1, one character per byte. */
export interface Edit extends Range {
  readonly text: string;
  /** Where that text is, if it is not the ciphertext's own. */
  readonly at?: TextPosition;
}

/** A text of a row that holds parts of a ciphertext by themselves. */
export interface TextPosition {
  /** Index of its column among those of the row. */
  readonly column: number;
  readonly leaf: Leaf;
}

/**
 * A text that is in a cell, decoded from what is around it: an element of an array, a string of a JSON document, a field of
 * a composite value, or the cell itself. Latin-1, one character a byte.
 */
export interface Leaf {
  readonly text: string;
  /** Absent for the cell itself. */
  readonly within?: {
    readonly parent: Leaf;
    /** Where character `i` of the text begins in the parent's text; for its length, where the text ends. */
    readonly at: (i: number) => number;
    /** Writes a piece of the text as the parent writes it. */
    readonly write: (piece: string) => string;
  };
}

/** The cell as a leaf. */
export function cellLeaf(cell: Buffer): Leaf {
  return { text: cell.toString('latin1') };
}

/** A change of a leaf's text as a change of the cell's. */
export function liftEdit(leaf: Leaf, edit: Edit): Edit {
  const { within } = leaf;
  if (!within) return edit;
  const { at, write, parent } = within;
  return liftEdit(parent, { from: at(edit.from), to: at(edit.to), text: write(edit.text) });
}

/** Where a leaf is in its cell. */
export function extentOf(leaf: Leaf): Range {
  const { from, to } = liftEdit(leaf, { from: 0, to: leaf.text.length, text: '' });
  return { from, to };
}

/** The text with all changes made, which must not overlap. */
export function applyEdits(text: string, edits: readonly Edit[]): string {
  const [only] = edits;
  if (only && edits.length === 1 && only.from === 0 && only.to === text.length) return only.text;
  let result = text;
  for (const { from, to, text: fresh } of [...edits].sort((a, b) => b.from - a.from)) {
    result = result.slice(0, from) + fresh + result.slice(to);
  }
  return result;
}

/** A leaf whose text is a slice of the parent's, to the letter. */
export function sliceLeaf(parent: Leaf, from: number, to: number): Leaf {
  return {
    text: parent.text.slice(from, to),
    within: { parent, at: (i) => from + i, write: (piece) => piece },
  };
}

/** How the escapes of a string, which begin with a backslash or a quotation mark, are read and written. */
export interface Escapes {
  /** Reads the character or escape at `i`: what it stands for, and how many characters it takes. */
  readonly read: (text: string, i: number) => { readonly stands: string; readonly length: number };
  readonly write: (piece: string) => string;
}

/** A leaf whose text is what is between two places of the parent's text, without escapes. */
export function escapedLeaf(parent: Leaf, from: number, to: number, escapes: Escapes): Leaf {
  const written = parent.text.slice(from, to);
  if (!/["\\]/.test(written)) {
    return { text: written, within: { parent, at: (i) => from + i, write: escapes.write } };
  }
  const starts: number[] = [];
  let text = '';
  for (let i = 0; i < written.length; ) {
    const { stands, length } = escapes.read(written, i);
    for (let n = 0; n < stands.length; n++) starts.push(from + i);
    text += stands;
    i += length;
  }
  starts.push(to);
  return { text, within: { parent, at: (i) => starts[i] as number, write: escapes.write } };
}
