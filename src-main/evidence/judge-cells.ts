import type { EncryptionKey } from '#crypto/encryption-key';
import { openCiphertexts } from '#forms/cipher';
import type { Ciphertext } from '#forms/ciphertext';
import type { Layout } from '#forms/layout';
import { judgeValue, type ValueEvidence } from './plaintexts/value-evidence.ts';

/** A ciphertext, what a key makes of it, and what that says about the key. */
export interface JudgedCell {
  readonly ciphertext: Ciphertext;
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
  cells: readonly (Ciphertext | undefined)[],
): Promise<JudgedBatch> {
  const known = cells.filter((cell) => cell !== undefined);
  const { plaintexts, storage } = await openCiphertexts(layout, key, known);
  let next = 0;
  return {
    cells: cells.map((ciphertext) => {
      if (!ciphertext) return undefined;
      const plaintext = plaintexts[next++] as Uint8Array;
      return { ciphertext, plaintext, evidence: judgeValue(layout, plaintext) };
    }),
    [Symbol.dispose]: () => storage.fill(0),
  };
}
