/**
 * Clean text: well-formed UTF-8 (Unicode 16, table 3-7) without control characters (category Cc) other than tab, line
 * feed and carriage return. One automaton both checks values and counts how many byte strings pass, so the
 * chance that noise is mistaken for text is exact.
 */
type Edge = readonly [from: number, low: number, high: number, to: number];

const start = 0;
const lastOfAny = 1;
const lastAfterC2 = 2;
const secondAfterE0 = 3;
const twoMore = 4;
const secondAfterED = 5;
const secondAfterF0 = 6;
const threeMore = 7;
const secondAfterF4 = 8;
const stateCount = 9;
const dead = 15;

const multibyteEdges: readonly Edge[] = [
  [start, 0xc3, 0xdf, lastOfAny],
  [start, 0xe0, 0xe0, secondAfterE0],
  [start, 0xe1, 0xec, twoMore],
  [start, 0xed, 0xed, secondAfterED],
  [start, 0xee, 0xef, twoMore],
  [start, 0xf0, 0xf0, secondAfterF0],
  [start, 0xf1, 0xf3, threeMore],
  [start, 0xf4, 0xf4, secondAfterF4],
  [lastOfAny, 0x80, 0xbf, start],
  [secondAfterE0, 0xa0, 0xbf, lastOfAny],
  [twoMore, 0x80, 0xbf, lastOfAny],
  [secondAfterED, 0x80, 0x9f, lastOfAny],
  [secondAfterF0, 0x90, 0xbf, twoMore],
  [threeMore, 0x80, 0xbf, twoMore],
  [secondAfterF4, 0x80, 0x8f, twoMore],
];

const cleanEdges: readonly Edge[] = [
  [start, 0x09, 0x0a, start],
  [start, 0x0d, 0x0d, start],
  [start, 0x20, 0x7e, start],
  // U+0080 … U+009F are control characters, so C2 must be followed by A0 … BF
  [start, 0xc2, 0xc2, lastAfterC2],
  [lastAfterC2, 0xa0, 0xbf, start],
  ...multibyteEdges,
];

const anyTextEdges: readonly Edge[] = [
  [start, 0x00, 0x7f, start],
  [start, 0xc2, 0xc2, lastOfAny],
  ...multibyteEdges,
];

/** A set of byte strings with its exact density among all strings of a length. */
export interface TextClass {
  accepts(bytes: Uint8Array): boolean;
  /** −log2 of the chance that `length` random bytes are accepted; never less than 0. */
  bits(length: number): number;
}

export const cleanText: TextClass = textClass(cleanEdges);
/** Any well-formed UTF-8, control characters included: weaker evidence, for long values with an odd character. */
export const anyText: TextClass = textClass(anyTextEdges);

/** Clean text as an automaton, for those who read along: the state after `byte` is `next[state * 256 + byte]`. */
export const cleanAutomaton = { next: tableOf(cleanEdges), start, states: stateCount, dead } as const;

function tableOf(edges: readonly Edge[]): Uint8Array {
  const table = new Uint8Array(16 * 256).fill(dead);
  for (const [from, low, high, to] of edges) table.fill(to, from * 256 + low, from * 256 + high + 1);
  return table;
}

function textClass(edges: readonly Edge[]): TextClass {
  const table = tableOf(edges);
  return {
    accepts(bytes) {
      let state = start;
      for (let i = 0; i < bytes.length; i++) state = table[state * 256 + (bytes[i] as number)] as number;
      return state === start;
    },
    bits: countBits(edges),
  };
}

/** Longer values count as this long: enough to settle anything, and the table stays small. */
export const longestCounted = 4096;

function countBits(edges: readonly Edge[]): (length: number) => number {
  const bits = [0];
  // share[s]: the chance to be in state s after the bytes so far, scaled to sum 1; `lost` is the log2 of the scale
  let share = new Float64Array(stateCount);
  share[start] = 1;
  let lost = 0;
  return (length) => {
    const wanted = Math.min(length, longestCounted);
    while (bits.length <= wanted) {
      const next = new Float64Array(stateCount);
      for (const [from, low, high, to] of edges) {
        next[to] = (next[to] as number) + ((share[from] as number) * (high - low + 1)) / 256;
      }
      const sum = next.reduce((a, b) => a + b);
      lost -= Math.log2(sum);
      share = next.map((value) => value / sum);
      bits.push(lost - Math.log2(share[start] as number));
    }
    return bits[wanted] as number;
  };
}
