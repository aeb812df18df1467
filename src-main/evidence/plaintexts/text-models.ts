import { cleanAutomaton } from './clean-text.ts';

/*
 * What decrypted secrets look like, as probabilities of the next byte. A table holds P(byte) · 256: how many times likelier the byte
 * is in such a text than in noise. For any P the product over a string is an e-value (see text-bits.ts), so the shares
 * below need not be right for the bound to hold; they only decide how much evidence a text gives.
 */

/** States of `readable`, the automaton that reads along: those of clean text and these. `dead` is none of them. */
const cleanStates = cleanAutomaton.states;
const tail1 = cleanStates;
const tail2 = cleanStates + 1;
const tail3 = cleanStates + 2;
const oneCharacter = cleanStates + 3;
const lowByte = cleanStates + 4;
const highByte = cleanStates + 5;

/** Where a text starts, perhaps in the middle of a character: a block of CFB can start anywhere. */
export const begin = cleanStates + 6;
export const dead = 31;
const stateCount = 32;

/** How often a text is thought to start in the middle of a character. */
const cutShare = 1 / 32;

/**
 * The state after `byte` is `readable[state << 8 | byte]`. It takes the beginning of any clean text, perhaps cut in a character on either
 * side, and of ASCII written as UTF-16LE, which .NET calls Unicode.
 */
export const readable = readableTable();

/** Whether a text may start with two bytes, a bit each, at `second << 8 | first`: a test that fits into the fastest cache. */
export const readablePairs = pairsOf([begin]);
/** The same of two bytes anywhere in a text. */
export const laterPairs = pairsOf(Array.from({ length: stateCount }, (_, state) => state));

/** From here on states are those of texts in UTF-16LE, and of the beginning of a text; below, those of clean UTF-8. */
export const firstSpecialState = cleanStates;

const cleanWalk = parryWalk();
/** P(byte | state) · 256 of clean UTF-8, for each state of `readable`. */
export const cleanRatio = cleanRatios();
/** The product of n of these ratios along states of clean UTF-8, from state s to state t, is `cleanRate ** n * cleanWeightOf[t] / cleanWeightOf[s]`. */
export const cleanRate = 256 / cleanWalk.eigenvalue;
export const cleanWeightOf = cleanWalk.vector;
/** The same of ASCII as UTF-16LE. */
export const wideRatio = wideRatios();

const digits = '0123456789';
const lower = 'abcdefghijklmnopqrstuvwxyz';
const upper = lower.toUpperCase();

/** Tokens: letters and digits alike, and what base64, base64url and JWTs have besides. */
export const tokenRatio = shares([
  [digits + lower + upper, 0.97],
  ['._~+/=-', 0.03],
]);

/** Hexadecimal digits, and the dash of UUIDs. */
export const hexRatio = shares([
  [`${digits}abcdef`, 0.95],
  ['-', 0.04],
  ['ABCDEF', 0.01],
]);

/**
 * JSON, URLs and English by single characters. Letters in the order of English (etaoin shrdlu), in steps of four; punctuation as counted
 * in connection documents. A byte beyond ASCII costs 8 bits, so that one accent does not spoil a text.
 */
export const documentRatio = shares([
  ['etao', 0.24],
  ['insr', 0.2],
  ['hldc', 0.1],
  ['umpf', 0.06],
  ['gwyb', 0.045],
  ['vkxjqz', 0.02],
  [upper, 0.035],
  [digits, 0.09],
  [' ', 0.045],
  ['"', 0.07],
  [':,', 0.035],
  ['{}[]', 0.01],
  ['_.-/', 0.036],
  ['\n\t\r', 0.005],
  ["!#$%&'()*+;<=>?@\\^`|~", 0.0085],
  [String.fromCharCode(...Array.from({ length: 128 }, (_, i) => 128 + i)), 0.0005],
]);

/** Shares of the probability, spread evenly over the bytes of each group. What is in no group cannot occur. */
function shares(groups: readonly (readonly [bytes: string, share: number])[]): Float64Array {
  const ratios = new Float64Array(256);
  for (const [bytes, share] of groups) {
    for (const character of bytes) ratios[character.charCodeAt(0)] = (256 * share) / bytes.length;
  }
  return ratios;
}

function isCleanAscii(byte: number): boolean {
  return byte < 0x80 && cleanAutomaton.next[cleanAutomaton.start * 256 + byte] === cleanAutomaton.start;
}

