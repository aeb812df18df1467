import { base64Value, hexValue } from './digit-classes.ts';

/*
 * Texts in which bytes are written as escapes: `\x8f`, `\217`, `\u008f`, `%8F`, `=8F` (RFC 2045, 6.7), `&#143;`. Each manner is undone by itself, since a
 * sign of one is a plain character of another.
 */

const noDigit = 255;
const backslash = 0x5c;
const lineFeed = 0x0a;
const carriageReturn = 0x0d;

/** In raw bytes, one escape in so many bytes is none. */
const sparse = 16;
/** Parts of a text between quotes that are handed on. */
const maxParts = 64;

/** A text without its escapes. */
export interface Unescaped {
  readonly bytes: Uint8Array;
  /** Those of its parts between quotes that had telling escapes. */
  readonly parts: readonly Uint8Array[];
  /** Whether that brings digits or bytes to light; else only quotes and line breaks. */
  readonly telling: boolean;
}

/** Reads the escape at `at` of `text[… end)` into `escape`; false if there is none. */
type ReadEscape = (text: Uint8Array, at: number, end: number) => boolean;

/** What was read last: the code that it stands for, or -1 for nothing at all; its length in the text; whether it is a byte, and no character. */
const escape = { code: 0, length: 0, isByte: true };

type Manner = readonly [sign: number, read: ReadEscape];

/** The signs that escapes begin with, and how each is read. */
const manners: readonly Manner[] = [
  [backslash, readBackslash],
  [0x25, readPercent],
  [0x3d, readQuotedPrintable],
  [0x26, readEntity],
];

const none: Unescaped[] = [];
/** A bit for each manner at the sign that its escapes begin with. */
const signOf = new Uint8Array(256);
for (const [i, [sign]] of manners.entries()) signOf[sign] = 1 << i;

/** Every manner in which `text[start … end)` has escapes, undone. In raw bytes, a few are chance. */
export function unescapings(
  text: Uint8Array,
  start: number,
  end: number,
  kind: 'text' | 'bytes',
): Unescaped[] {
  let signs = 0;
  for (let at = start; at < end; at++) signs |= signOf[text[at] as number] as number;
  if (signs === 0) return none;
  return manners.flatMap((manner, i) =>
    (signs & (1 << i)) === 0 ? [] : (unescape(text, start, end, kind, manner) ?? []),
  );
}

function unescape(
  text: Uint8Array,
  start: number,
  end: number,
  kind: 'text' | 'bytes',
  [sign, read]: Manner,
): Unescaped | undefined {
  if (!hasEscape(text, start, end, sign, read)) return undefined;
  const bytes = Buffer.allocUnsafe(end - start);
  let length = 0;
  let [replaced, telling] = [0, 0];
  // what is between two quotes may be a value as a whole
  let [quote, quotedFrom, tellingBefore] = [0, 0, 0];
  const parts: Uint8Array[] = [];
  for (let at = start; at < end; ) {
    const byte = text[at] as number;
    if (byte !== sign || !read(text, at, end)) {
      if ((byte === 0x22 || byte === 0x27) && (quote === 0 || quote === byte)) {
        if (quote !== 0 && telling > tellingBefore) parts.push(bytes.subarray(quotedFrom, length));
        quote = quote === 0 ? byte : 0;
        quotedFrom = length + 1;
        tellingBefore = telling;
      }
      bytes[length++] = byte;
      at++;
      continue;
    }
    const { code, isByte } = escape;
    at += escape.length;
    replaced++;
    if (isTelling(code)) telling++;
    if (code < 0) continue;
    if (isByte || code < 0x80) bytes[length++] = code;
    else length += bytes.write(String.fromCodePoint(code), length, 'utf8');
  }
  if (replaced === 0 || (kind === 'bytes' && replaced * sparse < end - start)) return undefined;
  return { bytes: bytes.subarray(0, length), parts: parts.slice(0, maxParts), telling: telling > 0 };
}

/** Whether some escape is there: most signs are none, like the padding of base64. */
function hasEscape(text: Uint8Array, start: number, end: number, sign: number, read: ReadEscape): boolean {
  for (let at = start; at < end; at++) if (text[at] === sign && read(text, at, end)) return true;
  return false;
}

