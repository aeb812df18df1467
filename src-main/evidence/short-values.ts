import { holds, spansOf } from '#forms/template';
import type { Layout } from '#forms/layout';
import { log2Choose } from './combinations.ts';
import type { JudgedCell } from './judge-cells.ts';
import { provenBits, type ValueEvidence } from './plaintexts/value-evidence.ts';

/**
 * Bits that a value needs of its own to be taken for one of a column that is proven by others: any other 17 bytes in a column of ciphertexts open by luck
 * two times in five, and 20 bytes once in fifty.
 */
export const vouchedBits = 8;

/**
 * Values that are so short that any bytes of their length may pass for one. Where many of a column are, they vouch for each other: as many as it takes to
 * prove the key, of a length and shorter, with those of these lengths that do not open paid for. Constant memory.
 */
export class ShortValues {
  readonly #isReported: boolean;
  /** Whether the column holds anything but short values that open. */
  #hasOthers = false;
  /** By length: values that open, that do not, and the bits of the former. */
  readonly #lengths = new Map<number, { clean: number; noise: number; bits: number }>();

  constructor(layout: Layout) {
    this.#isReported = !isMarked(layout);
  }

  /** `bits`: what the value adds to the evidence. */
  add({ plaintext, evidence, ciphertext }: JudgedCell, bits: number): void {
    this.addOpened(plaintext.length, evidence, ciphertext.keepsIv, bits);
  }

  /** The same for a value of so many bytes. */
  addOpened(length: number, evidence: ValueEvidence, keepsIv: boolean, bits: number): void {
    if (!this.#isReported || length === 0 || keepsIv) return;
    const isClean = evidence.verdict !== 'contradicted';
    if (!isClean || evidence.bits >= vouchedBits) this.#hasOthers = true;
    if (isClean ? evidence.bits >= vouchedBits : length > longestShort) return;
    const entry = this.#lengths.get(length) ?? { clean: 0, noise: 0, bits: 0 };
    if (isClean) {
      entry.clean++;
      entry.bits += bits;
    } else entry.noise++;
    this.#lengths.set(length, entry);
  }

  /** Values of fewer bytes than this are too short to tell. */
  get vouchedFrom(): number {
    // a column of nothing else is listed for what it holds
    const needed = this.#hasOthers ? provenBits : vouchedBits;
    let [clean, noise, bits] = [0, 0, 0];
    for (const [length, entry] of this.#sorted()) {
      clean += entry.clean;
      noise += entry.noise;
      bits += entry.bits;
      if (bits - log2Choose(clean + noise, clean) >= needed) return length;
    }
    return longestShort + 1;
  }

  /** Values that open and are too short to tell whether that is luck. `from`: as of other values of the column. */
  tooShort(from = this.vouchedFrom): number {
    return this.#sorted().reduce((sum, [length, { clean }]) => sum + (length < from ? clean : 0), 0);
  }

  #sorted() {
    return [...this.#lengths].sort(([a], [b]) => a - b);
  }
}

/** Five bytes are less than eight bits. */
const longestShort = 5;

/** Whether a value of this many bytes is one that others have to vouch for. */
export function isShort(
  layout: Layout,
  { plaintext: { length }, evidence, ciphertext }: JudgedCell,
): boolean {
  return length > 0 && evidence.bits < vouchedBits && !ciphertext.keepsIv && !isMarked(layout);
}

/** Whether texts show by themselves that they are ciphertexts of the layout: words that are in each, or an IV that is a run of its own. */
function isMarked({ template }: Layout): boolean {
  const literal = template.reduce(
    (sum, piece) => sum + (typeof piece === 'object' && 'literal' in piece ? piece.literal.length : 0),
    0,
  );
  return literal >= 2 || spansOf(template).length > 1 || !holds(template, 'iv');
}