function readableTable(): Uint8Array {
  const table = new Uint8Array(stateCount * 256).fill(dead);
  const { next, start } = cleanAutomaton;
  for (let byte = 0; byte < 256; byte++) {
    for (let state = 0; state < cleanStates; state++) {
      const to = next[state * 256 + byte] as number;
      table[state * 256 + byte] = to === cleanAutomaton.dead ? dead : to;
    }
    const fromStart = table[start * 256 + byte] as number;
    const isTail = byte >= 0x80 && byte <= 0xbf;
    const ascii = isCleanAscii(byte);
    table[begin * 256 + byte] = isTail ? tail1 : ascii ? oneCharacter : byte === 0 ? lowByte : fromStart;
    table[tail1 * 256 + byte] = isTail ? tail2 : fromStart;
    table[tail2 * 256 + byte] = isTail ? tail3 : fromStart;
    table[tail3 * 256 + byte] = fromStart;
    table[oneCharacter * 256 + byte] = byte === 0 ? lowByte : fromStart;
    if (ascii) table[lowByte * 256 + byte] = highByte;
    if (byte === 0) table[highByte * 256 + byte] = lowByte;
  }
  return table;
}

function pairsOf(states: readonly number[]): Uint32Array {
  const pairs = new Uint32Array(65_536 >> 5);
  for (const state of states) {
    for (let first = 0; first < 256; first++) {
      const then = readable[(state << 8) | first] as number;
      for (let second = 0; second < 256; second++) {
        if (readable[(then << 8) | second] === dead) continue;
        const pair = (second << 8) | first;
        pairs[pair >> 5] = (pairs[pair >> 5] as number) | (1 << (pair & 31));
      }
    }
  }
  return pairs;
}

/**
 * The walk over the automaton of clean text that makes all texts of a length about equally likely (W. Parry, "Intrinsic Markov chains", 1964): with λ the
 * largest eigenvalue of its counts and v the eigenvector, P(byte | s) = v(next) / (λ · v(s)). Every clean text then gives log2(256 / λ) bits a byte.
 */
function parryWalk() {
  const { next, start } = cleanAutomaton;
  let vector = new Float64Array(cleanStates).fill(1);
  let eigenvalue = 1;
  for (let round = 0; round < 60; round++) {
    const product = new Float64Array(cleanStates);
    for (let state = 0; state < cleanStates; state++) {
      for (let byte = 0; byte < 256; byte++) {
        const to = next[state * 256 + byte] as number;
        if (to !== cleanAutomaton.dead) product[state] = (product[state] as number) + (vector[to] as number);
      }
    }
    eigenvalue = product[start] as number;
    vector = product.map((value) => value / eigenvalue);
  }
  return { vector, eigenvalue };
}

function cleanRatios(): Float64Array {
  const { next, start } = cleanAutomaton;
  const { vector, eigenvalue } = cleanWalk;
  const ratios = new Float64Array(stateCount * 256);
  for (let byte = 0; byte < 256; byte++) {
    for (let state = 0; state < cleanStates; state++) {
      const to = next[state * 256 + byte] as number;
      if (to === cleanAutomaton.dead) continue;
      ratios[state * 256 + byte] = (256 * (vector[to] as number)) / (eigenvalue * (vector[state] as number));
    }
    const whole = ratios[start * 256 + byte] as number;
    const isTail = byte >= 0x80 && byte <= 0xbf;
    ratios[begin * 256 + byte] = isTail ? 4 * cutShare : whole * (1 - cutShare);
    ratios[tail1 * 256 + byte] = isTail ? 4 / 2 : whole / 2;
    ratios[tail2 * 256 + byte] = isTail ? 4 / 2 : whole / 2;
    ratios[tail3 * 256 + byte] = whole;
    ratios[oneCharacter * 256 + byte] = whole;
  }
  return ratios;
}

function wideRatios(): Float64Array {
  const ratios = new Float64Array(stateCount * 256);
  const characters = Array.from({ length: 128 }, (_, byte) => byte).filter(isCleanAscii);
  for (const byte of characters) {
    ratios[begin * 256 + byte] = (256 * 0.95) / characters.length;
    ratios[lowByte * 256 + byte] = 256 / characters.length;
  }
  ratios[begin * 256] = 256 * 0.05;
  ratios[oneCharacter * 256] = 256;
  ratios[highByte * 256] = 256;
  return ratios;
}
