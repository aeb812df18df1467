import { wordsOf } from '#crypto/aes-ecb';
import { readsAsText, type Segment } from './proven-region.ts';
import type { Span, SpanTape, Stream } from './span-tape.ts';
import { shiftedWord, wordAt, wordsPerInput, writeInputs } from './stream-words.ts';
import { begin, dead, laterPairs, readable, readablePairs } from '#evidence/plaintexts/text-models';

/*
 * Sixteen neighbouring places of a stream of ciphertext are one group: with the 16 bytes at each as cipher input, the keystream tells both
 * whether a block of CFB128 follows at any alignment, and whether CFB8 goes on over the next 16 bytes, since both modes feed back the 16 bytes before.
 */
const places = 16;
/** Bytes of a group: the inputs of its places and the block after the last one. */
const groupBytes = 48;
/** The words that start at each of its bytes: those of the inputs, and the first two of each block after. */
const groupWords = 36;
/** Few enough for inputs and keystream to stay in the fastest caches. */
const groupsPerCall = 64;
/** What a group and the 16 bytes after its last block take up. */
const endLength = 63;
/**
 * A block that is cut off by the end of the stream is examined from this many bytes on, if its place is not
 * known beforehand: noise reads as text once in 2¹⁴.
 */
const shortestCut = 12;

/** Bytes of CFB8 that have to read as text: noise does once in 2¹³. */
const shortestStretch = 12;

/** A place where something readable starts. `at`: offset in the stream. */
export interface Finding {
  readonly stream: Stream;
  readonly at: number;
  readonly segment: Segment;
}

/** Collects groups, and tries keys on them in few calls of the cipher. */
export class CipherWindows {
  readonly #tape: SpanTape;
  /**
   * Parallel lists: the groups that were added, and those of them that were collected last. An object per
   * group would double the work.
   */
  readonly #spans: Span[] = [];
  readonly #bases: number[] = [];
  readonly #choices: number[] = [];
  readonly #places: number[] = [];
  readonly #counts: number[] = [];
  #count = 0;
  #next = 0;
  readonly #gathered = new Int32Array(groupsPerCall);
  #gatheredCount = 0;
  readonly #bytes = new Uint8Array(groupsPerCall * groupBytes);
  readonly #byteWords = wordsOf(this.#bytes);
  readonly #inputs = new Uint32Array(groupsPerCall * places * wordsPerInput);
  readonly #words = new Uint32Array(groupsPerCall * groupWords);

  constructor(tape: SpanTape) {
    this.#tape = tape;
  }

  get waiting(): number {
    return this.#count - this.#next;
  }

  /**
   * Adds the group of `count` places from `place` on in a stream of a span, as far as it reaches. `choices`:
   * as in a `Stream`.
   */
  add(span: Span, base: number, choices: number, place: number, count = places): void {
    const shortest = choices > 0 && place === 0 ? 1 : shortestCut;
    const last = lengthFrom(span, base) - 16 - shortest;
    if (place > last) return;
    const group = this.#count++;
    this.#spans[group] = span;
    this.#bases[group] = base;
    this.#choices[group] = choices;
    this.#places[group] = place;
    this.#counts[group] = Math.min(count, last - place + 1);
  }

  /**
   * Adds a group every `stride` bytes from `from` on, and the one whose blocks end 16 bytes before the stream
   * does, because an IV or a tag may be there.
   */
  addSpread(span: Span, base: number, choices: number, from: number, stride: number): void {
    const last = lengthFrom(span, base) - endLength;
    for (let place = from; place < last; place += stride) this.add(span, base, choices, place);
    if (last >= from) this.add(span, base, choices, last);
    else {
      // too short for that
      this.add(span, base, choices, from);
      this.add(span, base, choices, from + places);
    }
  }

  /** Adds nearly all places of a span from `from` on, up to its very end. */
  addAll(span: Span, from: number): void {
    const { length } = span;
    let place = from;
    for (; place < length - 47 || place === from; place += places) this.add(span, 0, 1, place);
    // what no group includes: the last bytes of CFB8
    this.add(span, 0, 1, Math.max(place, length - 32));
  }

