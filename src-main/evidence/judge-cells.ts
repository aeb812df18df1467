import type { EncryptionKey } from '#crypto/encryption-key';
import { openCiphertexts } from '#forms/cipher';
import type { Ciphertext } from '#forms/ciphertext';
import type { Layout } from '#forms/layout';
import { isAuthenticated } from '#schemes/scheme';
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

/** Cells that one cipher decrypted. Layouts that differ in what they make of the plaintext judge the same ones. Disposing wipes them. */
export interface OpenedCells extends Disposable {
  judge(layout: Layout): JudgedBatch['cells'];
}

/** Opens ciphertexts with a key, right or wrong, and judges each. The caller disposes the batch. */
export async function judgeCells(
  layout: Layout,
  key: EncryptionKey,
  cells: readonly (Ciphertext | undefined)[],
): Promise<JudgedBatch> {
  const opened = await openCells(layout, key, cells);
  return { cells: opened.judge(layout), [Symbol.dispose]: () => opened[Symbol.dispose]() };
}

/** Opens ciphertexts with a key, right or wrong. The caller disposes them. */
export async function openCells(
  cipher: Layout,
  key: EncryptionKey,
  cells: readonly (Ciphertext | undefined)[],
): Promise<OpenedCells> {
  const known = cells.filter((cell) => cell !== undefined);
  const { plaintexts, storage, refused = [] } = await openCiphertexts(cipher, key, known);
  return {
    judge(layout) {
      let next = 0;
      return cells.map((ciphertext) => {
        if (!ciphertext) return undefined;
        const isRefused = refused[next] === true;
        const plaintext = plaintexts[next++] as Uint8Array;
        return { ciphertext, plaintext, evidence: judge(layout, ciphertext, plaintext, isRefused) };
      });
    },
    [Symbol.dispose]: () => storage.fill(0),
  };
}

/** A tag that fits proves the key by its own length, whatever the plaintext is. */
function judge(
  layout: Layout,
  { tag }: Ciphertext,
  plaintext: Uint8Array,
  isRefused: boolean,
): ValueEvidence {
  if (isRefused) return { verdict: 'contradicted', bits: 0 };
  if (layout.scheme && isAuthenticated(layout.scheme))
    return { verdict: 'proven', bits: 8 * (tag?.length ?? 0) };
  return judgeValue(layout, plaintext);
}
