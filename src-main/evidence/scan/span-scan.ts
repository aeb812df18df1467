import {
  classOf,
  digit,
  escapeSign,
  notHex,
  notLowerBase32,
  notUpperBase32,
  upperOrNumber,
} from '#evidence/writings/digit-classes';
import { afterPadding, DigitText, lineEndLength } from '#evidence/writings/digit-text';
import type { DigitEncoding, Manner } from './span-tape.ts';

/** Receives findings in a text. Ranges are byte offsets in the scanned buffer. */
export interface RunSink {
  /**
   * `digits[from … to)` may encode bytes; they represent `[start … end)` of the text, padding included. The
   * digits are valid during the call only.
   */
  run(
    encoding: DigitEncoding,
    digits: Uint8Array,
    from: number,
    to: number,
    start: number,
    end: number,
    manner: Manner,
  ): void;
  /** There is a UUID at `start`. */
  uuid(text: Uint8Array, start: number): void;
}

/** 16 bytes, an IV, in base64 without padding: anything shorter contains no ciphertext of this kind. */
export const shortestRun = 22;
/**
 * 16 bytes in hexadecimal digits. A shorter run of only hexadecimal digits is base64 with a chance below
 * 2⁻³⁴.
 */
const shortestHex = 32;
/** 17 bytes in base32. */
const shortestBase32 = 28;
/**
 * From this length on, lower-case letters and signs alone are words: base64 looks like that with a chance
 * below 2⁻³⁸.
 */
const shortestWordy = 32;
const uuidLength = 36;

/** Where the digits of a run come from: the text itself, or a copy of `text[start … after)` without escapes and line breaks. */
interface Source {
  text: Uint8Array;
  /** End of the text. */
  end: number;
  digits: Uint8Array;
  copied: boolean;
  start: number;
  after: number;
  width: number;
}

/**
 * Finds the runs of a text in which bytes can be encoded: base64 in every variant, base64url, hexadecimal,
 * base32. A run extends as far as its alphabet, so a prefix like `ENC_` is part of it. Short runs, prose, and
 * lower-case words joined by dashes and slashes (a real value of 32 digits or more looks like that once in
 * 2³⁸) are skipped.
 */
