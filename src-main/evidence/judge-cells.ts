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

/** Opens ciphertexts with a key, right or wrong, and judges each. The caller disposes the batch. */
export async function judgeCells(
  layout: Layout,
  key: EncryptionKey,
  cells: readonly (Ciphertext | undefined)[],
): Promise<JudgedBatch> {
  const known = cells.filter((cell) => cell !== undefined);
  const { plaintexts, storage, refused = [] } = await openCiphertexts(layout, key, known);
  let next = 0;
  return {
    cells: cells.map((ciphertext) => {
      if (!ciphertext) return undefined;
      const isRefused = refused[next] === true;
      const plaintext = plaintexts[next++] as Uint8Array;
      return { ciphertext, plaintext, evidence: judge(layout, ciphertext, plaintext, isRefused) };
    }),
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
