import { classOf, digit, escapeSign, notHex } from './digit-classes.ts';
import { afterPadding, DigitText } from './digit-text.ts';
import type { SpanTape } from './span-tape.ts';

/** A cell, as a range of the buffer that it was handed over in. */
export interface CellRange {
  column: number;
  data: Uint8Array;
  start: number;
  end: number;
  kind: 'text' | 'bytes';
}

/** A body that is shorter than 16 bytes is looked for only where something in the row may be its IV. */
const shortestDigits = 2;
/** Longer ones are runs, and on the tape. */
const longestBase64 = 21;
const longestHex = 31;
const bodiesOfCell = 24;
const longestDocument = 4096;

const joined = new DigitText();

/**
 * Finds what may be a short body in a cell of a row that has an IV: a few digits or bytes, strings of a JSON document, and, if the
 * cell itself has an IV (`ownIv`), whatever stands beside it. Puts them on the tape.
 */
export function addShortBodies(tape: SpanTape, row: number, cell: CellRange, ownIv: boolean): void {
  const { data, start, end, kind, column } = cell;
  const length = end - start;
  if (kind === 'bytes') {
    if (length > 0 && length < 17) tape.add({ row, column }, 'raw', data, start, end, 0, length);
    return;
  }
  const most = tape.spans.length + bodiesOfCell;
  const opening = data[start];
  const document = opening === 0x7b || opening === 0x5b;
  if (length <= longestHex + 6) addBody(tape, row, cell, start);
  if (length > longestDocument || !(ownIv || document)) return;
  for (let at = start; at < end && tape.spans.length < most; at++) {
    if (((classOf[data[at] as number] as number) & digit) === 0) continue;
    // in other documents, whole strings only
    const begins = at > start && (ownIv || data[at - 1] === 0x22);
    at = begins ? addBody(tape, row, cell, at, !ownIv) : afterDigits(data, at, end);
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
  if (quoted && data[last] !== 0x22) return last;
  const place = { row, column };
  let all = 0;
  for (let i = 0; i < length; i++) all |= classOf[digits[i] as number] as number;
  const range = [0, length, at - start, last - start] as const;
  if ((all & (notHex | escapeSign)) === 0 && length % 2 === 0) tape.add(place, 'hex', digits, ...range);
  if (length % 4 !== 1 && length <= longestBase64) tape.add(place, 'base64', digits, ...range);
  return last;
}
