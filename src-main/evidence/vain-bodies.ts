/** So many are remembered: a power of two. */
const size = 1 << 14;
/** Bytes from which a ciphertext hardly ever repeats by chance. */
const shortestJudged = 4;

/**
 * Short texts that were tried in vain with an IV of another column of their row, like the name of a type or a date that is in many rows. No
 * ciphertext repeats beside other IVs: under each of them the same plaintext becomes other bytes. So they are not tried again. Constant
 * memory: of two that fall together the later one is remembered.
 */
export class VainBodies {
  readonly #first = new Int32Array(size);
  readonly #second = new Int32Array(size);
  #place = 0;
  #hash = 0;
  #other = 0;

  /** Whether these bytes of `column` were tried in vain with an IV of `ivColumn`. */
  has(column: number, ivColumn: number, bytes: Uint8Array, offset: number, length: number): boolean {
    if (length < shortestJudged) return false;
    this.#find(column, ivColumn, bytes, offset, length);
    return this.#first[this.#place] === this.#hash && this.#second[this.#place] === this.#other;
  }

  add(column: number, ivColumn: number, bytes: Uint8Array, offset: number, length: number): void {
    if (length < shortestJudged) return;
    this.#find(column, ivColumn, bytes, offset, length);
    this.#first[this.#place] = this.#hash;
    this.#second[this.#place] = this.#other;
  }

  /** Two hashes of 32 bits, so that a ciphertext is not taken for another text, and a place by them. */
  #find(column: number, ivColumn: number, bytes: Uint8Array, offset: number, length: number): void {
    let hash = Math.imul(column + 1, 0x9e3779b1) ^ length;
    let other = Math.imul(ivColumn + 1, 0x85ebca6b);
    for (let i = offset; i < offset + length; i++) {
      hash = Math.imul(hash ^ (bytes[i] as number), 0x01000193);
      other = Math.imul(other ^ (bytes[i] as number) ^ (other >>> 15), 0x2c1b3c6d);
    }
    this.#hash = hash ^ Math.imul(other, 0x297a2d39);
    this.#other = other;
    this.#place = (this.#hash ^ (this.#hash >>> 14)) & (size - 1);
  }
}
