/*
 * Text in UTF-16LE, which .NET calls Unicode, as an e-value (see text-bits.ts): for a probability P over the units of a text, fixed beforehand, noise reaches
 * −log2 (P · 65536ⁿ) ≥ b bits with a chance of at most 2^-b. Nearly any two bytes are some character, so what tells is that a text keeps to one script. It
 * must so throughout: a block of noise before a text, as a wrong IV makes it, is no part of it, however long the text.
 */

/** Units of a script: how many there are, and which. */
interface Script {
  readonly units: number;
  readonly holds: (unit: number) => boolean;
  /** How often they occur in a text. */
  readonly share: number;
}

const between = (from: number, to: number) => (unit: number) => unit >= from && unit <= to;
const kana = between(0x3000, 0x30ff);
const ideographs = between(0x4e00, 0x9fff);
const syllables = between(0xac00, 0xd7a3);

/** Scripts of more characters than a block has. */
const largeScripts: readonly Script[] = [
  { units: 0x100 + 0x5200, holds: (unit) => kana(unit) || ideographs(unit), share: 0.85 },
  { units: 0x100 + 11_172, holds: (unit) => kana(unit) || syllables(unit), share: 0.85 },
];

/** Latin-1 without control characters. */
const latinUnits = 3 + 95 + 96;
/** Dashes, quotation marks and currency signs, U+2000 … U+20FF. */
const marksShare = 0.02;
const pairShare = 0.01;
/** High surrogates of emoji, U+1F000 … U+1FBFF, each before any of 1024 low ones. */
const isEmoji = between(0xd83c, 0xd83e);
/** A text has letters of two blocks of 256 at most, besides Latin-1: Vietnamese has. Those with letters begin below this. */
const blocksOfLetters = 0x20;
const maxBlocks = 2;

/** The evidence in bits that all of `bytes` is text in UTF-16LE and not noise; `-Infinity` if it is no such text. */
export function wideTextBits(bytes: Uint8Array): number {
  if (bytes.length === 0 || bytes.length % 2 !== 0) return -Infinity;
  const readings = [undefined, ...largeScripts].map((script) => bitsBy(bytes, script));
  // a mean of e-values is one
  return Math.max(...readings) - Math.log2(readings.length);
}

function bitsBy(bytes: Uint8Array, script: Script | undefined): number {
  const latinShare = script ? 0.1 : 0.6;
  const blockShare = 1 - latinShare - marksShare - pairShare - (script?.share ?? 0);
  const blocks: number[] = [];
  let bits = 0;
  // a byte order mark may stand first
  for (let i = bytes[0] === 0xff && bytes[1] === 0xfe ? 2 : 0; i < bytes.length; i += 2) {
    const high = bytes[i + 1] as number;
    const unit = (high << 8) | (bytes[i] as number);
    if (isControl(unit)) return -Infinity;
    if (high === 0) bits += ratio(latinShare, latinUnits);
    else if (high === 0x20) bits += ratio(marksShare, 256);
    else if (script?.holds(unit)) bits += ratio(script.share, script.units);
    else if (isEmoji(unit)) {
      const low = (bytes[i + 3] ?? 0) >> 2;
      if (low !== 0xdc >> 2) return -Infinity;
      bits += ratio(pairShare, 3) + ratio(1, 1024);
      i += 2;
    } else {
      if (high >= blocksOfLetters) return -Infinity;
      if (!blocks.includes(high)) {
        if (script || blocks.push(high) > maxBlocks) return -Infinity;
        bits -= Math.log2(blocksOfLetters);
      }
      bits += ratio(blockShare, maxBlocks * 256);
    }
  }
  return bits;
}

function ratio(share: number, units: number): number {
  return Math.log2((share * 65_536) / units);
}

function isControl(unit: number): boolean {
  const isBreak = unit === 0x09 || unit === 0x0a || unit === 0x0d;
  return (unit < 0x20 && !isBreak) || (unit >= 0x7f && unit <= 0x9f);
}
