import { classOf, digit, escapeSign, notHex } from './digit-classes.ts';
import { afterPadding, DigitText } from './digit-text.ts';
import { decodeHex, type Span, type SpanEncoding, type SpanTape } from './span-tape.ts';

/** Where something stands in a row. */
export interface Place {
  readonly column: number;
  /** Bytes of the cell. */
  readonly start: number;
  readonly end: number;
  /** `text`: 16 bytes of text are the IV as they are. */
  readonly encoding: SpanEncoding | 'uuid' | 'text';
}

/** 16 bytes that may be the IV of something else in the row. */
export interface RowIv extends Place {
  readonly bytes: Uint8Array;
}

/** A cell, as a range of the buffer that it was handed over in. */
export interface CellRange {
  readonly column: number;
  readonly data: Uint8Array;
  readonly start: number;
  readonly end: number;
  readonly kind: 'text' | 'bytes';
}

/** A body that is shorter than 16 bytes is looked for only where something in the row may be its IV. */
const shortestDigits = 2;
/** Longer ones are runs, and on the tape. */
const longestBase64 = 21;
const longestHex = 31;
const bodiesOfRow = 24;
const longestDocument = 4096;

export function uuidBytes(text: Uint8Array, start: number): Uint8Array {
  const digits = Uint8Array.from(
    { length: 32 },
    (_, i) => text[start + i + (i < 8 ? 0 : i < 12 ? 1 : i < 16 ? 2 : i < 20 ? 3 : 4)] as number,
  );
  const bytes = new Uint8Array(18);
  decodeHex(digits, 0, 32, bytes, 0);
  return bytes.subarray(0, 16);
}

const joined = new DigitText();

/**
 * Finds what may be short bodies in a row that has an IV: cells of a few digits or bytes, strings of JSON documents, and whatever stands beside an
 * IV in its own cell. Puts them on the tape.
 */
export function addShortBodies(
  tape: SpanTape,
  row: number,
  cells: readonly CellRange[],
  ivs: readonly RowIv[],
): Span[] {
  const spans: Span[] = [];
  for (const cell of cells) {
    const { data, start, end, kind, column } = cell;
    const length = end - start;
    if (kind === 'bytes') {
      if (length > 0 && length < 17) {
        spans.push(tape.add({ row, column }, 'raw', data, start, end, 0, length, 0));
      }
      continue;
    }
    const ownIv = ivs.some(
      (iv) => iv.column === column && iv.encoding !== 'uuid' && iv.end - iv.start < length,
    );
    const opening = data[start];
    const document = opening === 0x7b || opening === 0x5b;
    if (length <= longestHex + 6) addBody(tape, row, cell, start, spans);
    if (length > longestDocument || !(ownIv || document)) continue;
    for (let at = start; at < end && spans.length < bodiesOfRow; at++) {
      if (((classOf[data[at] as number] as number) & digit) === 0) continue;
      // in other documents, whole strings only
      const begins = at > start && (ownIv || data[at - 1] === 0x22);
      at = begins ? addBody(tape, row, cell, at, spans, !ownIv) : afterDigits(data, at, end);
    }
  }
  return spans;
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
  spans: Span[],
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
  const range = [0, length, at - start, last - start, 0] as const;
  if ((all & (notHex | escapeSign)) === 0 && length % 2 === 0)
    spans.push(tape.add(place, 'hex', digits, ...range));
  if (length % 4 !== 1 && length <= longestBase64) spans.push(tape.add(place, 'base64', digits, ...range));
  return last;
}
