import {
  log2OfProduct,
  paddingOf,
  textBits,
  type TextOptions,
  textRatios,
} from '#evidence/plaintexts/text-bits';
import { begin, dead, readable, readablePairs } from '#evidence/plaintexts/text-models';

/** Segment of CFB mode (NIST SP 800-38A, 6.3): whole blocks, or bytes. */
export type Segment = 'cfb128' | 'cfb8';

/** Bytes that a key made readable, with the evidence. Offsets are those of the decrypted stream. */
export interface Region {
  readonly first: number;
  readonly end: number;
  /** The plaintext continues to the last byte of the stream. */
  readonly whole: boolean;
  /**
   * Evidence of each unit as a likelihood ratio, before paying for any search; 1 if its cipher input occurred
   * earlier in the same region.
   */
  readonly ratios: number[];
  /** A hash of each unit's cipher input: equal inputs are not evidence again. */
  readonly inputs: number[];
  readonly bits: number;
}

/** How many bytes count. With CFB8 each has its own cipher input. */
const countedOfBlocks = 256;
const countedOfBytes = 48;
const toTheEnd: TextOptions = { wholeText: true };

/**
 * Extends a region in both directions from `at`, where a block (or a byte) of readable text starts. The
 * stream is `cipher[offset … offset + length)`, and `plain` has what the key made of it, from byte 16 on:
 * before that there is no cipher input. Blocks start at multiples of 16 from `at`.
 */
export function growRegion(
  cipher: Uint8Array,
  offset: number,
  plain: Uint8Array,
  length: number,
  at: number,
  segment: Segment,
): Region {
  const byBlocks = segment === 'cfb128';
  let first = byBlocks ? firstBlock(plain, at) : firstByte(plain, at);
  const ratios: number[] = [];
  const unit = byBlocks ? 16 : 1;
  const limit = byBlocks ? countedOfBlocks : countedOfBytes;
  let end = length;
  // most often all of it is text
  let whole = length - first <= limit && textRatios(plain, first, length, unit, ratios, toTheEnd);
  if (!whole) {
    end = readableEnd(plain, first, length);
    if (end <= at && first < at) {
      first = at;
      end = readableEnd(plain, first, length);
    }
    whole = endsAsText(plain, first, end, length);
    if (whole) end = length;
    const judgedEnd = whole ? length : likeliestEnd(plain, first, end);
    ratios.length = 0;
    textRatios(plain, first, judgedEnd, unit, ratios, { wholeText: whole, limit });
  }
  const inputs = inputsOf(cipher, offset + first - 16, unit, ratios);
  return { first, end, whole, ratios, inputs, bits: log2OfProduct(ratios) };
}

/**
 * Hashes of a region's cipher inputs, to detect repeated ones: open addressing, larger than the number of
 * units in any region.
 */
const seen = new Uint32Array(128);

/** Hashes of the cipher inputs of units. A unit that repeats one is not evidence: its ratio becomes 1. */
function inputsOf(cipher: Uint8Array, from: number, unit: number, ratios: number[]): number[] {
  const inputs: number[] = [];
  seen.fill(0);
  for (let i = 0; i < ratios.length; i++) {
    const hash = hashInput(cipher, from + i * unit) || 1;
    let targetForm = hash & 127;
    while (seen[targetForm] !== 0 && seen[targetForm] !== hash) targetForm = (targetForm + 1) & 127;
    if (seen[targetForm] === hash) ratios[i] = 1;
    seen[targetForm] = hash;
    inputs.push(hash);
  }
  return inputs;
}

/**
 * Noise after a text is readable for another byte or two, and would count against it. Of the last few ends,
 * returns the one with the most evidence.
 */
function likeliestEnd(plain: Uint8Array, first: number, end: number): number {
  const from = Math.max(first, end - 64);
  let best = -Infinity;
  let likeliest = end;
  for (let candidate = end; candidate > Math.max(from, end - 8); candidate--) {
    const bits = textBits(plain, from, candidate, { wholeText: false });
    if (bits <= best) continue;
    best = bits;
    likeliest = candidate;
  }
  return likeliest;
}

