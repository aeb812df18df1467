import { type EncodingName, encodings } from '#forms/encodings';

/** A stretch of a text that decodes. */
export interface Run {
  readonly from: number;
  readonly to: number;
  readonly encoding: EncodingName;
  readonly bytes: Buffer;
}

/** Encodings in which a ciphertext may be written in a text. */
export const spanEncodings = [
  'base64',
  'base64url',
  'hex',
  'base32',
] as const satisfies readonly EncodingName[];

/** How stretches are searched for: base64 that is wrapped in lines apart from base64 in one, since a line of text may follow it, and apart from base64 that is escaped for a URL. */
export const stretchKinds = [...spanEncodings, 'base64-lines', 'base64percent'] as const;
export type StretchKind = (typeof stretchKinds)[number];

const patterns: Readonly<Record<StretchKind, RegExp>> = {
  base64: /[A-Za-z0-9+/]+={0,2}(?:\r?\n$)?/g,
  'base64-lines':
    /(?<![A-Za-z0-9+/])[A-Za-z0-9+/]{20,}(?:\r?\n[A-Za-z0-9+/]+)+(?:\r?\n(?==))?={0,2}(?:\r?\n$)?/g,
  base64percent: /(?:[A-Za-z0-9]|%2[bBfF])+(?:%3[dD]){0,2}/g,
  base64url: /[A-Za-z0-9_-]+={0,2}/g,
  // digits alone do not tell the case, and a word in the other case may stand right before a run
  hex: /(?=\d*[a-f])[\da-f]+|[\dA-F]+(?![\da-f])|[\dA-F]{16,}/g,
  base32: /(?=[2-7]*[A-Z])[A-Z2-7]+={0,6}|[a-z2-7]+(?![A-Z2-7])={0,6}/g,
};

/** Longest texts that are searched for runs; longer ones are content. */
const longestText = 1 << 17;

/** Where a text has characters of an encoding only, each stretch as long as it goes. Not all of them decode. */
export function stretches(text: string, kind: StretchKind): { from: number; to: number }[] {
  if (text.length > longestText) return [];
  return [...text.matchAll(patterns[kind])].map(({ 0: found, index }) => ({
    from: index,
    to: index + found.length,
  }));
}

/** The run at an exact place of a text; undefined where it does not decode. */
export function runAt(text: string, from: number, to: number, encoding: EncodingName): Run | undefined {
  const read = encodings[encoding].read(text.slice(from, to));
  return read && { from, to, encoding, bytes: read.bytes };
}

/** Heads that many stretches share may belong to the text around a ciphertext: how many characters to leave out, 0 first. */
export function sharedHeads(all: readonly string[]): number[] {
  // in order, those that share a head are next to each other
  const heads = all.map((one) => one.slice(0, Math.min(longestHead, one.length - 1))).sort(byCodeUnits);
  const enough = Math.max(2, Math.ceil(all.length / 5));
  let longest = 0;
  for (let last = enough - 1; last < heads.length; last++) {
    longest = Math.max(longest, sharedLength(heads[last - enough + 1] as string, heads[last] as string));
  }
  // what is shared by all ends where the ciphertext begins, give or take characters that agree by chance
  return [0, ...[...Array(headsTried).keys()].map((back) => longest - back).filter((length) => length > 0)];
}

function byCodeUnits(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}

function sharedLength(one: string, other: string): number {
  let length = 0;
  while (length < one.length && one[length] === other[length]) length++;
  return length;
}

const longestHead = 40;
const headsTried = 4;