/** Digits, signs of other escapes, bytes that no text has. */
function isTelling(code: number): boolean {
  if (code > 0x7e || base64Value[code] !== noDigit || manners.some(([sign]) => sign === code)) return true;
  return code < 0x20 && code !== lineFeed && code !== carriageReturn && code !== 9;
}

function found(code: number, length: number, isByte = true): boolean {
  escape.code = code;
  escape.length = length;
  escape.isByte = isByte;
  return true;
}

/** The number that digits of `base` write from `from` on, up to `most` of them; -1 where there are fewer than `least`. Sets `escape.length` to their number. */
function numberAt(
  text: Uint8Array,
  from: number,
  end: number,
  base: number,
  least: number,
  most: number,
): number {
  let value = 0;
  let count = 0;
  while (count < most && from + count < end) {
    const digit = hexValue[text[from + count] as number] as number;
    if (digit >= base) break;
    value = value * base + digit;
    count++;
  }
  escape.length = count;
  return count < least ? -1 : value;
}

const letters: Readonly<Record<string, number>> = { n: 10, r: 13, t: 9, b: 8, f: 12, v: 11, a: 7 };

function readBackslash(text: Uint8Array, at: number, end: number): boolean {
  const sign = at + 1;
  if (sign >= end) return false;
  const character = String.fromCharCode(text[sign] as number);
  if (character === 'x') {
    const value = numberAt(text, sign + 1, end, 16, 2, 2);
    // `\x` before many digits is how PostgreSQL writes a bytea
    const isBytea = numberAt(text, sign + 1, end, 16, 9, 9) >= 0;
    return value >= 0 && !isBytea && found(value, 4);
  }
  if (character === 'u') {
    if (text[sign + 1] === 0x7b) {
      const value = numberAt(text, sign + 2, end, 16, 1, 6);
      return value >= 0 && value <= 0x10ffff && found(value, escape.length + 4, false);
    }
    const value = numberAt(text, sign + 1, end, 16, 4, 4);
    return value >= 0 && found(value, 6, false);
  }
  const octal = numberAt(text, sign, end, 8, 3, 3);
  if (octal >= 0 && octal < 256) return found(octal, 4);
  // a line that goes on
  if (text[sign] === lineFeed) return found(-1, 2);
  if (character === '0') return found(0, 2);
  const letter = letters[character];
  if (letter !== undefined) return found(letter, 2);
  return found(text[sign] as number, 2);
}

function readPercent(text: Uint8Array, at: number, end: number): boolean {
  const value = numberAt(text, at + 1, end, 16, 2, 2);
  return value >= 0 && found(value, 3);
}

function readQuotedPrintable(text: Uint8Array, at: number, end: number): boolean {
  if (text[at + 1] === lineFeed && at + 1 < end) return found(-1, 2);
  if (text[at + 1] === carriageReturn && text[at + 2] === lineFeed && at + 2 < end) return found(-1, 3);
  const value = numberAt(text, at + 1, end, 16, 2, 2);
  return value >= 0 && found(value, 3);
}

const names: Readonly<Record<string, number>> = {
  amp: 0x26,
  lt: 0x3c,
  gt: 0x3e,
  quot: 0x22,
  apos: 0x27,
  plus: 0x2b,
  sol: 0x2f,
  equals: 0x3d,
  lowbar: 0x5f,
};
const longestEntity = 12;

function readEntity(text: Uint8Array, at: number, end: number): boolean {
  const length = text.subarray(at, Math.min(end, at + longestEntity)).indexOf(0x3b) + 1;
  if (length === 0) return false;
  const semicolon = at + length - 1;
  const inside = String.fromCharCode(...text.subarray(at + 1, semicolon));
  const match = /^#(?:x([0-9a-f]{1,6})|(\d{1,7}))$/i.exec(inside);
  const value = match
    ? Number.parseInt(match[1] ?? (match[2] as string), match[1] === undefined ? 10 : 16)
    : names[inside];
  if (value === undefined || value > 0x10ffff) return false;
  return found(value, length, false);
}
