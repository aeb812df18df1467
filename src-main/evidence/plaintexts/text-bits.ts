import {
  begin,
  cleanRate,
  cleanRatio,
  cleanWeightOf,
  dead,
  documentRatio,
  firstSpecialState,
  hexRatio,
  readable,
  tokenRatio,
  wideRatio,
} from './text-models.ts';

/*
 * How strongly a string of bytes looks like being a plaintext, and not the noise that a wrong key makes, as an e-value.
 *
 * For a probability P over strings of a length, fixed beforehand, E(x) = P(x) · 256ⁿ has mean 1 when x is uniform noise. So by Markov's inequality noise reaches
 * log2 E(x) ≥ b with a chance of at most 2^-b, whatever P is (V. Vovk and R. Wang, "E-values: calibration, combination, and applications", Annals of
 * Statistics 49, 2021; P. Grünwald and others, "Safe testing", 2024). A weighted mean of such values is one again, and so is the product over
 * independent noise: bits add up. P here is a mixture of five models of text, each perhaps followed by padding.
 */

/** Weights of the models; their sum is 1. */
const cleanWeight = 1 / 4;
const tokenWeight = 1 / 4;
const documentWeight = 1 / 4;
const hexWeight = 1 / 8;
const wideWeight = 1 / 8;

/** Weights of what follows the text: nothing; PKCS#7 of 1 to 16 bytes (RFC 5652, 6.3; one byte is what .NET's CFB8 adds); 1 to 15 zeros. */
const noPadding = 13 / 16;
const countPadding = 1 / 8 / 16;
const zeroPadding = 1 / 16 / 15;

/** Products of the models over what was read, with their weights. Scaled down when they grow large. */
const products = new Float64Array(5);
const largest = 2 ** 400;

export interface TextOptions {
  /** The bytes are a plaintext to its last byte, so that padding may be there. Else they are cut off. */
  readonly wholeText?: boolean;
  /** Not more than so many bytes are counted. */
  readonly limit?: number;
}

/** The evidence of `bytes[from … to)` in bits, or `-Infinity` if it is no readable text. The text may start within a character, and end in one. */
export function textBits(bytes: Uint8Array, from = 0, to = bytes.length, options: TextOptions = {}): number {
  const ratios: number[] = [];
  return textRatios(bytes, from, to, 16, ratios, options) ? log2OfProduct(ratios) : -Infinity;
}

/**
 * The evidence of each unit of `unit` bytes, into `ratios`: the predictive share P(unit | what is before it) · 256^unit. Each is evidence by itself where
 * the keystream of its unit is fresh, so that a caller leaves out units whose cipher input was seen before. False if it is no readable text.
 */
export function textRatios(
  bytes: Uint8Array,
  from: number,
  to: number,
  unit: number,
  ratios: number[],
  { wholeText = true, limit = Infinity }: TextOptions,
): boolean {
  const padding = wholeText ? paddingOf(bytes, from, to) : 0;
  const textEnd = to - padding;
  const counted = Math.min(to, from + limit);
  products[0] = cleanWeight;
  products[1] = tokenWeight;
  products[2] = documentWeight;
  products[3] = hexWeight;
  products[4] = wideWeight;
  let state = begin;
  let before = 1;
  for (let start = from; start < counted; start += unit) {
    const end = Math.min(start + unit, counted);
    let ratio = 1;
    if (start < textEnd) {
      state = readUnit(bytes, start, Math.min(end, textEnd), state);
      if (state === dead) return false;
      const sum = sumOfProducts();
      ratio = sum / before;
      before = sum;
      if (sum > largest) {
        for (let i = 0; i < products.length; i++) products[i] = (products[i] as number) / sum;
        before = 1;
      }
    }
    if (end > textEnd) ratio *= 256 ** (end - Math.max(start, textEnd));
    // the kind of padding is chosen where it starts
    if (padding > 0 && textEnd >= start && textEnd < end)
      ratio *= bytes[to - 1] === 0 ? zeroPadding : countPadding;
    else if (wholeText && padding === 0 && end === to) ratio *= noPadding;
    ratios.push(ratio);
  }
  return true;
}

/** log2 of a product that may be too large for a number. */
export function log2OfProduct(ratios: readonly number[]): number {
  let bits = 0;
  let product = 1;
  for (let i = 0; i < ratios.length; i++) {
    product *= ratios[i] as number;
    if (product < largest) continue;
    bits += Math.log2(product);
    product = 1;
  }
  return bits + Math.log2(product);
}

/** Length of the padding that ends `bytes[from … to)`: PKCS#7, else zeros, else 0. */
export function paddingOf(bytes: Uint8Array, from: number, to: number): number {
  if (to <= from) return 0;
  const last = bytes[to - 1] as number;
  if (last > 16) return 0;
  let count = 1;
  while (count < 16 && to - count > from && bytes[to - 1 - count] === last) count++;
  if (last === 0) return count < 16 ? count : 0;
  return count >= last ? last : 0;
}

/** Multiplies the products with the ratios of a unit's bytes; the state after it. */
function readUnit(bytes: Uint8Array, from: number, to: number, state: number): number {
  let clean = products[0] as number;
  let token = products[1] as number;
  let text = products[2] as number;
  let hex = products[3] as number;
  let wide = products[4] as number;
  let i = from;
  for (; i < to && state >= firstSpecialState; i++) {
    const byte = bytes[i] as number;
    const edge = (state << 8) | byte;
    clean *= cleanRatio[edge] as number;
    wide *= wideRatio[edge] as number;
    token *= tokenRatio[byte] as number;
    text *= documentRatio[byte] as number;
    hex *= hexRatio[byte] as number;
    state = readable[edge] as number;
    if (state === dead) return dead;
  }
  // most of most texts: clean UTF-8 depends on its ends only
  if (i < to) {
    clean *= cleanRateTo(to - i) / (cleanWeightOf[state] as number);
    wide = 0;
    for (; i < to; i++) {
      const byte = bytes[i] as number;
      token *= tokenRatio[byte] as number;
      text *= documentRatio[byte] as number;
      hex *= hexRatio[byte] as number;
      state = readable[(state << 8) | byte] as number;
      if (state === dead) return dead;
    }
    clean *= cleanWeightOf[state] as number;
  }
  products[0] = clean;
  products[1] = token;
  products[2] = text;
  products[3] = hex;
  products[4] = wide;
  return state;
}

/** Powers of `cleanRate`, which are asked for again and again. */
const powers = Float64Array.from({ length: 17 }, (_, exponent) => cleanRate ** exponent);

function cleanRateTo(exponent: number): number {
  return exponent < powers.length ? (powers[exponent] as number) : cleanRate ** exponent;
}

function sumOfProducts(): number {
  let sum = 0;
  for (let i = 0; i < products.length; i++) sum += products[i] as number;
  return sum;
}
