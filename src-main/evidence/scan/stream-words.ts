/*
 * Streams of bytes as 32-bit words, little-endian as every platform of ours: four bytes in one step.
 */

/** Words of a cipher input. */
export const wordsPerInput = 4;

/** The word that starts at a byte. */
export function wordAt(words: Uint32Array, at: number): number {
  const past = 8 * (at & 3);
  const word = words[at >> 2] as number;
  return past === 0 ? word : (word >>> past) | ((words[(at >> 2) + 1] as number) << (32 - past));
}

/** A word of a stream whose bytes start so many bits later than those of `word`, with the word after it. */
export function shiftedWord(word: number, next: number, bits: number): number {
  if (bits === 0) return word;
  const following = (word >>> 8) | (next << 24);
  const low = ((1 << bits) - 1) * 0x01010101;
  return ((word << bits) & ~low) | ((following >>> (8 - bits)) & low);
}

/** The words that start at each of `count` bytes. Reads three bytes beyond. */
function neighbouringWords(
  bytes: Uint8Array,
  start: number,
  words: Uint32Array,
  at: number,
  count: number,
): void {
  let word =
    (bytes[start] as number) | ((bytes[start + 1] as number) << 8) | ((bytes[start + 2] as number) << 16);
  for (let i = 0; i < count; i++) {
    word |= (bytes[start + i + 3] as number) << 24;
    words[at + i] = word;
    word >>>= 8;
  }
}

/** Writes the 16 bytes that start at each of `count` neighbouring bytes. */
export function writeInputs(
  words: Uint32Array,
  from: number,
  count: number,
  inputs: Uint32Array,
  at: number,
): void {
  for (let i = from, to = at; i < from + count; i++, to += wordsPerInput) {
    inputs[to] = words[i] as number;
    inputs[to + 1] = words[i + 4] as number;
    inputs[to + 2] = words[i + 8] as number;
    inputs[to + 3] = words[i + 12] as number;
  }
}

/** Writes the cipher inputs of CFB8 for `bytes[16 …]`, the 16 bytes before each, from word `at` of `inputs` on. */
export function writeInputsOfBytes(bytes: Uint8Array, inputs: Uint32Array, at: number): void {
  const count = bytes.length - 16;
  const padded = new Uint8Array(bytes.length + 3);
  padded.set(bytes);
  const words = new Uint32Array(count + 12);
  neighbouringWords(padded, 0, words, 0, words.length);
  writeInputs(words, 0, count, inputs, at);
}
