import { classOf, digit, hexValue } from './writings/digit-classes.ts';
import { gapBetween, longestGap } from './gap.ts';
import {
  fewestBeyond,
  fewestDigits,
  fewestHexDigits,
  fewestInList,
  longestNumber,
  longLine,
  shortestBase58,
  shortestBase85,
  shortestGroup,
} from './writings/least-lengths.ts';

/*
 * Which writings a text may hold, in one pass and without memory: words and runs are told apart once, for all the readers. A reader that finds something
 * has its sign set; most texts have none.
 */

export const mayBe = {
  numbers: 1,
  hexGroups: 2,
  base64Groups: 4,
  /** One run of letters and digits, in a base that is no power of two, or another base32. */
  longDigits: 8,
  base85: 16,
  escapes: 32,
  /** ASCII in two bytes a character. */
  wide: 64,
  /** Characters for bytes. */
  characters: 128,
} as const;

const decimal = 1;
const upper = 2;
const lower = 4;
const letter = upper | lower;
const word = decimal | letter;
const beyondHex = 8;
/** `x`, before hexadecimal digits. */
const hexSign = 16;
/** What is in base64 besides letters and digits. */
const joint = 32;
/** Begins an escape. */
const escapeSign = 64;
/** What few words of prose have, and most groups of digits. */
const telling = decimal | upper | joint;
/** Ends a run of base85: blank, or beyond ASCII. */
const blank = 128;
/** Of what is no word: a zero, or the first byte of a character that Windows 1252 or ISO 8859-1 have. */
const wideSign = 8;
/** Of what is no word: in no run of digits, other than base85. */
const punctuationSign = 16;

const kindOf = Uint8Array.from({ length: 256 }, (_, byte) => {
  const character = String.fromCharCode(byte);
  if (/[0-9]/.test(character)) return decimal;
  if (/[A-Za-z]/.test(character)) {
    const past = /[a-f]/i.test(character) ? 0 : beyondHex;
    return (/[A-Z]/.test(character) ? upper : lower) | past | (/x/i.test(character) ? hexSign : 0);
  }
  if (byte <= 0x20 || byte > 0x7e)
    return blank | ([0, 0xc2, 0xc3, 0xc5, 0xc6, 0xcb, 0xe2].includes(byte) ? wideSign : 0);
  return (
    (/[-+/_=]/.test(character) ? joint : 0) |
    (/[\\%=&]/.test(character) ? escapeSign : 0) |
    (classOf[byte] === 0 ? punctuationSign : 0)
  );
});

/** Longest group that noise makes of small letters alone; a chain may have missed one. */
const longestPlain = 8;
/** Of base85 among its digits. */
const fewestSigns = 4;
/** Of ASCII in two bytes a character, every other one is. */
const fewestZeros = 24;
const lineFeed = 0x0a;

/** Groups of one width, so far as they go. */
interface Chain {
  width: number;
  count: number;
  /** What is between the last two. */
  gap: number;
  to: number;
}

const noChain = (): Chain => ({ width: 0, count: 0, gap: 0, to: 0 });
const numbers = { count: 0, digits: 0, to: 0 };
const hexGroups = noChain();
const base64Groups = noChain();

/** The signs of other writings in `text[start … end)`, as bits of `mayBe`. */
export function signsOf(text: Uint8Array, start: number, end: number): number {
  numbers.count = numbers.digits = hexGroups.count = base64Groups.count = 0;
  let signs = 0;
  let runFrom = -1;
  let runKinds = 0;
  let visibleFrom = start;
  let punctuation = 0;
  let zeros = 0;
  let characters = 0;
  for (let at = start; at < end; ) {
    let kind = kindOf[text[at] as number] as number;
    if ((kind & word) !== 0) {
      const from = at;
      let kinds = kind;
      while (++at < end && ((kind = kindOf[text[at] as number] as number) & word) !== 0) kinds |= kind;
      if (runFrom < 0) runFrom = from;
      runKinds |= kinds;
      // a word of other letters says nothing by itself
      if ((kinds & (decimal | hexSign)) !== 0 || (kinds & beyondHex) === 0)
        signs |= signsOfWord(text, from, at, kinds, start, end);
      if (at >= end) break;
    }
    if ((kind & joint) !== 0) {
      if (runFrom < 0) runFrom = at;
      runKinds |= joint;
    } else if (runFrom >= 0) {
      if (base64Groups.count > 0 || (runKinds & telling) !== 0)
        signs |= signsOfRun(text, runFrom, at, runKinds);
      runFrom = -1;
      runKinds = 0;
    }
    if ((kind & blank) !== 0) {
      if (punctuation >= fewestSigns && at - visibleFrom >= shortestBase85) signs |= mayBe.base85;
      punctuation = 0;
      visibleFrom = at + 1;
      if ((kind & wideSign) !== 0) {
        if (text[at] === 0 && ++zeros >= fewestZeros) signs |= mayBe.wide;
        else if (text[at] !== 0 && ++characters >= fewestBeyond) signs |= mayBe.characters;
      }
    } else {
      if ((kind & punctuationSign) !== 0) punctuation++;
      if ((kind & escapeSign) !== 0 && mayBeEscape(text, at, end)) signs |= mayBe.escapes;
    }
    at++;
  }
  if (runFrom >= 0) signs |= signsOfRun(text, runFrom, end, runKinds);
  if (punctuation >= fewestSigns && end - visibleFrom >= shortestBase85) signs |= mayBe.base85;
  return signs;
}

