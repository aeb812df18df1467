import type { EncryptionKey } from '#crypto/encryption-key';
import { judgeCells } from '#evidence/judge-cells';
import { type Ciphertext, ciphertextReader } from '#forms/ciphertext';
import type { Recognised } from '#discovery/recognise';
import type { TextGroup } from '#discovery/texts';

/** A value of a sample that is known to be encrypted with the key, whatever its first block decrypts to. */
export interface KnownValue {
  readonly ciphertext: Ciphertext;
  readonly text: string;
  readonly row: number;
}

/** Bits below which a value may be anything that happens to decode. */
const leastBits = 8;

/** The distinct values of a sample that a form decrypts, those with the most evidence first. */
export async function knownValues(
  { layout, ivValues }: Recognised,
  group: TextGroup,
  key: EncryptionKey,
): Promise<KnownValue[]> {
  const reader = ciphertextReader(layout);
  const seen = new Set<string>();
  const read = group.texts.flatMap(({ text, row }, i) => {
    const ciphertext = seen.has(text) ? undefined : reader.read(text, ivValues?.[i]);
    seen.add(text);
    return ciphertext ? [{ ciphertext, text, row }] : [];
  });
  using judged = await judgeCells(
    layout,
    key,
    read.map(({ ciphertext }) => ciphertext),
  );
  return judged.cells
    .flatMap((cell, i) => (cell ? [{ value: read[i] as KnownValue, evidence: cell.evidence }] : []))
    .filter(({ evidence }) => evidence.verdict !== 'contradicted' && evidence.bits >= leastBits)
    .sort((a, b) => b.evidence.bits - a.evidence.bits)
    .map(({ value }) => value);
}
