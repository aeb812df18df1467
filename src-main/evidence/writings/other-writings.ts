import { classOf, upperOrNumber } from './digit-classes.ts';
import { findDenseDigits } from './dense-digits.ts';
import { findDigitGroups } from './digit-groups.ts';
import { unescapings } from './escaped-bytes.ts';
import { findNumberLists } from './number-lists.ts';
import type { OnWriting } from '#evidence/on-writing';
import { findUuidChunks } from './uuid-chunks.ts';
import { bytesOfCharacters, narrowed } from './wide-characters.ts';
import { mayBe, signsOf } from '#evidence/writing-signs';

/** An IV and a byte take as much in any writing. */
const shortestText = 23;
/** A window is examined in so many bytes; in texts that are longer, less often. */
const stride = 16;
const longText = 512;
const longStride = 40;
const window = 8;
const oddInWindow = 3;

/**
 * Finds what is in `text[start … end)` in another writing than runs of digits: numbers, groups of digits, digits of other bases, escapes, characters that
 * stand for bytes, and text in two bytes a character. All of it is rare, so a few bytes are examined first.
 */
export function findOtherWritings(
  text: Uint8Array,
  start: number,
  end: number,
  kind: 'text' | 'bytes',
  found: OnWriting,
): void {
  if (end - start < shortestText || (kind === 'text' && !isOdd(text, start, end))) return;
  findUuidChunks(text, start, end, found);
  const signs = signsOf(text, start, end);
  if (signs === 0) return;
  if ((signs & mayBe.numbers) !== 0) findNumberLists(text, start, end, found);
  findDigitGroups(text, start, end, signs, found);
  findDenseDigits(text, start, end, signs, found);
  if ((signs & mayBe.escapes) !== 0) findEscaped(text, start, end, kind, found);
  const narrow = kind === 'bytes' && (signs & mayBe.wide) !== 0 && narrowed(text, start, end);
  if (narrow) found(narrow, start, end);
  const bytes = (signs & mayBe.characters) !== 0 && bytesOfCharacters(text, start, end);
  if (bytes) found(bytes, start, end);
}

function findEscaped(
  text: Uint8Array,
  start: number,
  end: number,
  kind: 'text' | 'bytes',
  found: OnWriting,
): void {
  for (const { bytes, parts, telling } of unescapings(text, start, end, kind)) {
    if (telling) for (const part of [bytes, ...parts]) found(part, start, end);
    else {
      const signs = signsOf(bytes, 0, bytes.length);
      findDigitGroups(bytes, 0, bytes.length, signs, (joined) => found(joined, start, end));
    }
  }
}

/** A blank counts as so many signs that a window has no more of these. */
const blank = 16;
const signsIn = classOf.map((kind, byte) => {
  if (byte <= 0x20) return blank;
  return kind === 0 || (kind & upperOrNumber) !== 0 ? 1 : 0;
});

/** A loop over a window would take twice as long. */
function signsInFour(text: Uint8Array, at: number): number {
  const before = (signsIn[text[at] as number] as number) + (signsIn[text[at + 1] as number] as number);
  return before + (signsIn[text[at + 2] as number] as number) + (signsIn[text[at + 3] as number] as number);
}

/** Whether some window has signs that are rare in prose: digits, capitals, punctuation, bytes beyond ASCII, or no white space for long. */
function isOdd(text: Uint8Array, start: number, end: number): boolean {
  const last = end - window;
  const step = end - start > longText ? longStride : stride;
  for (let at = start + Math.min(12, (last - start) >> 1); at <= last; at += step) {
    const signs = signsInFour(text, at) + signsInFour(text, at + 4);
    if ((signs & (blank - 1)) >= oddInWindow || (signs < blank && isDense(text, at, start, end))) return true;
  }
  return false;
}

/** Whether no white space is around a window. */
function isDense(text: Uint8Array, at: number, start: number, end: number): boolean {
  let from = at;
  while (from > start && from > at - shortestText && (text[from - 1] as number) > 0x20) from--;
  let to = at + window;
  while (to < end && to < at + shortestText && (text[to] as number) > 0x20) to++;
  return to - from >= shortestText;
}
