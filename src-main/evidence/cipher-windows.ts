import { readsAsText, type Segment } from './proven-region.ts';
import { copyBits, digitBits, type Span, type SpanTape, type Stream } from './span-tape.ts';
import { begin, dead, readable } from './text-models.ts';

/*
 * Sixteen neighbouring places of a stream of ciphertext are one group: with the 16 bytes at each as cipher input, the keystream tells both
 * whether a block of CFB128 follows at any alignment, and whether CFB8 goes on over the next 16 bytes, since both modes feed back the 16 bytes before.
 */
const places = 16;
const wordsPerPlace = 4;
/** Bytes of a group: the inputs of its places and the block after the last. */
const groupBytes = 48;
const groupsPerCall = 512;
/** What a group and the 16 bytes after its last block take. */
const endLength = 63;
/** A block cut off by the stream's end is looked at from this many bytes on, where its place is not known beforehand: noise reads as text once in 2¹⁴. */
const shortestCut = 12;

/** A place where something readable starts. `at`: offset in the stream. */
export interface Finding {
  readonly stream: Stream;
  readonly at: number;
  readonly segment: Segment;
}

interface Group {
  readonly stream: Stream;
  readonly place: number;
  readonly count: number;
}

/** Gathers groups, and tries keys on them in few calls of the cipher. */
export class CipherWindows {
  readonly #tape: SpanTape;
  readonly #waiting: Group[] = [];
  #next = 0;
  readonly #bytes = new Uint8Array(groupsPerCall * groupBytes);
  readonly #inputs = new Uint32Array(groupsPerCall * places * wordsPerPlace);
  readonly #words = new Uint32Array(places + 12);

  constructor(tape: SpanTape) {
    this.#tape = tape;
  }

  get waiting(): number {
    return this.#waiting.length - this.#next;
  }

  /** Enters the group of `count` places from `place` on, as far as the stream reaches. */
  add(stream: Stream, place: number, count = places): void {
    const shortest = stream.frame === 'start' && place === 0 ? 1 : shortestCut;
    const last = stream.length - 16 - shortest;
    if (place > last) return;
    this.#waiting.push({ stream, place, count: Math.min(count, last - place + 1) });
  }

  /** Enters a group in every `stride` bytes from `from` on, and the one that `addEnd` does. */
  addSpread(stream: Stream, from: number, stride: number): void {
    const last = stream.length - endLength;
    for (let place = from; place < last; place += stride) this.add(stream, place);
    this.add(stream, Math.max(from, last));
    // in what is short, all places
    if (last < from) this.add(stream, from + places);
  }

  /**
   * Enters one group: that whose blocks are the last which end 16 bytes before the stream does, since an IV or a tag may stand there; in what is short, the middle.
   */
  addEnd(stream: Stream): void {
    const { length } = stream;
    this.add(stream, length >= endLength ? length - endLength : Math.max(0, (length - 47) >> 1));
  }

  /** Takes up to 512 groups out and gathers them: `findings` tells what keys make of them, until the next call. */
  gather(): Group[] {
    const groups: Group[] = [];
    while (groups.length < groupsPerCall && this.#next < this.#waiting.length) {
      const group = this.#waiting[this.#next++] as Group;
      if (this.#gatherOne(group, groups.length)) groups.push(group);
    }
    if (this.#next === this.#waiting.length) {
      this.#waiting.length = 0;
      this.#next = 0;
    }
    return groups;
  }

  /** What the groups that were gathered last show under a key. */
  findings(groups: readonly Group[], encrypt: (blocks: Uint8Array) => Uint8Array): Finding[] {
    const inputs = new Uint8Array(this.#inputs.buffer, 0, groups.length * places * 16);
    const keystream = encrypt(inputs);
    const findings: Finding[] = [];
    for (let i = 0; i < groups.length; i++) {
      const { stream, place, count } = groups[i] as Group;
      for (let p = 0; p < count; p++) {
        const left = stream.length - place - p - 16;
        const length = Math.min(16, left);
        const known = stream.frame === 'start' && place + p === 0;
        if (length < shortestCut && !known) break;
        if (
          readsAsText(
            this.#bytes,
            i * groupBytes + p + 16,
            keystream,
            (i * places + p) * 16,
            length,
            left <= 16,
          )
        ) {
          findings.push({ stream, at: place + p + 16, segment: 'cfb128' });
        }
      }
      if (this.#readsByBytes(groups[i] as Group, i, keystream)) {
        findings.push({ stream, at: place + 16, segment: 'cfb8' });
      }
    }
    keystream.fill(0);
    return findings;
  }

  #readsByBytes({ stream, place, count }: Group, index: number, keystream: Uint8Array): boolean {
    const known = stream.frame === 'start' && place === 0;
    const length = Math.min(places, stream.length - place - 16);
    if (length < places && !known) return false;
    let state = begin;
    for (let p = 0; p < length; p++) {
      const byte =
        (this.#bytes[index * groupBytes + p + 16] as number) ^
        (keystream[(index * places + p) * 16] as number);
      state = readable[(state << 8) | byte] as number;
      // padding: of one byte, or what a block is filled up with
      if (state === dead) return byte <= 16 && stream.length - place - 16 <= places && count > 0;
    }
    return true;
  }

  /** False where bytes repeat, as in zeros: no ciphertext does that, and equal inputs would be no evidence. */
  #gatherOne({ stream, place }: Group, index: number): boolean {
    const bytes = this.#bytes;
    const start = index * groupBytes;
    const length = Math.min(groupBytes, stream.length - place);
    copyBits(this.#tape.bytes, stream.span.offset, stream.base + 8 * place, bytes, start, length);
    const words = this.#words;
    let word =
      (bytes[start] as number) |
      ((bytes[start + 1] as number) << 8) |
      ((bytes[start + 2] as number) << 16) |
      ((bytes[start + 3] as number) << 24);
    for (let i = 0; i < words.length; i++) {
      words[i] = word;
      word = (word >>> 8) | ((bytes[start + i + 4] as number) << 24);
    }
    for (let period = 1; period <= 16; period++) {
      if (words[0] === words[period] && words[4] === words[period + 4]) return false;
    }
    const inputs = this.#inputs;
    let to = index * places * wordsPerPlace;
    for (let p = 0; p < places; p++, to += wordsPerPlace) {
      inputs[to] = words[p] as number;
      inputs[to + 1] = words[p + 4] as number;
      inputs[to + 2] = words[p + 8] as number;
      inputs[to + 3] = words[p + 12] as number;
    }
    return true;
  }
}

/** The streams of a span whose alphabet may have taken in a prefix: one for each number of bits that a byte may start after. */
export function shiftedStreams(span: Span): Stream[] {
  const streams: Stream[] = [];
  const width = digitBits[span.encoding];
  for (let base = width; base % 8 !== 0; base += width) {
    streams.push({ span, base, length: (span.bits - base) >> 3, frame: 'any', choices: 1 });
  }
  return streams;
}
