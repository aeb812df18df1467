import { wordsOf } from '#crypto/aes-ecb';
import { base32Value, base64Value, hexValue } from '#evidence/writings/digit-classes';
import type { Region, Segment } from './proven-region.ts';
import type { InnerPlace } from '#evidence/writings/inner-text';

/** How a run's bytes are encoded; `base64` includes base64url. */
export type DigitEncoding = 'base64' | 'hex' | 'base32';
export type SpanEncoding = DigitEncoding | 'raw';

/** Bits per digit. */
export const digitBits: Readonly<Record<SpanEncoding, number>> = { base64: 6, hex: 4, base32: 5, raw: 8 };

/** A run and what it decodes to. */
export interface Span {
  readonly row: number;
  readonly column: number;
  /** The run's bytes in its cell, padding included. */
  readonly start: number;
  readonly end: number;
  readonly encoding: SpanEncoding;
  /** Where its bytes start on the tape, a multiple of 16. */
  readonly offset: number;
  /** Bits that it decodes to; those after the last whole byte are on the tape too. */
  readonly bits: number;
  /** Whole bytes. */
  readonly length: number;
  /** Bits before what follows each of the first separators, for a run that is not long. */
  readonly starts: readonly number[];
  /**
   * Bits before the first whole byte, if the run includes a prefix that does not fill whole bytes: what its
   * length allows.
   */
  readonly shifts: readonly number[];
  /** Bytes of a line of wrapped text, or 0. */
  readonly lineLength: number;
  /** Its range in a text inside another encoding, whose part of the cell is `start` to `end`. */
  inner: InnerPlace | undefined;
  /** What has been proven of it so far. */
  proofs: readonly Proof[];
}

/** The bytes of a span from one of its bits on. */
export interface Stream {
  readonly span: Span;
  /** Bits of the span before the stream. */
  readonly base: number;
  /** Whole bytes. */
  readonly length: number;
  /** How many streams of the span are expected to begin with an IV; 0 if this one is not. */
  readonly choices: number;
}

/** Bytes of a span that a key made readable. */
export interface Proof {
  readonly stream: Stream;
  /** Index of the key. */
  readonly key: number;
  readonly segment: Segment;
  readonly region: Region;
  /** Bits that searching for it costs. */
  readonly charge: number;
}

const none: readonly number[] = [];
const unproven: readonly Proof[] = [];
/** Separators are searched for in the first digits of short runs; longer runs are found without. */
const longestPrefix = 24;
const longestPrefixed = 72;

/** How a run is written: digits per line of wrapped text, else 0; padding characters after it. */
export interface Manner {
  readonly width: number;
  readonly padding: number;
}

const plain: Manner = { width: 0, padding: 0 };

/** Decoded spans one after the other, each at a multiple of 16 bytes, so that one cipher call serves all. */
export class SpanTape {
  /** Capacity for most batches: each table of a census has its own tapes. */
  bytes = new Uint8Array(1 << 15);
  /** The same in 32-bit words. */
  words = wordsOf(this.bytes);
  used = 0;
  spans: Span[] = [];

  /** Clears the tape. */
  clear(): void {
    this.used = 0;
    this.spans.length = 0;
  }

  /** Decodes `digits[from … to)`, each a digit of `encoding`. */
  add(
    place: { readonly row: number; readonly column: number },
    encoding: SpanEncoding,
    digits: Uint8Array,
    from: number,
    to: number,
    start: number,
    end: number,
    { width, padding }: Manner = plain,
  ): Span {
    const bits = (to - from) * digitBits[encoding];
    const offset = this.used;
    const length = bits >> 3;
    this.#reserve(length + 2);
    if (encoding === 'base64') decodeBase64(digits, from, to, this.bytes, offset);
    else if (encoding === 'hex') decodeHex(digits, from, to, this.bytes, offset);
    else if (encoding === 'base32') decodeBase32(digits, from, to, this.bytes, offset);
    else this.bytes.set(digits.subarray(from, to), offset);
    const span: Span = {
      row: place.row,
      column: place.column,
      start,
      end,
      encoding,
      offset,
      bits,
      length,
      starts: encoding === 'base64' && to - from <= longestPrefixed ? prefixEnds(digits, from, to) : none,
      shifts: shiftsOf(encoding, to - from, padding),
      lineLength: width === 0 ? 0 : (width * digitBits[encoding]) >> 3,
      inner: undefined,
      proofs: unproven,
    };
    this.spans.push(span);
    return span;
  }

