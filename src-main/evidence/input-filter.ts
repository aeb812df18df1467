/**
 * Which cipher inputs were seen before, in constant memory: a Bloom filter (B. Bloom, 1970) over 32-bit hashes. What was seen is always known; now and then
 * something new passes for seen, and the more the fuller it is. So evidence is lost, never counted twice.
 */
export class InputFilter {
  readonly #bits: Uint32Array;
  readonly #mask: number;

  /** `size`: bits, a power of two. */
  constructor(size: number) {
    this.#bits = new Uint32Array(size >> 5);
    this.#mask = size - 1;
  }

  /** Whether `hash` was not here before; from now on it was. */
  isNew(hash: number): boolean {
    const first = this.#set(hash);
    const second = this.#set(Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d) >>> 0);
    return first || second;
  }

  #set(hash: number): boolean {
    const bit = (hash ^ (hash >>> 16)) & this.#mask;
    const word = this.#bits[bit >>> 5] as number;
    const flag = 1 << (bit & 31);
    if ((word & flag) !== 0) return false;
    this.#bits[bit >>> 5] = word | flag;
    return true;
  }
}
