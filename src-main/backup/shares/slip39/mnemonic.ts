import { checksumOf } from './checksum.ts';
import type { CipherTerms } from './cipher.ts';

/** One share of a set (SLIP-0039, “Format of the share mnemonic”). Indices are counted from 0. */
export interface Slip39Share extends CipherTerms {
  readonly groupIndex: number;
  readonly groupThreshold: number;
  readonly groupCount: number;
  readonly memberIndex: number;
  readonly memberThreshold: number;
  /** A secret, and its owner's to wipe. */
  readonly value: Buffer;
}

/** Words of a mnemonic that are not its value: four of header, three of checksum. */
const headerWords = 4;
const checksumWords = 3;
const leastValueBits = 128;

/** The places of its words in the list, checksum included. A secret. */
export function encodeShare(share: Slip39Share): number[] {
  const { identifier, isExtendable, iterationExponent, value } = share;
  const name = (identifier << 5) | (Number(isExtendable) << 4) | iterationExponent;
  const place = [
    share.groupIndex,
    share.groupThreshold - 1,
    share.groupCount - 1,
    share.memberIndex,
    share.memberThreshold - 1,
  ].reduce((bits, nibble) => (bits << 4) | nibble, 0);
  const body = [name >> 10, name & 1023, place >> 10, place & 1023, ...wordsOf(value)];
  return [...body, ...checksumOf(body, isExtendable)];
}

/** What words say whose checksum is right; undefined where no tool writes a share like this: length, padding, more groups needed than there are. */
export function decodeShare(indices: readonly number[]): Slip39Share | undefined {
  const coded = indices.slice(headerWords, -checksumWords);
  const bits = 10 * coded.length;
  const padding = bits % 16;
  if (bits - padding < leastValueBits || padding > 8) return undefined;
  if ((coded[0] as number) >> (10 - padding) !== 0) return undefined;
  const [first, second, third, fourth] = indices as [number, number, number, number];
  const name = (first << 10) | second;
  const place = (third << 10) | fourth;
  const nibble = (shift: number) => (place >> shift) & 15;
  const groupThreshold = nibble(12) + 1;
  const groupCount = nibble(8) + 1;
  if (groupThreshold > groupCount) return undefined;
  return {
    identifier: name >> 5,
    isExtendable: ((name >> 4) & 1) === 1,
    iterationExponent: name & 15,
    groupIndex: nibble(16),
    groupThreshold,
    groupCount,
    memberIndex: nibble(4),
    memberThreshold: nibble(0) + 1,
    value: valueOf(coded, padding),
  };
}

/** The value as a number of base 1024: zero bits precede it, as many as fill its words. */
function wordsOf(value: Uint8Array): number[] {
  const words: number[] = [];
  let bits = 10 * Math.ceil((8 * value.length) / 10) - 8 * value.length;
  let rest = 0;
  for (const byte of value) {
    rest = (rest << 8) | byte;
    bits += 8;
    if (bits < 10) continue;
    bits -= 10;
    words.push(rest >> bits);
    rest &= (1 << bits) - 1;
  }
  return words;
}

function valueOf(words: readonly number[], padding: number): Buffer {
  const value = Buffer.alloc((10 * words.length - padding) / 8);
  let bits = -padding;
  let rest = 0;
  let length = 0;
  for (const word of words) {
    rest = (rest << 10) | word;
    bits += 10;
    while (bits >= 8) {
      bits -= 8;
      value[length++] = rest >> bits;
      rest &= (1 << bits) - 1;
    }
  }
  return value;
}