  /** Collects the next groups, up to 64: `findings` reports what keys make of them, until the next call. */
  gather(): void {
    this.#gatheredCount = 0;
    while (this.#gatheredCount < groupsPerCall && this.waiting > 0) {
      const group = this.#next++;
      if (this.#gatherOne(group, this.#gatheredCount)) this.#gathered[this.#gatheredCount++] = group;
    }
  }

  /** Clears the groups, once `waiting` is 0. The lists keep their capacity. */
  clear(): void {
    this.#count = 0;
    this.#next = 0;
    this.#gatheredCount = 0;
  }

  /** What the groups collected last show with a key. */
  findings(encrypt: (blocks: Uint8Array) => Uint8Array): Finding[] {
    const inputs = new Uint8Array(this.#inputs.buffer, 0, this.#gatheredCount * places * 16);
    const keystream = encrypt(inputs);
    const keyWords = wordsOf(keystream);
    const words = this.#words;
    const findings: Finding[] = [];
    for (let i = 0; i < this.#gatheredCount; i++) {
      const group = this.#gathered[i] as number;
      const place = this.#places[group] as number;
      const count = this.#counts[group] as number;
      const left = lengthFrom(this.#spans[group] as Span, this.#bases[group] as number) - place - 16;
      const known = place === 0 && (this.#choices[group] as number) > 0;
      if (known && this.#readsAsBlock(left, i, 0, keystream)) {
        findings.push({ stream: this.#streamOf(group), at: 16, segment: 'cfb128' });
      }
      let word = i * groupWords + 16;
      let keyWord = i * places * wordsPerInput;
      const past = word + Math.min(count, left - shortestCut + 1);
      if (known) {
        word++;
        keyWord += wordsPerInput;
      }
      for (; word < past; word++, keyWord += wordsPerInput) {
        const first = (words[word] as number) ^ (keyWords[keyWord] as number);
        if (!startsAsText(first)) continue;
        if (!goesOnAsText((words[word + 4] as number) ^ (keyWords[keyWord + 1] as number))) continue;
        const p = word - i * groupWords - 16;
        if (!this.#readsAsBlock(left - p, i, p, keystream)) continue;
        findings.push({ stream: this.#streamOf(group), at: place + p + 16, segment: 'cfb128' });
      }
      const stretch = this.#readsByBytes(left, known, i, keystream);
      if (stretch >= 0)
        findings.push({ stream: this.#streamOf(group), at: place + stretch + 16, segment: 'cfb8' });
    }
    keystream.fill(0);
    return findings;
  }

  #streamOf(group: number): Stream {
    const span = this.#spans[group] as Span;
    const base = this.#bases[group] as number;
    return { span, base, length: lengthFrom(span, base), choices: this.#choices[group] as number };
  }

  /** `p`: place within the group. `left`: bytes of the stream after the 16 at it. */
  #readsAsBlock(left: number, index: number, p: number, keystream: Uint8Array): boolean {
    const from = (index * places + p) * 16;
    const at = index * groupBytes + p + 16;
    return readsAsText(this.#bytes, at, keystream, from, Math.min(16, left), left <= 16);
  }

  /** Where in the group CFB8 reads as text for long enough, or -1. */
  #readsByBytes(left: number, known: boolean, index: number, keystream: Uint8Array): number {
    if (left < places) return known && this.#stretchByBytes(index, 0, left, keystream, true) ? 0 : -1;
    // bytes before or after the text may take up a little of the group
    if (this.#stretchByBytes(index, 0, shortestStretch, keystream, left === places)) return 0;
    const second = places - shortestStretch;
    return this.#stretchByBytes(index, second, places, keystream, left === places) ? second : -1;
  }

  #stretchByBytes(index: number, from: number, to: number, keystream: Uint8Array, last: boolean): boolean {
    const start = index * groupBytes + 16;
    const key = index * places * 16;
    let state = begin;
    for (let p = from; p < to; p++) {
      const byte = (this.#bytes[start + p] as number) ^ (keystream[key + 16 * p] as number);
      state = readable[(state << 8) | byte] as number;
      if (state !== dead) continue;
      // padding: one byte, or the fill of a block
      if (byte > 16 || !last) return false;
      for (let q = p + 1; q < to; q++) {
        if (((this.#bytes[start + q] as number) ^ (keystream[key + 16 * q] as number)) !== byte) return false;
      }
      return byte === 0 || to - p <= byte;
    }
    return true;
  }

  /** Copies a group's bytes from the tape, and the words that start at each. The tape has room to spare after its last span. */
  #copy(from: number, shift: number, index: number): void {
    const tape = this.#tape.words;
    const byteWords = this.#byteWords;
    const words = this.#words;
    let at = index * groupWords;
    const end = at + groupWords;
    let next = wordAt(tape, from + 4);
    let word = shiftedWord(wordAt(tape, from), next, shift);
    for (let i = 0; i < groupBytes / 4; i++) {
      const here = next;
      next = wordAt(tape, from + 4 * i + 8);
      const after = shiftedWord(here, next, shift);
      byteWords[(index * groupBytes) / 4 + i] = word;
      if (at < end) {
        words[at] = word;
        words[at + 1] = (word >>> 8) | (after << 24);
        words[at + 2] = (word >>> 16) | (after << 16);
        words[at + 3] = (word >>> 24) | (after << 8);
        at += 4;
      }
      word = after;
    }
  }

  /** False if bytes repeat, as in zeros: no ciphertext does that, and equal inputs would not be evidence. */
  #gatherOne(group: number, index: number): boolean {
    const words = this.#words;
    const word = index * groupWords;
    const { offset } = this.#spans[group] as Span;
    const bit = (this.#bases[group] as number) + 8 * (this.#places[group] as number);
    this.#copy(offset + (bit >> 3), bit & 7, index);
    const first = words[word] as number;
    for (let period = 1; period <= 16; period++) {
      if (first === words[word + period] && words[word + 4] === words[word + period + 4]) return false;
    }
    writeInputs(words, word, places, this.#inputs, index * places * wordsPerInput);
    return true;
  }
}

/**
 * Whether the four bytes of a word, little-endian, may be the beginning of a text: every text passes, and one
 * in eleven of noise.
 */
function startsAsText(word: number): boolean {
  const first = word & 0xffff;
  const second = word >>> 16;
  return (
    (((readablePairs[first >> 5] as number) >>> (first & 31)) &
      ((laterPairs[second >> 5] as number) >>> (second & 31)) &
      1) !==
    0
  );
}

/** The same for four bytes within a text. */
function goesOnAsText(word: number): boolean {
  const first = word & 0xffff;
  const second = word >>> 16;
  return (
    (((laterPairs[first >> 5] as number) >>> (first & 31)) &
      ((laterPairs[second >> 5] as number) >>> (second & 31)) &
      1) !==
    0
  );
}

/** Whole bytes of a span from one of its bits on. */
function lengthFrom({ bits }: Span, base: number): number {
  return (bits - base) >> 3;
}