/** The first of the consecutive readable blocks up to the one at `at`. */
function firstBlock(plain: Uint8Array, at: number): number {
  let first = at;
  while (first >= 32 && readableEnd(plain, first - 16, first) === first) first -= 16;
  return first;
}

/** Where the readable bytes around `at` start. */
function firstByte(plain: Uint8Array, at: number): number {
  let first = at;
  while (first > 16 && mayBeText(plain[first - 1] as number)) first--;
  for (;;) {
    const end = readableEnd(plain, first, at);
    if (end === at) return first;
    // the byte that ended a character early may start the text
    first = end > first ? end : end + 1;
  }
}

function mayBeText(byte: number): boolean {
  return readable[(begin << 8) | byte] !== dead && byte !== 0;
}

/** Whether the text `plain[first … length)`, padding after it included, is readable throughout. */
export function isReadable(plain: Uint8Array, first: number, length: number): boolean {
  return endsAsText(plain, first, readableEnd(plain, first, length), length);
}

function endsAsText(plain: Uint8Array, first: number, end: number, length: number): boolean {
  return end === length || length - paddingOf(plain, first, length) <= end;
}

function readableEnd(plain: Uint8Array, from: number, to: number): number {
  let state = begin;
  for (let i = from; i < to; i++) {
    state = readable[(state << 8) | (plain[i] as number)] as number;
    if (state === dead) return i;
  }
  return to;
}

/**
 * A hash of the 16 bytes at `at` (MurmurHash3's mixing, A. Appleby, public domain): not to be relied on
 * against an adversary.
 */
export function hashInput(bytes: Uint8Array, at: number): number {
  let hash = 0;
  for (let i = at; i < at + 16; i += 4) {
    const word =
      (bytes[i] as number) |
      ((bytes[i + 1] as number) << 8) |
      ((bytes[i + 2] as number) << 16) |
      ((bytes[i + 3] as number) << 24);
    hash = Math.imul(hash ^ Math.imul(word, 0xcc9e2d51), 0x1b873593);
    hash ^= hash >>> 15;
  }
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}

/**
 * Whether the `length` bytes `cipher[at …] ⊕ keystream[from …]` read as text. `last`: the stream ends with
 * them, so that they may contain padding.
 */
export function readsAsText(
  cipher: Uint8Array,
  at: number,
  keystream: Uint8Array,
  from: number,
  length: number,
  last: boolean,
): boolean {
  if (length > 1) {
    const first = (cipher[at] as number) ^ (keystream[from] as number);
    const pair = (((cipher[at + 1] as number) ^ (keystream[from + 1] as number)) << 8) | first;
    if (!last && (((readablePairs[pair >> 5] as number) >>> (pair & 31)) & 1) === 0) return false;
  }
  return readsOn(cipher, at, keystream, from, length, last);
}

function readsOn(
  cipher: Uint8Array,
  at: number,
  keystream: Uint8Array,
  from: number,
  length: number,
  last: boolean,
): boolean {
  let state = begin;
  for (let i = 0; i < length; i++) {
    state = readable[(state << 8) | ((cipher[at + i] as number) ^ (keystream[from + i] as number))] as number;
    if (state === dead) return last && endsInPadding(cipher, at, keystream, from, i, length);
  }
  return true;
}

function endsInPadding(
  cipher: Uint8Array,
  at: number,
  keystream: Uint8Array,
  from: number,
  start: number,
  length: number,
): boolean {
  const value = (cipher[at + length - 1] as number) ^ (keystream[from + length - 1] as number);
  if (value > 16) return false;
  for (let i = start; i < length; i++) {
    if (((cipher[at + i] as number) ^ (keystream[from + i] as number)) !== value) return false;
  }
  return value === 0 || length - start <= value;
}
