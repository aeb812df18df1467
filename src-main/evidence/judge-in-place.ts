import type { Layout } from '#forms/layout';
import { cleanAutomaton, cleanText, longestCounted } from './plaintexts/clean-text.ts';
import { judgeValue, provenBits, type ValueEvidence } from './plaintexts/value-evidence.ts';

const { next, start: fresh, dead } = cleanAutomaton;

/** Judges plaintexts where they lie, as `judgeValue` does; what it says of clean text depends on its length alone, and is kept. */
export class JudgeInPlace {
  readonly #layout: Layout;
  readonly #isPlain: boolean;
  readonly #byLength: ValueEvidence[] = [];

  constructor(layout: Layout) {
    this.#layout = layout;
    this.#isPlain = layout.padding === 'none' && !layout.innerBase64;
  }

  /** `start` is a multiple of four. `words` is `bytes` in 32-bit words. */
  judge(bytes: Uint8Array, words: Uint32Array, start: number, length: number): ValueEvidence {
    if (this.#isPlain && isCleanText(bytes, words, start, length)) {
      const counted = Math.min(length, longestCounted);
      const evidence = (this.#byLength[counted] ??= { verdict: 'proven', bits: cleanText.bits(counted) });
      if (evidence.bits >= provenBits) return evidence;
    }
    return judgeValue(this.#layout, bytes.subarray(start, start + length));
  }
}

/** `cleanText.accepts`, four bytes at a time as long as they are printable ASCII. */
export function isCleanText(bytes: Uint8Array, words: Uint32Array, start: number, length: number): boolean {
  const end = start + length;
  let at = start;
  for (let word = start >> 2; at + 4 <= end; word++, at += 4) {
    const four = words[word] as number;
    // a byte from 0x80 on, 0x7f, or below 0x20
    if (((four | (four + 0x01010101) | (four - 0x20202020)) & 0x80808080) !== 0) break;
  }
  let state: number = fresh;
  for (; at < end && state !== dead; at++) state = next[state * 256 + (bytes[at] as number)] as number;
  return state === fresh;
}
