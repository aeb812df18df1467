import type { EncryptionKey } from '#crypto/encryption-key';
import type { Opened } from '#crypto/envelopes';
import { type Layout, openCells, readCell } from '#crypto/layouts';
import type { ColumnAssay } from './column-assay.ts';
import { judgeValue, type ValueEvidence } from './value-evidence.ts';

/** A ciphertext, what a key makes of it, and what that says about the key. */
export interface JudgedCell {
  readonly opened: Opened;
  /** The bytes under the cipher. A view of the batch's storage. */
  readonly plaintext: Uint8Array;
  readonly evidence: ValueEvidence;
}

/** Judged cells in the order given; undefined where a cell does not have the layout. Disposing wipes all plaintexts. */
export interface JudgedBatch extends Disposable {
  readonly cells: readonly (JudgedCell | undefined)[];
}

/** Opens ciphertexts with a key, right or wrong, and judges each. The caller disposes the batch. */
export async function judgeCells(
  layout: Layout,
  key: EncryptionKey,
  texts: readonly Buffer[],
): Promise<JudgedBatch> {
  return judgeOpened(
    layout,
    key,
    texts.map((text) => readCell(layout, text)),
  );
}

/** `judgeCells` for ciphertexts that were taken apart before, for instance to judge another key against them. */
export async function judgeOpened(
  layout: Layout,
  key: EncryptionKey,
  cells: readonly (Opened | undefined)[],
): Promise<JudgedBatch> {
  const known = cells.filter((cell) => cell !== undefined);
  const { plaintexts, storage } = await openCells(layout, key, known);
  let next = 0;
  return {
    cells: cells.map((opened) => {
      if (!opened) return undefined;
      const plaintext = plaintexts[next++] as Uint8Array;
      return { opened, plaintext, evidence: judgeValue(layout, plaintext) };
    }),
    [Symbol.dispose]: () => storage.fill(0),
  };
}

/** Enters judged cells into an assay. */
export function countInto(assay: ColumnAssay, cells: JudgedBatch['cells']): void {
  for (const cell of cells) {
    if (cell) assay.add(cell.evidence, cell.plaintext.length);
    else assay.addUnrecognised();
  }
}