export class SpanScan {
  readonly #sink: RunSink;
  readonly #joined = new DigitText();
  readonly #manner = { width: 0, padding: 0 };
  readonly #source: Source = {
    text: this.#joined.digits,
    end: 0,
    digits: this.#joined.digits,
    copied: false,
    start: 0,
    after: 0,
    width: 0,
  };

  constructor(sink: RunSink) {
    this.#sink = sink;
  }

  /**
   * Every run of at least 22 digits in `text[start … end)`. Examines every 22nd byte and, backwards from it,
   * finds the first that is not a digit, from where the next 22 start (R. Boyer and J. Moore's jump, for a
   * class of characters): most bytes of prose are never read.
   */
  scan(text: Uint8Array, start: number, end: number): void {
    let first = start;
    let checked = start - 1;
    let probe = start + shortestRun - 1;
    while (probe < end) {
      let at = probe;
      while (at > checked && classOf[text[at] as number] !== 0) at--;
      if (at > checked) {
        first = at + 1;
        checked = probe;
        probe = at + shortestRun;
        continue;
      }
      let all = 0;
      let after = first;
      for (let kind = digit; ; after++) {
        kind = after < end ? (classOf[text[after] as number] as number) : 0;
        if (kind === 0) break;
        all |= kind;
      }
      first = this.#found(text, first, after, end, all);
      checked = first - 1;
      probe = first + shortestRun - 1;
    }
  }

  /**
   * Reports what is in a run, and returns where the scan continues. `all`: the classes of its bytes together.
   */
  #found(text: Uint8Array, start: number, after: number, end: number, all: number): number {
    const source = this.#source;
    source.text = text;
    source.end = end;
    const wrapped = (after - start) % 4 === 0 && lineEndLength(text, after, end) > 0;
    if ((all & escapeSign) === 0 && !wrapped) {
      source.digits = text;
      source.copied = false;
      source.width = 0;
      this.#split(start, after, all);
      return after + 1;
    }
    let at = start;
    while (at < after) {
      source.start = at;
      at = this.#joined.read(text, at, end);
      const { digits, length, width } = this.#joined;
      if (length < shortestRun) continue;
      source.digits = digits;
      source.copied = true;
      source.after = at;
      source.width = width;
      this.#split(0, length, allClasses(digits, 0, length));
    }
    return Math.max(at, after + 1);
  }

  /** Splits a run of digits: stretches that are hexadecimal for long enough, and what is between them. */
  #split(from: number, to: number, all: number): void {
    const { digits, copied } = this.#source;
    if ((all & notHex) === 0) {
      if (to - from >= shortestHex) this.#report('hex', from, to, 0);
      return;
    }
    if (to - from === uuidLength && !copied && isUuid(digits, from)) {
      this.#sink.uuid(digits, from);
      return;
    }
    let start = from;
    for (;;) {
      const hex = stretch(digits, start, to, shortestHex, notHex);
      if (hex < 0) break;
      const after = stretchEnd(digits, hex + shortestHex, to, notHex);
      this.#rest(start, hex, allClasses(digits, start, hex));
      this.#report('hex', hex, after, 0);
      start = after;
    }
    this.#rest(start, to, start === from ? all : allClasses(digits, start, to));
  }

  /** Reports a run without hexadecimal stretches. */
  #rest(from: number, to: number, all: number): void {
    const length = to - from;
    if (length < shortestRun || (all & notHex) === 0) return;
    if (length >= shortestBase32) {
      this.#base32(from, to, notUpperBase32);
      this.#base32(from, to, notLowerBase32);
    }
    if ((all & upperOrNumber) === 0 && length >= shortestWordy) return;
    this.#report('base64', from, to, 2);
  }

  /** Base32 extends to the run's end, where its padding is. */
  #base32(from: number, to: number, foreign: number): void {
    const { digits } = this.#source;
    let first = to;
    while (first > from && ((classOf[digits[first - 1] as number] as number) & foreign) === 0) first--;
    if (to - first >= shortestBase32) this.#report('base32', first, to, 6);
  }

  /** `padding`: how many padding characters may follow. */
  #report(encoding: DigitEncoding, from: number, to: number, padding: number): void {
    const { text, end, digits, copied, start, after, width } = this.#source;
    let last = copied ? after : to;
    let count = 0;
    for (; count < padding; count++) {
      const next = afterPadding(text, last, end, 1);
      if (next === last) break;
      last = next;
    }
    this.#manner.width = width;
    this.#manner.padding = count;
    this.#sink.run(encoding, digits, from, to, copied ? start : from, last, this.#manner);
  }
}

function allClasses(digits: Uint8Array, from: number, to: number): number {
  let all = 0;
  for (let i = from; i < to; i++) all |= classOf[digits[i] as number] as number;
  return all;
}

/** Where the first stretch of `length` digits without the class `foreign` starts in `digits[from … to)`, or -1. */
function stretch(digits: Uint8Array, from: number, to: number, length: number, foreign: number): number {
  let first = from;
  for (let probe = first + length - 1; probe < to; probe = first + length - 1) {
    let at = probe;
    while (at >= first && ((classOf[digits[at] as number] as number) & foreign) === 0) at--;
    if (at < first) return first;
    first = at + 1;
  }
  return -1;
}

/** Where a stretch ends that continues at `at`. */
function stretchEnd(digits: Uint8Array, at: number, to: number, foreign: number): number {
  while (at < to && ((classOf[digits[at] as number] as number) & foreign) === 0) at++;
  return at;
}

const dash = 0x2d;

function isUuid(text: Uint8Array, start: number): boolean {
  for (let i = 0; i < uuidLength; i++) {
    const byte = text[start + i] as number;
    const dashed = i === 8 || i === 13 || i === 18 || i === 23;
    if (dashed ? byte !== dash : ((classOf[byte] as number) & notHex) !== 0) return false;
  }
  return true;
}
