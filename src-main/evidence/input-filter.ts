/**
 * Which cipher inputs were seen before, in constant memory: a Bloom filter (B. Bloom, 1970) over 32-bit hashes, both bits of which are in one word, so that
 * one place of memory is examined (F. Putze et al., "Cache-, Hash- and Space-Efficient Bloom Filters", 2007). What was seen is always known; now and then
 * something new passes for seen, and the more the fuller it is. So evidence is lost, never counted twice.
 */
export class InputFilter {
  readonly #words: Int32Array;
  readonly #mask: number;

  /** `size`: bits, a power of two. */
  constructor(size: number) {
    this.#words = new Int32Array(size >> 5);
    this.#mask = (size >> 5) - 1;
  }

  /** Whether `hash` was not here before; from now on it was. */
  isNew(hash: number): boolean {
    const at = (hash ^ (hash >>> 16)) & this.#mask;
    const bits = bitsOf(hash);
    const word = this.#words[at] as number;
    if ((word & bits) === bits) return false;
    this.#words[at] = word | bits;
    return true;
  }

  /** Whether `hash` was here before. */
  has(hash: number): boolean {
    const bits = bitsOf(hash);
    return ((this.#words[(hash ^ (hash >>> 16)) & this.#mask] as number) & bits) === bits;
  }
}

/** Two of 32. */
function bitsOf(hash: number): number {
  const mixed = Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d);
  return (1 << (mixed >>> 27)) | (1 << ((mixed >>> 22) & 31));
}

const firstSize = 1 << 14;
/** 2 MB: from there on more and more of what is new passes for seen. */
const largestSize = 1 << 24;

/** A filter that grows with what it has seen, by further ones of sixteen times the size, up to a bound. */
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
    if (++this.#entered * 9 >= this.#size && this.#size < largestSize) {
      this.#full.push(this.#filter);
      this.#size = Math.min(16 * this.#size, largestSize);
      this.#filter = new InputFilter(this.#size);
      this.#entered = 0;
    }
    return true;
  }
}
