import type { OnWriting } from '#evidence/on-writing';
import { hexValue } from './digit-classes.ts';

/*
 * Bytes in pieces of sixteen, each written as a UUID: an array of them, or a text. One by itself is an id, and too short for a value; of several in a row, the digits are read as one run.
 */

const uuidLength = 36;
const noDigit = 255;
const dash = 0x2d;
/** Where a UUID has its dashes. */
const dashes: readonly number[] = [8, 13, 18, 23];
const digitsOfUuid = 32;
/** Signs between two, like `","`. */
const longestBetween = 4;

/** Finds UUIDs one after the other in `text[start … end)`, and hands on their digits. */
export function findUuidChunks(text: Uint8Array, start: number, end: number, found: OnWriting): void {
  if (nextUuid(text, start, end) < 0) return;
  let first = -1;
  let last = -1;
  let digits: number[] = [];
  const close = () => {
    if (digits.length > digitsOfUuid) found(Uint8Array.from(digits), first, last);
    digits = [];
  };
  for (let at = start; at + uuidLength <= end; ) {
    const next = nextUuid(text, at, end);
    if (next < 0) break;
    if (digits.length === 0 || next - last > longestBetween || !isBetween(text, last, next)) {
      close();
      first = next;
    }
    for (let i = next; i < next + uuidLength; i++) if (text[i] !== dash) digits.push(text[i] as number);
    last = next + uuidLength;
    at = last;
  }
  close();
}

/** Where the next UUID begins, or −1. */
function nextUuid(text: Uint8Array, from: number, end: number): number {
  // not `indexOf`, which would look on to the end of a buffer of many cells
  for (let at = from + 8; at + 28 <= end; at++) {
    if (text[at] === dash && text[at + 5] === dash && isUuid(text, at - 8)) return at - 8;
  }
  return -1;
}

function isUuid(text: Uint8Array, at: number): boolean {
  for (let i = 0; i < uuidLength; i++) {
    const byte = text[at + i] as number;
    if (dashes.includes(i) ? byte !== dash : hexValue[byte] === noDigit) return false;
  }
  return true;
}

/** Whether no letter or digit is between two places. */
function isBetween(text: Uint8Array, from: number, to: number): boolean {
  for (let i = from; i < to; i++) {
    const byte = text[i] as number;
    if ((byte >= 0x30 && byte <= 0x39) || (byte | 0x20) >= 0x61) return false;
  }
  return true;
}
