import { base64Value, hexValue } from './digit-classes.ts';

const backslash = 0x5c;
const percent = 0x25;
const lineFeed = 0x0a;
const carriageReturn = 0x0d;
const slash = 0x2f;
const colon = 0x3a;
const equalsSign = 0x3d;
const quote = 0x22;
const letterN = 0x6e;
const letterR = 0x72;
const letterU = 0x75;
const noDigit = 255;

type Kind = 'digit' | 'line-end' | 'other';

/** What was read last: the digit that it stands for, and how many bytes it takes. */
const sign = { digit: 0, length: 0 };

/**
 * Digits that are written with escapes or wrapped in lines, brought together: JSON's `\/` and `\u002B`, `%2B` and `%2F`, line breaks, and `\n` and `\r\n`
 * as JSON writes them. Lines are joined where they are wrapped: all of one length, a multiple of four, but for a shorter last one.
 */
export class DigitText {
  /** The digits of the last run. Written over by the next. */
  digits = new Uint8Array(4096);
  length = 0;
  /** Digits in a line, or 0 where there is only one. */
  width = 0;

  /** Reads the run that starts at `at`; where it ends. Length 0: there is none, and reading goes on at the answer. */
  read(text: Uint8Array, at: number, end: number): number {
    this.length = 0;
    this.width = 0;
    let lineStart = 0;
    let lastBreak = -1;
    while (at < end) {
      const kind = readSign(text, at, end);
      if (kind === 'other') break;
      if (kind === 'digit') {
        this.#push(sign.digit);
        at += sign.length;
        if (this.width > 0 && this.length - lineStart > this.width)
          return this.#dropLine(lineStart, lastBreak);
        continue;
      }
      const line = this.length - lineStart;
      if (line < 22 || line % 4 !== 0 || (this.width > 0 && line !== this.width)) break;
      const next = at + sign.length;
      if (next >= end || readSign(text, next, end) !== 'digit') break;
      this.width = line;
      lineStart = this.length;
      lastBreak = at;
      at = next;
    }
    const last = this.length - lineStart;
    if (this.width > 0 && last < this.width && isName(text, at, end, last))
      return this.#dropLine(lineStart, lastBreak);
    return this.length > 0 ? at : at + Math.max(1, sign.length);
  }

  /** A line that is longer than those before it, or a name, is no part of a wrapped text. */
  #dropLine(lineStart: number, end: number): number {
    this.length = lineStart;
    if (this.length === this.width) this.width = 0;
    return end;
  }

  #push(digit: number): void {
    if (this.length === this.digits.length) {
      const larger = new Uint8Array(2 * this.length);
      larger.set(this.digits);
      this.digits = larger;
    }
    this.digits[this.length++] = digit;
  }
}

/** Whether the `length` digits before `at` are the name of what follows: `port: 5432`, `PORT=5432`, `PORT="5432"`. */
function isName(text: Uint8Array, at: number, end: number, length: number): boolean {
  if (text[at] === colon && at < end) return true;
  const after = afterPadding(text, at, end, 2);
  if (after === at) return false;
  const padding = text[at] === equalsSign ? after - at : 0;
  const isOdd = padding > 0 && (length + padding) % 4 !== 0;
  const value = text[after] === quote ? after + 1 : after;
  return isOdd || (value < end && base64Value[text[value] as number] !== noDigit);
}

/** Where padding ends that starts at `at`: up to `limit` times `=`, `%3D` or `\u003d`. */
export function afterPadding(text: Uint8Array, at: number, end: number, limit: number): number {
  for (let count = 0; count < limit && at < end; count++) {
    if (text[at] === 0x3d) at++;
    else if (escaped(text, at, end) === 0x3d) at += text[at] === percent ? 3 : 6;
    else break;
  }
  return at;
}

/** Length of the line break at `at`, real or as JSON escapes it; 0 if there is none. */
export function lineEndLength(text: Uint8Array, at: number, end: number): number {
  if (text[at] === lineFeed) return 1;
  if (text[at] === carriageReturn) return text[at + 1] === lineFeed && at + 1 < end ? 2 : 0;
  if (text[at] !== backslash || at + 1 >= end) return 0;
  if (text[at + 1] === letterN) return 2;
  const carriage = text[at + 1] === letterR && at + 3 < end;
  return carriage && text[at + 2] === backslash && text[at + 3] === letterN ? 4 : 0;
}

function readSign(text: Uint8Array, at: number, end: number): Kind {
  const byte = text[at] as number;
  sign.length = 1;
  sign.digit = byte;
  if (base64Value[byte] !== noDigit) return 'digit';
  const lineEnd = lineEndLength(text, at, end);
  if (lineEnd > 0) {
    sign.length = lineEnd;
    return 'line-end';
  }
  if (byte === backslash && text[at + 1] === slash && at + 1 < end) {
    sign.digit = slash;
    sign.length = 2;
    return 'digit';
  }
  const stands = escaped(text, at, end);
  if (stands >= 0) {
    sign.digit = stands;
    sign.length = byte === percent ? 3 : 6;
    return base64Value[stands] === noDigit ? 'other' : 'digit';
  }
  if (byte === backslash) sign.length = 2;
  else if (byte === percent && isHex(text, at + 1, end) && isHex(text, at + 2, end)) sign.length = 3;
  return 'other';
}

function isHex(text: Uint8Array, at: number, end: number): boolean {
  return at < end && hexValue[text[at] as number] !== noDigit;
}

/** The byte that `%2B` or `\u002b` stands for, or -1. */
function escaped(text: Uint8Array, at: number, end: number): number {
  let start = at + 1;
  if (text[at] === backslash) {
    if (at + 6 > end || text[at + 1] !== letterU || text[at + 2] !== 0x30 || text[at + 3] !== 0x30) return -1;
    start = at + 4;
  } else if (text[at] !== percent || at + 3 > end) return -1;
  const high = text[start] as number;
  const low = (text[start + 1] as number) | 0x20;
  if (high !== 0x32 && high !== 0x33) return -1;
  // 2B, 2D, 2F and 3D: plus, dash, slash, equals sign
  if (low !== 0x62 && low !== 0x64 && low !== 0x66) return -1;
  return ((high - 0x30) << 4) | (low - 0x57);
}
