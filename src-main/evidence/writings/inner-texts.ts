import type { InnerText } from './inner-text.ts';
import { findOtherWritings } from './other-writings.ts';
import { unpacked, unpackerOf } from './packed-bytes.ts';
import { copyBits, type Span, type SpanTape } from '#evidence/scan/span-tape';

/** How deep writings within writings are followed. */
const deepest = 6;
/** Bytes of all that is looked through of a cell, for each of its own and of what it unpacks to, and beside these. */
const bytesForEach = 16;
const bytesBeside = 1 << 16;
/** 17 bytes in base64. */
const shortestInner = 23;
const windowLength = 12;

/** The texts and bytes that the cell at hand holds within other writings, and within those. */
export class InnerTexts {
  #found: InnerText[] = [];
  #depth = 0;
  /** Bytes that may still be looked through. */
  #left = 0;
  #cut = false;
  /** Hashes of the texts of the cell: escapes that are undone in another order give the same one. */
  readonly #known = new Set<number>();

  /** Looks for other writings than runs of digits in a cell, or in a text within it. `part`: where that is in the cell. */
  read(text: Uint8Array, from: number, to: number, kind: 'text' | 'bytes', part?: InnerText): void {
    const written = kind === 'bytes' && isAscii(text.subarray(from, to)) ? 'text' : kind;
    findOtherWritings(text, from, to, written, (bytes, start, end) =>
      this.#add(bytes, part ?? { start: start - from, end: end - from }),
    );
    if (kind === 'bytes') this.#addPacked(text.subarray(from, to), part ?? { start: 0, end: to - from });
  }

  /** Begins a cell of so many bytes. */
  begin(length: number): void {
    this.#depth = 0;
    this.#left = bytesBeside + bytesForEach * length;
    this.#cut = false;
    // which makes a new table each time
    if (this.#known.size > 0) this.#known.clear();
  }

  /** Whether the cell holds more than was looked through: too deep within other writings, or too much. */
  get isCut(): boolean {
    return this.#cut;
  }

  /** Enters what a run decodes to, if that is a text or packed. */
  addDecoded(tape: SpanTape, span: Span, part: { readonly start: number; readonly end: number }): void {
    const { bytes } = tape;
    const { offset, length } = span;
    if (length < shortestInner) return;
    if (mayBePacked(bytes[offset] as number)) this.#addPacked(bytes.subarray(offset, offset + length), part);
    const shift = textShift(bytes, span);
    if (shift === undefined) {
      // a layer further in its two bytes a character become one
      if (isWideAnywhere(bytes, span)) this.#add(bytes.slice(offset, offset + length), part);
      return;
    }
    const text = new Uint8Array((span.bits - shift) >> 3);
    copyBits(bytes, offset, shift, text, 0, text.length);
    this.#add(text, part);
  }

  /** The texts one layer further in; each may have some within. Undefined where there is nothing, and a cell ends. */
  next(): InnerText[] | undefined {
    const found = this.#found;
    if (found.length > 0) this.#found = [];
    if (found.length > 0 && this.#depth++ < deepest) return found;
    this.#cut ||= found.length > 0;
    return undefined;
  }

  #addPacked(bytes: Uint8Array, part: { readonly start: number; readonly end: number }): void {
    const inside = unpackerOf(bytes) && unpacked(bytes);
    if (inside === 'large') this.#cut = true;
    if (!inside || inside === 'large') return;
    this.#left += bytesForEach * inside.length;
    this.#add(inside, part);
  }

  #add(bytes: Uint8Array, { start, end }: { readonly start: number; readonly end: number }): void {
    const hash = hashOf(bytes);
    if (this.#known.has(hash)) return;
    if (bytes.length > this.#left) {
      this.#cut = true;
      return;
    }
    this.#known.add(hash);
    this.#left -= bytes.length;
    this.#found.push({
      bytes,
      from: 0,
      to: bytes.length,
      kind: isAscii(bytes) ? 'text' : 'bytes',
      start,
      end,
    });
  }
}

function hashOf(bytes: Uint8Array): number {
  let hash = bytes.length;
  for (const byte of bytes) hash = Math.imul(hash ^ byte, 0x01000193);
  return hash;
}

function mayBePacked(first: number): boolean {
  return first === 0x1f || first === 0x28 || (first & 0x8f) === 8;
}

/** Bits before the text that a run decodes to, as the windows at its ends and in its middle show it; undefined where that is no text. */
function textShift(bytes: Uint8Array, { offset, length, encoding }: Span): number | undefined {
  if (encoding === 'raw') return undefined;
  const last = length - windowLength - 2;
  const step = encoding === 'base64' ? 6 : encoding === 'hex' ? 4 : 5;
  for (let shift = 0; shift < (encoding === 'hex' ? 8 : step * 4); shift += step) {
    if (
      readsAsText(bytes, offset, shift) ||
      readsAsText(bytes, offset + (last >> 1), shift) ||
      readsAsText(bytes, offset + last, shift)
    )
      return shift;
  }
  return undefined;
}

/** Whether the windows at its ends or in its middle are ASCII in two bytes a character (UTF-16), whichever comes first. */
function isWideAnywhere(bytes: Uint8Array, { offset, length, encoding }: Span): boolean {
  if (encoding === 'raw') return false;
  return (
    readsAsWide(bytes, offset) ||
    readsAsWide(bytes, offset + (length >> 1)) ||
    readsAsWide(bytes, offset + length - windowLength)
  );
}

function readsAsWide(bytes: Uint8Array, at: number): boolean {
  const zero = bytes[at] === 0 ? 0 : 1;
  for (let i = 0; i < windowLength; i++) {
    const byte = bytes[at + i] as number;
    if ((i & 1) === zero ? byte !== 0 : byte < 9 || byte > 0x7e) return false;
  }
  return true;
}

function readsAsText(bytes: Uint8Array, at: number, shift: number): boolean {
  const from = at + (shift >> 3);
  const bit = shift & 7;
  for (let i = from; i < from + windowLength; i++) {
    const byte = (((bytes[i] as number) << bit) | ((bytes[i + 1] as number) >> (8 - bit))) & 0xff;
    if ((byte < 0x20 && byte !== 9 && byte !== 10 && byte !== 13) || byte > 0x7e) return false;
  }
  return true;
}

function isAscii(bytes: Uint8Array): boolean {
  for (const byte of bytes)
    if (byte > 0x7e || (byte < 0x20 && byte !== 9 && byte !== 10 && byte !== 13)) return false;
  return true;
}
