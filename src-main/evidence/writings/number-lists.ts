import { base64Value } from './digit-classes.ts';
import { fewestInList, longestNumber } from './least-lengths.ts';
import { gapBetween } from '#evidence/gap';
import type { OnWriting } from '#evidence/on-writing';
import { Ranges } from '#evidence/ranges';

/*
 * Bytes written as numbers: `[1,2,255]` as JSON writes a Buffer, `{1,-2,127}` as an array of PostgreSQL, `{"0":1,"1":2}` as a Uint8Array, `i:0;i:1;` as PHP
 * serializes, words of 16, 32 or 64 bits as CryptoJS keeps them, and what the node trees of PostgreSQL's catalog hold of constants.
 */

/** An IV. */
const fewestBytes = 16;

const zero = 0x30;
const nine = 0x39;
const minus = 0x2d;

/** Widths in bytes that words may have, with the range of their values. */
const widths = [
  { width: 1, least: -(2n ** 7n), most: 2n ** 8n },
  { width: 2, least: -(2n ** 15n), most: 2n ** 16n },
  { width: 4, least: -(2n ** 31n), most: 2n ** 32n },
  { width: 8, least: -(2n ** 63n), most: 2n ** 64n },
] as const;

/** The numbers of the list at hand, each with its dash. */
const list = new Ranges();
/** What is between the last two of them, and the two before. */
const gaps = { last: 0, before: 0 };

/** Finds lists of numbers in `text[start … end)` that stand for bytes. */
export function findNumberLists(text: Uint8Array, start: number, end: number, found: OnWriting): void {
  list.clear();
  for (let at = nextDigit(text, start, end); at < end; at = nextDigit(text, at, end)) {
    const digits = at;
    while (at < end && isDigit(text[at] as number)) at++;
    // digits in a word or a token are no number
    const isPart =
      (digits > start && isLetter(text[digits - 1] as number)) || (at < end && isLetter(text[at] as number));
    if (isPart || at - digits > longestNumber) {
      report(text, found);
      list.clear();
      continue;
    }
    const from = isNegative(text, digits, start) ? digits - 1 : digits;
    const { count } = list;
    if (count > 0) {
      const gap = gapBetween(text, list.to(count - 1), from);
      // names and values in turns make two gaps in turns
      if (gap < 0 || (count >= 3 && gap !== gaps.before)) {
        const [lastFrom, lastTo] = [list.from(count - 1), list.to(count - 1)];
        report(text, found);
        list.clear();
        // the last number may begin the next list
        if (gap >= 0) list.push(lastFrom, lastTo);
      }
      gaps.before = gaps.last;
      gaps.last = gap;
    }
    list.push(from, at);
  }
  report(text, found);
}

function nextDigit(text: Uint8Array, at: number, end: number): number {
  while (at < end && !isDigit(text[at] as number)) at++;
  return at;
}

function isDigit(byte: number): boolean {
  return byte >= zero && byte <= nine;
}

function isLetter(byte: number): boolean {
  return base64Value[byte | 0x20] !== 255 && (byte | 0x20) >= 0x61;
}

/** Of `12-33` the dash is a separator. */
function isNegative(text: Uint8Array, from: number, start: number): boolean {
  if (from <= start || text[from - 1] !== minus) return false;
  return from - 1 <= start || !isDigit(text[from - 2] as number);
}

function report(text: Uint8Array, found: OnWriting): void {
  const { count } = list;
  if (count < 3) return;
  const [first, last] = [list.from(0), list.to(count - 1)];
  if (last - first < fewestInList || digitsInAll() < fewestInList) return;
  const values = Array.from({ length: count }, (_, i) =>
    BigInt(Buffer.from(text.subarray(list.from(i), list.to(i))).toString('latin1')),
  );
  const tell = (chosen: readonly bigint[]) => {
    for (const bytes of bytesOf(chosen)) found(bytes, first, last);
  };
  tell(values);
  if (values.length < 6) return;
  // names before the values, or zeros after their points
  const [even, odd] = [values.filter((_, i) => i % 2 === 0), values.filter((_, i) => i % 2 === 1)];
  if (counts(even)) tell(odd);
  if (counts(odd) || odd.every((value) => value === 0n)) tell(even);
}

function digitsInAll(): number {
  let digits = 0;
  for (let i = 0; i < list.count; i++) digits += list.to(i) - list.from(i);
  return digits;
}

/** Whether values count up by one. */
function counts(values: readonly bigint[]): boolean {
  return values.every((value, i) => i === 0 || value === (values[i - 1] as bigint) + 1n);
}

/** The bytes that words stand for, in both orders; none where they are no words, or too few. */
function bytesOf(values: readonly bigint[]): Uint8Array[] {
  let [least, most] = [0n, 0n];
  for (const value of values) {
    if (value < least) least = value;
    if (value > most) most = value;
  }
  const fitting = widths.find((one) => least >= one.least && most < one.most);
  if (!fitting || values.length * fitting.width < fewestBytes) return [];
  const { width } = fitting;
  // of noise in words, one in two has its highest bit set, and nearly all the highest byte
  if (width > 1 && values.filter((value) => isWide(value, width)).length * 2 < values.length) return [];
  const bytes = Buffer.alloc(values.length * width);
  for (const [i, value] of values.entries()) {
    if (width === 8) bytes.writeBigUInt64BE(BigInt.asUintN(64, value), i * width);
    else bytes.writeUIntBE(Number(BigInt.asUintN(8 * width, value)), i * width, width);
  }
  if (width === 1) return [bytes];
  const other = Buffer.from(bytes);
  if (width === 2) other.swap16();
  else if (width === 4) other.swap32();
  else other.swap64();
  return [bytes, other];
}

function isWide(value: bigint, width: number): boolean {
  const size = value < 0n ? -value : value;
  return size >> BigInt(8 * width - 8) !== 0n;
}
