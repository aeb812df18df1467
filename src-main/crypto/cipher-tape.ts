import { blockCipher, blockLength, wordsOf } from './aes-ecb.ts';

const wordsPerBlock = 4;
/** Blocks of one ECB call when decrypting: its working memory is 64 KiB. */
const blocksPerCall = 4_096;

/**
 * Many values one after the other, each as IV ‖ body, filled up to whole blocks: then the cipher input of every block is the block
 * before it, and all of them are worked off in few ECB calls and in 32-bit words. What the filling becomes is never examined.
 */
export class CipherTape {
  /** Aligned, and larger than what is on it. */
  bytes: Uint8Array<ArrayBuffer>;
  /** The same in 32-bit words. */
  words: Uint32Array;
  /** Where each value's IV starts; its body follows 16 bytes later. */
  starts: Int32Array<ArrayBuffer>;
  /** Bytes of each body. */
  lengths: Int32Array<ArrayBuffer>;
  count = 0;
  /** Where the next value starts. */
  end = 0;

  /** Room for values and their bytes, IVs and filling included, to begin with. */
  constructor(values: number, bytes: number) {
    this.bytes = new Uint8Array(wholeBlocks(bytes));
    this.words = wordsOf(this.bytes);
    this.starts = new Int32Array(values);
    this.lengths = new Int32Array(values);
  }

  /** Makes room for a value with a body of at most so many bytes at `end`. */
  reserve(length: number): void {
    const needed = this.end + blockLength + wholeBlocks(length);
    if (needed > this.bytes.length) {
      const larger = new Uint8Array(wholeBlocks(2 * needed));
      larger.set(this.bytes.subarray(0, this.end));
      this.bytes = larger;
      this.words = wordsOf(larger);
    }
    if (this.count === this.starts.length) {
      this.starts = grown(this.starts);
      this.lengths = grown(this.lengths);
    }
  }

  /** Takes in the value that was written at `end`. */
  push(length: number): void {
    this.starts[this.count] = this.end;
    this.lengths[this.count++] = length;
    this.end += blockLength + wholeBlocks(length);
  }

  /** Forgets the values from the given one on. */
  truncate(count: number): void {
    if (count < this.count) this.end = this.starts[count] as number;
    this.count = count;
  }
}

/** A length filled up to whole blocks. */
export function wholeBlocks(length: number): number {
  return Math.ceil(length / blockLength) * blockLength;
}

function grown(array: Int32Array<ArrayBuffer>): Int32Array<ArrayBuffer> {
  const larger = new Int32Array(2 * array.length + 1);
  larger.set(array);
  return larger;
}

/**
 * CFB128 decryption: Pⱼ = Cⱼ ⊕ E(Cⱼ₋₁), with C₀ = IV (NIST SP 800-38A, 6.3). Plaintexts stand where the bodies are on the tape; `into`
 * is aligned and as long as what is on it.
 */
export function decryptTape(key: Uint8Array, tape: CipherTape, into: Uint8Array): void {
  const { bytes, words, end: length } = tape;
  const encrypt = blockCipher(key);
  const plain = wordsOf(into);
  for (let start = 0; start < length - blockLength; start += blocksPerCall * blockLength) {
    const end = Math.min(start + blocksPerCall * blockLength, length - blockLength);
    const keystream = wordsOf(encrypt(bytes.subarray(start, end)));
    const from = (start >> 2) + wordsPerBlock;
    for (let i = 0; i < keystream.length; i++) {
      plain[from + i] = (words[from + i] as number) ^ (keystream[i] as number);
    }
    keystream.fill(0);
  }
}

/** CFB128 encryption in place, where the bodies hold plaintexts: Cⱼ = Pⱼ ⊕ E(Cⱼ₋₁), block by block in all values at once. */
export function encryptTape(
  key: Uint8Array,
  tape: Pick<CipherTape, 'starts' | 'lengths' | 'count' | 'bytes'>,
): void {
  const { starts, lengths, bytes } = tape;
  const words = wordsOf(bytes);
  const encrypt = blockCipher(key);
  const longestFirst = byBlocks(lengths, tape.count);
  const lanes = longestFirst.map((value) => (starts[value] as number) >> 2);
  const inputs = new Uint8Array(lanes.length * blockLength);
  const inputWords = wordsOf(inputs);
  let active = lanes.length;
  for (let block = 0; ; block++) {
    while (active > 0 && (lengths[longestFirst[active - 1] as number] as number) <= block * blockLength)
      active--;
    if (active === 0) break;
    const offset = block * wordsPerBlock;
    for (let lane = 0, to = 0; lane < active; lane++) {
      let from = (lanes[lane] as number) + offset;
      inputWords[to++] = words[from++] as number;
      inputWords[to++] = words[from++] as number;
      inputWords[to++] = words[from++] as number;
      inputWords[to++] = words[from] as number;
    }
    const keystream = wordsOf(encrypt(inputs.subarray(0, active * blockLength)));
    for (let lane = 0, from = 0; lane < active; lane++) {
      let to = (lanes[lane] as number) + offset + wordsPerBlock;
      for (let i = 0; i < wordsPerBlock; i++, to++, from++) {
        words[to] = (words[to] as number) ^ (keystream[from] as number);
      }
    }
    // with the ciphertext it is the plaintext
    keystream.fill(0);
  }
  // an IV may be a part of the key
  inputs.fill(0);
}

/** Values by the number of their blocks, most first: a counting sort where it pays. */
function byBlocks(lengths: Int32Array, count: number): Int32Array {
  let max = 0;
  for (let i = 0; i < count; i++) max = Math.max(max, ((lengths[i] as number) + 15) >> 4);
  const order = new Int32Array(count);
  if (max > 65_536) {
    for (let i = 0; i < count; i++) order[i] = i;
    return order.sort((a, b) => (lengths[b] as number) - (lengths[a] as number));
  }
  const places = new Int32Array(max + 2);
  // how many are longer comes first
  for (let i = 0; i < count; i++) {
    const rank = max - (((lengths[i] as number) + 15) >> 4) + 1;
    places[rank] = (places[rank] as number) + 1;
  }
  for (let i = 1; i < places.length; i++) places[i] = (places[i] as number) + (places[i - 1] as number);
  for (let i = 0; i < count; i++) {
    const rank = max - (((lengths[i] as number) + 15) >> 4);
    const place = places[rank] as number;
    order[place] = i;
    places[rank] = place + 1;
  }
  return order;
}
