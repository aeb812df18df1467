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
    const second = this.#set(secondHash(hash));
    return first || second;
  }

  /** Whether `hash` was here before. */
  has(hash: number): boolean {
    return this.#holds(hash) && this.#holds(secondHash(hash));
  }

  #holds(hash: number): boolean {
    const bit = (hash ^ (hash >>> 16)) & this.#mask;
    return ((this.#bits[bit >>> 5] as number) & (1 << (bit & 31))) !== 0;
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

function secondHash(hash: number): number {
  return Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d) >>> 0;
}

const firstSize = 1 << 14;
/** 2 MB: from there on more and more of what is new passes for seen. */
const largestSize = 1 << 24;

/** A filter that grows with what it has seen, by further ones of four times the size, up to a bound. */
export class GrowingFilter {
  readonly #full: InputFilter[] = [];
  #size = firstSize;
  #filter = new InputFilter(firstSize);
  #entered = 0;

  /** Whether `hash` was not here before; from now on it was. */
  isNew(hash: number): boolean {
    for (const filter of this.#full) if (filter.has(hash)) return false;
    if (!this.#filter.isNew(hash)) return false;
    // at two bits each, one in twenty of what is new passes for seen then
    if (++this.#entered * 8 >= this.#size && this.#size < largestSize) {
      this.#full.push(this.#filter);
      this.#size *= 4;
      this.#filter = new InputFilter(this.#size);
      this.#entered = 0;
    }
    return true;
  }
}
