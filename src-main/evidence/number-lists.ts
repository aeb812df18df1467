import type { OnWriting } from './other-writings.ts';

/*
 * Bytes written as numbers: `[1,2,255]` as JSON writes a Buffer, `{1,-2,127}` as an array of PostgreSQL, `{"0":1,"1":2}` as a Uint8Array, `i:0;i:1;` as PHP
 * serializes, words of 16, 32 or 64 bits as CryptoJS keeps them, and what the node trees of PostgreSQL's catalog hold of constants.
 */

/** An IV. */
const fewestBytes = 16;
/** What so many bytes take at the very least, but for a chance below 2⁻⁶⁴. */
const fewestDigits = 28;
/** Digits of the largest word of 64 bits. */
const longestNumber = 20;
/** Between two numbers; what is longer ends a list. */
const longestGap = 32;

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

/** A number of a list: where its digits are. */
interface Token {
  from: number;
  to: number;
  negative: boolean;
}

/** Finds lists of numbers in `text[start … end)` that stand for bytes. */
export function findNumberLists(text: Uint8Array, start: number, end: number, found: OnWriting): void {
  let tokens: Token[] = [];
  let gaps: number[] = [];
  let at = nextDigit(text, start, end);
  while (at < end) {
    const from = at;
    while (at < end && isDigit(text[at] as number)) at++;
    const token = { from, to: at, negative: isNegative(text, from, start) };
    const last = tokens.at(-1);
    const isLong = token.to - token.from > longestNumber;
    if (last) {
      const gap = isLong ? -1 : gapBetween(text, last.to, token.negative ? from - 1 : from);
      const count = gaps.length;
      // names and values in turns make two gaps in turns
      const goesOn = gap >= 0 && (count < 2 || gap === gaps[count - 2]);
      if (!goesOn) {
        report(text, tokens, found);
        // the last number may begin the next list
        tokens = gap >= 0 ? [last] : [];
        gaps = [];
      }
      if (tokens.length > 0) gaps.push(gap);
    }
    if (!isLong) tokens.push(token);
    at = nextDigit(text, at, end);
  }
  report(text, tokens, found);
}

function nextDigit(text: Uint8Array, at: number, end: number): number {
  while (at < end && !isDigit(text[at] as number)) at++;
  return at;
}

function isDigit(byte: number): boolean {
  return byte >= zero && byte <= nine;
}

/** Of `12-33` the dash is a separator. */
function isNegative(text: Uint8Array, from: number, start: number): boolean {
  if (from <= start || text[from - 1] !== minus) return false;
  return from - 1 <= start || !isDigit(text[from - 2] as number);
}

/** A hash of what stands between two numbers, white space aside; -1 where that is too long. */
function gapBetween(text: Uint8Array, from: number, to: number): number {
  if (to - from > longestGap) return -1;
  let hash = 1;
  for (let i = from; i < to; i++) {
    const byte = text[i] as number;
    if (byte > 0x20) hash = (Math.imul(hash, 31) + byte) & 0x3fffffff;
  }
  return hash;
}

function report(text: Uint8Array, tokens: readonly Token[], found: OnWriting): void {
  if (tokens.length < 3 || tokens.reduce((sum, { from, to }) => sum + to - from, 0) < fewestDigits) return;
  const values = tokens.map(({ from, to, negative }) => {
    const value = BigInt(Buffer.from(text.buffer, text.byteOffset + from, to - from).toString('latin1'));
    return negative ? -value : value;
  });
  const [first, last] = [tokens[0] as Token, tokens.at(-1) as Token];
  const tell = (chosen: readonly bigint[]) => {
    for (const bytes of bytesOf(chosen)) found(bytes, first.from, last.to);
  };
  tell(values);
  if (values.length < 6) return;
  // names before the values, or zeros after their points
  const [even, odd] = [values.filter((_, i) => i % 2 === 0), values.filter((_, i) => i % 2 === 1)];
  if (counts(even)) tell(odd);
  if (counts(odd) || odd.every((value) => value === 0n)) tell(even);
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