  /**
   * Moves on by `length` bytes, to the next multiple of 16, and keeps room after it for readers of windows.
   */
  #reserve(length: number): void {
    this.used = (this.used + length + 15) & ~15;
    if (this.used + 64 <= this.bytes.length) return;
    const larger = new Uint8Array(2 * (this.used + 64));
    larger.set(this.bytes);
    this.bytes = larger;
    this.words = wordsOf(larger);
  }
}

/** How many digits make whole bytes. */
const digitGroups: Readonly<Record<SpanEncoding, number>> = { base64: 4, hex: 2, base32: 8, raw: 1 };

/**
 * The length of a padded text is a multiple of its group, and so is that of hexadecimal digits: any excess
 * was in front. Without padding it may be any number of digits.
 */
function shiftsOf(encoding: SpanEncoding, digits: number, padding: number): readonly number[] {
  const group = digitGroups[encoding];
  if (padding === 0 && encoding !== 'hex') return allShifts[encoding];
  const over = (digits + padding) % group;
  return over === 0 ? none : (oneShift[over * digitBits[encoding]] as readonly number[]);
}

const oneShift = Array.from({ length: 40 }, (_, bits) => [bits]);
const allShifts: Readonly<Record<SpanEncoding, readonly number[]>> = {
  base64: [6, 12, 18],
  hex: [4],
  base32: [5, 10, 15, 20, 25, 30, 35],
  raw: none,
};

/** Where what follows a separator starts, in bits: at most three. */
function prefixEnds(digits: Uint8Array, from: number, to: number): readonly number[] {
  let ends: number[] | undefined;
  const last = Math.min(to - 1, from + longestPrefix);
  for (let at = from; at < last; at++) {
    const byte = digits[at];
    // - _ /
    if (byte !== 0x2d && byte !== 0x5f && byte !== 0x2f) continue;
    ends ??= [];
    ends.push((at + 1 - from) * digitBits.base64);
    if (ends.length === 3) break;
  }
  return ends ?? none;
}

/**
 * Writes the bytes of `digits[from … to)` to `out` at `at`, including the bits after the last whole byte,
 * filled up with zeros.
 */
function decodeBase64(digits: Uint8Array, from: number, to: number, out: Uint8Array, at: number): void {
  let i = from;
  let o = at;
  for (; i + 4 <= to; i += 4) {
    const group =
      ((base64Value[digits[i] as number] as number) << 18) |
      ((base64Value[digits[i + 1] as number] as number) << 12) |
      ((base64Value[digits[i + 2] as number] as number) << 6) |
      (base64Value[digits[i + 3] as number] as number);
    out[o] = group >> 16;
    out[o + 1] = group >> 8;
    out[o + 2] = group;
    o += 3;
  }
  decodeRest(digits, i, to, base64Value, 6, out, o);
}

function decodeHex(digits: Uint8Array, from: number, to: number, out: Uint8Array, at: number): void {
  let i = from;
  let o = at;
  for (; i + 2 <= to; i += 2) {
    out[o++] =
      ((hexValue[digits[i] as number] as number) << 4) | (hexValue[digits[i + 1] as number] as number);
  }
  decodeRest(digits, i, to, hexValue, 4, out, o);
}

function decodeBase32(digits: Uint8Array, from: number, to: number, out: Uint8Array, at: number): void {
  const whole = from + Math.floor((to - from) / 8) * 8;
  let o = at;
  for (let i = from; i < whole; i += 8, o += 5) decodeRest(digits, i, i + 8, base32Value, 5, out, o);
  decodeRest(digits, whole, to, base32Value, 5, out, o);
}

function decodeRest(
  digits: Uint8Array,
  from: number,
  to: number,
  values: Uint8Array,
  width: number,
  out: Uint8Array,
  at: number,
): void {
  let pending = 0;
  let bits = 0;
  let o = at;
  for (let i = from; i < to; i++) {
    pending = ((pending << width) | (values[digits[i] as number] as number)) & 0xffff;
    bits += width;
    if (bits >= 8) {
      bits -= 8;
      out[o++] = pending >> bits;
    }
  }
  out[o] = pending << (8 - bits);
}

/** Copies `length` bytes that start `bit` bits after `offset`. */
export function copyBits(
  source: Uint8Array,
  offset: number,
  bit: number,
  out: Uint8Array,
  at: number,
  length: number,
): void {
  const shift = bit & 7;
  let from = offset + (bit >> 3);
  if (shift === 0) {
    for (let i = 0; i < length; i++) out[at + i] = source[from++] as number;
    return;
  }
  let byte = source[from] as number;
  for (let i = 0; i < length; i++) {
    const next = source[++from] as number;
    out[at + i] = (byte << shift) | (next >> (8 - shift));
    byte = next;
  }
}
