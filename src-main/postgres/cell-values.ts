import type { Node } from 'jsonc-parser';
import { parseDocument } from '#crypto/json-document';
import type { Layout } from '#crypto/layouts';
import type { EncryptedColumn } from '#contract/inventory';
import { type JsonStep, nodesAt } from './json-path.ts';

/** One entry of the inventory, ready for use: where in a cell its ciphertexts stand, and how they are written. */
export interface Slot {
  readonly entry: EncryptedColumn;
  readonly layout: Layout;
  /** Absent where the cell as a whole is the ciphertext. */
  readonly path?: readonly JsonStep[];
}

/** A ciphertext found in a row. */
export interface CellValue {
  /** Index of its column among those of the table target. */
  readonly column: number;
  /** Index of its slot among those of the column. */
  readonly slot: number;
  readonly text: Buffer;
  /** UTF-16 range of the document's text; absent where the cell is the ciphertext. */
  readonly range?: { readonly offset: number; readonly length: number; readonly quoted: boolean };
}

/**
 * The ciphertexts of a column's cell, in a fixed order. Empty text and JSON null hold none. A cell that should be a document
 * and is not, or a leaf that is neither text nor object, is returned as it stands, so that its layout refuses it.
 */
export function findValues(cell: Buffer, column: number, slots: readonly Slot[]): CellValue[] {
  if (cell.length === 0) return [];
  if (slots[0]?.path === undefined) return [{ column, slot: 0, text: cell }];
  const text = cell.toString('utf8');
  const document = parseDocument(text);
  if (!document) {
    return [{ column, slot: 0, text: cell, range: { offset: 0, length: text.length, quoted: false } }];
  }
  return slots.flatMap(({ path = [] }, slot) =>
    nodesAt(document, path)
      .filter((node) => node.type !== 'null' && node.value !== '')
      .map((node) => leafValue(text, node, column, slot)),
  );
}

/** A ciphertext and what takes its place. */
export interface Replacement {
  readonly value: CellValue;
  readonly fresh: Buffer;
}

/** The cell with some of its ciphertexts replaced; every other character stays as it is. */
export function replaceValues(cell: Buffer, replacements: readonly Replacement[]): Buffer {
  const [only] = replacements;
  if (only && !only.value.range) return only.fresh;
  let text = cell.toString('utf8');
  const backwards = replacements
    .map(({ value, fresh }) => ({ range: value.range as NonNullable<CellValue['range']>, fresh }))
    .sort((a, b) => b.range.offset - a.range.offset);
  for (const { range, fresh } of backwards) {
    const literal = range.quoted ? JSON.stringify(fresh.toString('utf8')) : fresh.toString('utf8');
    text = text.slice(0, range.offset) + literal + text.slice(range.offset + range.length);
  }
  return Buffer.from(text, 'utf8');
}

function leafValue(document: string, node: Node, column: number, slot: number): CellValue {
  const quoted = node.type === 'string';
  const text = quoted ? node.value : document.slice(node.offset, node.offset + node.length);
  const range = { offset: node.offset, length: node.length, quoted };
  return { column, slot, text: Buffer.from(text, 'utf8'), range };
}
