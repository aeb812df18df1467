import { base64Value, classOf, hexValue, upperOrNumber } from './digit-classes.ts';
import type { OnWriting } from './other-writings.ts';

/*
 * Digits written in groups: `aa:bb:cc`, `aa bb`, `0xaa, 0xbb`, `\xaa\xbb`, base64 in lines of any width behind indentation or quotes, in strings that are
 * added, in blocks of four. All groups are of one length, but for a shorter last one, and the same stands between them, white space aside.
 */

const noDigit = 255;
/** 16 bytes, an IV. */
const fewestHexDigits = 32;
const fewestDigits = 22;
/** Shorter groups of base64 digits are words. */
const shortestGroup = 4;
const longestGap = 32;
/** One line of this much and a shorter one are digits in groups too. */
const longLine = 22;

interface Alphabet {
  readonly values: Uint8Array;
  readonly shortest: number;
  /** Digits of all groups together. */
  readonly fewest: number;
}

const alphabets: readonly Alphabet[] = [
  { values: hexValue, shortest: 2, fewest: fewestHexDigits },
  { values: withPadding(base64Value), shortest: shortestGroup, fewest: fewestDigits },
];

function withPadding(values: Uint8Array): Uint8Array {
  const table = Uint8Array.from(values);
  table[0x3d] = 64;
  return table;
}

/** Finds digits in groups in `text[start … end)`, and hands them on without what stands between. */
export function findDigitGroups(text: Uint8Array, start: number, end: number, found: OnWriting): void {
  for (const alphabet of alphabets) findGroupsOf(alphabet, text, start, end, found);
}

function findGroupsOf(
  { values, shortest, fewest }: Alphabet,
  text: Uint8Array,
  start: number,
  end: number,
  found: OnWriting,
): void {
  const isHex = values === hexValue;
  let groups: number[] = [];
  let width = 0;
  let gap = 0;
  let digits = 0;
  let first = 0;
  const flush = (): void => {
    const isGrouped = digits >= 2 * width || (width >= longLine && isWrapped(text, groups));
    if (isGrouped && digits >= fewest && !isRead(text, groups, isHex))
      found(joined(text, groups, digits), first, groups.at(-1) as number);
    groups = [];
    digits = 0;
  };
  const enter = (from: number, to: number): void => {
    if (groups.length === 0) {
      first = from;
      width = to - from;
    }
    groups.push(from, to);
    digits += to - from;
  };
  let at = start;
  while (at < end) {
    if (values[text[at] as number] === noDigit || (isHex && isHexPrefix(text, at, end))) {
      at++;
      continue;
    }
    const from = at;
    while (at < end && values[text[at] as number] !== noDigit) at++;
    const length = at - from;
    const lastEnd = groups.at(-1);
    // a word or signs of base64 between groups, if not their end
    if (length < shortest && (lastEnd === undefined || (!isHex && !mayBeLast(text, from, at, end)))) continue;
    if (lastEnd === undefined) {
      enter(from, at);
      continue;
    }
    const here = gapBetween(text, lastEnd, from);
    const isSame = here >= 0 && (groups.length === 2 || here === gap);
    if (isSame && length <= width) {
      if (groups.length === 2) gap = here;
      enter(from, at);
      if (length === width) continue;
      flush();
      continue;
    }
    const previous = groups.slice(-2) as [number, number];
    const follows = here >= 0 && length === previous[1] - previous[0];
    flush();
    if (follows) {
      enter(...previous);
      gap = here;
    }
    enter(from, at);
  }
  flush();
}

/** `0x` before digits. */
function isHexPrefix(text: Uint8Array, at: number, end: number): boolean {
  return text[at] === 0x30 && at + 1 < end && ((text[at + 1] as number) | 0x20) === 0x78;
}

/** Whether these few digits may be the last of a text: no others come soon, and they are no signs alone. */
function mayBeLast(text: Uint8Array, from: number, at: number, end: number): boolean {
  const last = Math.min(end, at + longestGap);
  for (let i = at; i < last; i++) if (base64Value[text[i] as number] !== noDigit) return false;
  return ((classOf[text[from] as number] as number) & upperOrNumber) !== 0 || (text[from] as number) >= 0x61;
}

function gapBetween(text: Uint8Array, from: number, to: number): number {
  if (to - from > longestGap || to === from) return -1;
  let hash = 1;
  for (let i = from; i < to; i++) {
    const byte = text[i] as number;
    if (byte > 0x20) hash = (Math.imul(hash, 31) + byte) & 0x3fffffff;
  }
  return hash;
}

/** Whether a line break is between the first two of groups. */
function isWrapped(text: Uint8Array, groups: readonly number[]): boolean {
  return groups.length > 2 && text.subarray(groups[1], groups[2]).includes(0x0a);
}

/** Whether a scan of runs joins these itself: lines of 22 digits or more, a multiple of four, with nothing but a line break between. */
function isRead(text: Uint8Array, groups: readonly number[], isHex: boolean): boolean {
  const width = (groups[1] as number) - (groups[0] as number);
  if (isHex || width < 22 || width % 4 !== 0) return false;
  const [from, to] = [groups[1] as number, groups[2] as number];
  return to - from <= 2 && text[to - 1] === 0x0a;
}

function joined(text: Uint8Array, groups: readonly number[], digits: number): Uint8Array {
  const bytes = new Uint8Array(digits);
  let at = 0;
  for (let i = 0; i < groups.length; i += 2) {
    bytes.set(text.subarray(groups[i], groups[i + 1]), at);
    at += (groups[i + 1] as number) - (groups[i] as number);
  }
  return bytes;
}
