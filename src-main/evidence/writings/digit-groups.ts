import { base64Value, classOf, hexValue, upperOrNumber } from './digit-classes.ts';
import { gapBetween, longestGap } from '#evidence/gap';
import { fewestDigits, fewestHexDigits, longLine, shortestGroup } from './least-lengths.ts';
import type { OnWriting } from '#evidence/on-writing';
import { Ranges } from '#evidence/ranges';
import { mayBe } from '#evidence/writing-signs';

/*
 * Digits written in groups: `aa:bb:cc`, `aa bb`, `0xaa, 0xbb`, `\xaa\xbb`, base64 in lines of any width behind indentation or quotes, in strings that are
 * added, in blocks of four. All groups are of one length, but for a shorter last one, and the same is between them, white space aside.
 */

const noDigit = 255;

interface Alphabet {
  /** Of a text that may have such groups. */
  readonly sign: number;
  readonly values: Uint8Array;
  readonly shortest: number;
  /** Digits of all groups together. */
  readonly fewest: number;
}

const alphabets: readonly Alphabet[] = [
  { sign: mayBe.hexGroups, values: hexValue, shortest: 2, fewest: fewestHexDigits },
  {
    sign: mayBe.base64Groups,
    values: withPadding(base64Value),
    shortest: shortestGroup,
    fewest: fewestDigits,
  },
];

function withPadding(values: Uint8Array): Uint8Array {
  const table = Uint8Array.from(values);
  table[0x3d] = 64;
  return table;
}

/** Finds digits in groups in `text[start … end)`, and hands them on without what is between. `signs`: those of the text (`mayBe`). */
export function findDigitGroups(
  text: Uint8Array,
  start: number,
  end: number,
  signs: number,
  found: OnWriting,
): void {
  for (const alphabet of alphabets)
    if ((signs & alphabet.sign) !== 0) findGroupsOf(alphabet, text, start, end, found);
}

/** The groups at hand. */
const groups = new Ranges();
/** Length of the first of them, all their digits, and what is between the first two. */
const chain = { width: 0, digits: 0, gap: 0 };

function findGroupsOf(
  alphabet: Alphabet,
  text: Uint8Array,
  start: number,
  end: number,
  found: OnWriting,
): void {
  const { values, shortest } = alphabet;
  const isHex = values === hexValue;
  clear();
  for (let at = start; at < end; ) {
    if (values[text[at] as number] === noDigit) {
      // a word that is no number: `0x`, `\\x` and `&#x` are no words
      at = isHex && isWordAt(text, at, end) ? wordEnd(text, at, end) : at + 1;
      continue;
    }
    const from = at;
    while (at < end && values[text[at] as number] !== noDigit) at++;
    if (isHex && at < end && isLetter(text[at] as number)) {
      // digits that go on as a word; after `0x` they start over
      at = isX(text[at] as number) ? at + 1 : wordEnd(text, at, end);
      continue;
    }
    const length = at - from;
    // a word or signs of base64 between groups, if not their end
    if (length < shortest && (groups.count === 0 || (!isHex && !mayBeLast(text, from, at, end)))) continue;
    enterOrEnd(alphabet, text, from, at, found);
  }
  endChain(alphabet, text, found);
}

/** A group goes on with the chain, ends it, or begins another. */
function enterOrEnd(alphabet: Alphabet, text: Uint8Array, from: number, to: number, found: OnWriting): void {
  const { count } = groups;
  if (count === 0) {
    enter(from, to);
    return;
  }
  const length = to - from;
  const here = gapBetween(text, groups.to(count - 1), from);
  if (here >= 0 && length <= chain.width && (count === 1 || here === chain.gap)) {
    if (count === 1) chain.gap = here;
    enter(from, to);
    if (length < chain.width) endChain(alphabet, text, found);
    return;
  }
  const [lastFrom, lastTo] = [groups.from(count - 1), groups.to(count - 1)];
  endChain(alphabet, text, found);
  if (here >= 0 && length === lastTo - lastFrom) {
    enter(lastFrom, lastTo);
    chain.gap = here;
  }
  enter(from, to);
}

function enter(from: number, to: number): void {
  if (groups.count === 0) chain.width = to - from;
  groups.push(from, to);
  chain.digits += to - from;
}

function clear(): void {
  groups.clear();
  chain.digits = 0;
}

function endChain({ values, fewest }: Alphabet, text: Uint8Array, found: OnWriting): void {
  const { digits, width } = chain;
  if (groups.count > 1 && digits >= fewest) {
    const isGrouped = digits >= 2 * width || (width >= longLine && isWrapped(text));
    if (isGrouped && !isRead(text, values === hexValue)) {
      const [first, last] = [groups.from(0), groups.to(groups.count - 1)];
      found(joined(text, digits), first, last);
    }
  }
  clear();
}

function isLetter(byte: number): boolean {
  return (byte | 0x20) >= 0x61 && (byte | 0x20) <= 0x7a;
}

function isX(byte: number): boolean {
  return (byte | 0x20) === 0x78;
}

function isWordAt(text: Uint8Array, at: number, end: number): boolean {
  const byte = text[at] as number;
  if (!isLetter(byte)) return false;
  return !isX(byte) || at + 1 >= end || hexValue[text[at + 1] as number] === noDigit;
}

function wordEnd(text: Uint8Array, at: number, end: number): number {
  while (at < end && (isLetter(text[at] as number) || isDecimal(text[at] as number))) at++;
  return at;
}

function isDecimal(byte: number): boolean {
  return byte >= 0x30 && byte <= 0x39;
}

/** Whether these few digits may be the last of a text: no others come soon, and they are no signs alone. */
function mayBeLast(text: Uint8Array, from: number, at: number, end: number): boolean {
  const last = Math.min(end, at + longestGap);
  for (let i = at; i < last; i++) if (base64Value[text[i] as number] !== noDigit) return false;
  return ((classOf[text[from] as number] as number) & upperOrNumber) !== 0 || (text[from] as number) >= 0x61;
}

/** Whether a line break is between the first two of groups. */
function isWrapped(text: Uint8Array): boolean {
  return groups.count > 1 && text.subarray(groups.to(0), groups.from(1)).includes(0x0a);
}

/** Whether a scan of runs joins these itself: lines of 22 digits or more, a multiple of four, with nothing but a line break between. */
function isRead(text: Uint8Array, isHex: boolean): boolean {
  const width = groups.to(0) - groups.from(0);
  if (isHex || width < 22 || width % 4 !== 0) return false;
  const [from, to] = [groups.to(0), groups.from(1)];
  return to - from <= 2 && text[to - 1] === 0x0a;
}

function joined(text: Uint8Array, digits: number): Uint8Array {
  const bytes = new Uint8Array(digits);
  let at = 0;
  for (let i = 0; i < groups.count; i++) {
    bytes.set(text.subarray(groups.from(i), groups.to(i)), at);
    at += groups.to(i) - groups.from(i);
  }
  return bytes;
}