function signsOfWord(
  text: Uint8Array,
  from: number,
  to: number,
  kinds: number,
  start: number,
  end: number,
): number {
  const length = to - from;
  let signs = 0;
  if ((kinds & decimal) !== 0) signs |= addNumber(from, to, (kinds & letter) !== 0);
  if ((kinds & beyondHex) === 0) signs |= addHexGroup(text, from, to);
  else if ((kinds & hexSign) !== 0) {
    const digits = digitsAfterSign(text, from, to);
    if (digits < to) signs |= addHexGroup(text, digits, to);
  }
  // noise in base58 has all kinds, in base32 one case, and in either more than hexadecimal digits
  if (length >= shortestBase58 && (kinds & decimal) !== 0 && isApart(text, from, to, start, end)) {
    if (kinds === decimal || (kinds & beyondHex) !== 0) signs |= mayBe.longDigits;
  }
  return signs;
}

/** Digits in a word or a token are no number, and end a list. A gap may be followed by a dash. */
function addNumber(from: number, to: number, isPart: boolean): number {
  const isNone = isPart || to - from > longestNumber;
  if (isNone || from - numbers.to > longestGap + 1) numbers.count = numbers.digits = 0;
  if (isNone) return 0;
  numbers.to = to;
  numbers.count++;
  numbers.digits += to - from;
  return numbers.count >= 3 && numbers.digits >= fewestInList ? mayBe.numbers : 0;
}

/** Where the digits of `0x8f` or `x8f` begin; `to` where they are none. */
function digitsAfterSign(text: Uint8Array, from: number, to: number): number {
  let at = to;
  while (at > from && hexValue[text[at - 1] as number] !== 255) at--;
  if (at === from || ((text[at - 1] as number) | 0x20) !== 0x78) return to;
  for (let i = from; i < at - 1; i++) if (hexValue[text[i] as number] === 255) return to;
  return at;
}

function addHexGroup(text: Uint8Array, from: number, to: number): number {
  return addGroup(hexGroups, text, from, to) >= fewestHexDigits ? mayBe.hexGroups : 0;
}

function signsOfRun(text: Uint8Array, from: number, to: number, kinds: number): number {
  const chain = base64Groups;
  const length = to - from;
  // shorter ones are words between groups, but for a last one
  const isWord = length < shortestGroup;
  // noise has few groups of small letters alone, so no chain begins with one
  const isPlain = (kinds & telling) === 0 && (chain.count === 0 || length !== chain.width);
  const missed = chain.width <= longestPlain ? chain.width : 0;
  const digits =
    isWord || isPlain ? digitsWithLast(chain, text, from, length) : addGroup(chain, text, from, to);
  if (isPlain && !isWord) chain.count = 0;
  return digits > 0 && digits + missed >= fewestDigits ? mayBe.base64Groups : 0;
}

/** Digits of a chain of which a shorter group is the last; 0 where that is none. */
function digitsWithLast({ count, width, to }: Chain, text: Uint8Array, from: number, length: number): number {
  if (count === 0 || length >= width) return 0;
  return count > 1 || (width >= longLine && isNextLine(text, to, from)) ? count * width + length : 0;
}

/** Takes a group in, and says how many digits the chain has with it; 0 while it is none. Most words differ in length, and need no look at what is between. */
function addGroup(chain: Chain, text: Uint8Array, from: number, to: number): number {
  const length = to - from;
  const { count, width } = chain;
  if (count > 0 && length === width) {
    const gap = gapBetween(text, chain.to, from);
    if (gap >= 0) {
      const goesOn = count === 1 || gap === chain.gap;
      // else the last group and this one may begin another chain
      chain.count = goesOn ? count + 1 : 2;
      chain.gap = gap;
      chain.to = to;
      return chain.count * width;
    }
  }
  const digits = digitsWithLast(chain, text, from, length);
  begin(chain, length, to);
  return digits;
}

function isNextLine(text: Uint8Array, from: number, to: number): boolean {
  if (to - from > longestGap) return false;
  for (let i = from; i < to; i++) if (text[i] === lineFeed) return true;
  return false;
}

function begin(chain: Chain, width: number, to: number): void {
  chain.width = width;
  chain.count = 1;
  chain.to = to;
}

/** Whether a word is not a part of a longer run in base64. */
export function isApart(text: Uint8Array, from: number, to: number, start: number, end: number): boolean {
  const isDigit = (at: number) => ((classOf[text[at] as number] as number) & digit) !== 0;
  return (from <= start || !isDigit(from - 1)) && (to >= end || !isDigit(to));
}

/** Whether the sign at `at` is more than a sign, as the padding of base64 is none: `%8`, `=8`, `=` before a line break, `&a`, `&#`, and any backslash. */
function mayBeEscape(text: Uint8Array, at: number, end: number): boolean {
  const sign = text[at] as number;
  if (sign === 0x5c) return true;
  if (at + 1 >= end) return false;
  const next = text[at + 1] as number;
  if (sign === 0x26) return next === 0x23 || ((kindOf[next] as number) & lower) !== 0;
  return hexValue[next] !== 255 || (sign === 0x3d && (next === 0x0a || next === 0x0d));
}
