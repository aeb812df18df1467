import { classOf, digit, escapeSign, notHex } from '#evidence/writings/digit-classes';
import { afterPadding, DigitText } from '#evidence/writings/digit-text';
import type { SpanTape } from './span-tape.ts';

/** A cell, as a range of the buffer that it was handed over in. */
export interface CellRange {
  column: number;
  data: Uint8Array;
  start: number;
  end: number;
  kind: 'text' | 'bytes';
}

/** A body that is shorter than 16 bytes is searched for only where something in the row may be its IV. */
const shortestDigits = 2;
/** Longer ones are runs, and on the tape. */
const longestBase64 = 21;
const longestHex = 31;
/** Around an IV, or in a document. */
const bodiesAround = 24;
const longestDocument = 4096;
/** How many bytes from an IV in the same cell. */
const around = 200;

/** An IV in the cell itself. */
export interface Around {
  readonly start: number;
  readonly end: number;
}

const joined = new DigitText();

/**
 * Finds what may be a short body in a cell of a row that has an IV: a few digits or bytes, the strings of a JSON document, and whatever stands around
 * an IV in the cell itself, which are those of `ivs`. Puts them on the tape.
 */
export function addShortBodies(tape: SpanTape, row: number, cell: CellRange, ivs: readonly Around[]): void {
  const { data, start, end, kind, column } = cell;
  const length = end - start;
  if (kind === 'bytes') {
    if (length > 0 && length < 17) tape.add({ row, column }, 'raw', data, start, end, 0, length);
    return;
  }
  if (length <= longestHex + 6) addBody(tape, row, cell, start);
  let done = start + 1;
  for (const iv of ivs) {
    if (iv.end - iv.start === length) continue;
    const from = Math.max(done, start + iv.start - around);
    done = Math.min(end, start + iv.end + around);
    addBodies(tape, row, cell, from, done, false);
  }
  const opening = data[start];
  const document = opening === 0x7b || opening === 0x5b;
  if (document && done === start + 1 && length <= longestDocument)
    addBodies(tape, row, cell, done, end, true);
}

/** Digits in `data[from … to)`: all of them, or whole strings only. */
function addBodies(
  tape: SpanTape,
  row: number,
  cell: CellRange,
  from: number,
  to: number,
  quoted: boolean,
): void {
  const { data } = cell;
  const most = tape.spans.length + bodiesAround;
  for (let at = from; at < to && tape.spans.length < most; at++) {
    if (((classOf[data[at] as number] as number) & digit) === 0) continue;
    const before = data[at - 1] as number;
    // not in the middle of a run
    const begins = quoted ? before === 0x22 : (classOf[before] as number) === 0;
    at = begins ? addBody(tape, row, cell, at, quoted) : afterDigits(data, at, to);
  }
}

function afterDigits(data: Uint8Array, at: number, end: number): number {
  while (at < end && ((classOf[data[at] as number] as number) & digit) !== 0) at++;
  return at;
}

/** Adds the digits at `at` if they may be a body: hexadecimal ones, and base64. Where they end. */
function addBody(
  tape: SpanTape,
  row: number,
  { column, data, start, end }: CellRange,
  at: number,
  quoted = false,
): number {
  const after = joined.read(data, at, end);
  const { digits, length } = joined;
  if (length < shortestDigits || length > longestHex) return Math.max(after, at);
  const last = afterPadding(data, after, end, 2);
  const closing = data[last] === 0x22;
  // no string, or the name of a member
  if ((quoted && !closing) || (closing && data[last + 1] === 0x3a)) return last;
  const place = { row, column };
  let all = 0;
  for (let i = 0; i < length; i++) all |= classOf[digits[i] as number] as number;
  const range = [0, length, at - start, last - start] as const;
  if ((all & (notHex | escapeSign)) === 0 && length % 2 === 0) tape.add(place, 'hex', digits, ...range);
  if (length % 4 !== 1 && length <= longestBase64) tape.add(place, 'base64', digits, ...range);
  return last;
}
