import { wordsOf } from '#crypto/aes-ecb';
import { CipherLanes } from './cipher-lanes.ts';
import { CipherWindows, type Finding } from './cipher-windows.ts';
import { isProven, isSettled, proofOf, readsOn, restOf, shortestRest, startsWhereExpected } from './proof.ts';
import { growRegion, readsAsText, type Region, type Segment } from './proven-region.ts';
import type { Proof, Span, SpanEncoding, SpanTape, Stream } from './span-tape.ts';

/*
 * Whether spans were encrypted with a key, whatever stands around the ciphertext. CFB synchronises itself (NIST SP 800-38A, 6.3 and appendix D): Pⱼ = Cⱼ ⊕ E(Cⱼ₋₁)
 * needs nothing but two neighbouring blocks. So every place of a span is a candidate, for the first 16 of some bytes as much as for an IV; and what is proven starts one block after the first
 * ciphertext, be that preceded by an IV or not.
 */

/** The forward cipher of one key, over whole blocks. */
export type Encrypt = (blocks: Uint8Array) => Uint8Array;

export interface ProbeOptions {
  /** One place in so many bytes of a long span is examined, besides its ends: a ciphertext of this and 63 bytes more is found anywhere. */
  readonly stride: number;
  readonly longStride: number;
}

export const usualStrides: ProbeOptions = { stride: 64, longStride: 128 };
const longFrom = 4096;
/** Spans up to this length are examined in nearly every place. */
const lookedAtThroughout = 160;

/** Called for each proof, with the bytes of the stream that was decrypted: only those of the proof's region mean anything, and they are wiped later. */
export type OnProof = (proof: Proof, plain: Uint8Array) => void;

/** Tries keys on the spans of a tape. */
export class Probe {
  readonly #tape: SpanTape;
  readonly #options: ProbeOptions;
  readonly #onProof: OnProof;
  readonly #windows: CipherWindows;
  readonly #lanes: CipherLanes;
  #plain = new Uint8Array(1 << 16);
  #plainWords = wordsOf(this.#plain);
  #plainUsed = 0;
  #goesOn = false;
  readonly #hints = new Map<number, Hint>();

  constructor(tape: SpanTape, onProof: OnProof, options: ProbeOptions = usualStrides) {
    this.#tape = tape;
    this.#onProof = onProof;
    this.#options = options;
    this.#windows = new CipherWindows(tape);
    this.#lanes = new CipherLanes(tape);
  }

  /**
   * Tries every key on the start of every span of 17 bytes or more, as if an IV stood there. Where nothing but a ciphertext of whole blocks
   * is there, that succeeds too. One call of the cipher a key.
   */
  tryStarts(keys: readonly Encrypt[], wanted: (span: Span, key: number) => boolean): void {
    const { bytes, words, used, spans } = this.#tape;
    for (const [key, encrypt] of keys.entries()) {
      const keystream = encrypt(bytes.subarray(0, used));
      const keyWords = wordsOf(keystream);
      for (const span of spans) {
        const { offset, length } = span;
        if (length < 17 || !wanted(span, key)) continue;
        const left = length - 16;
        if (!readsAsText(bytes, offset + 16, keystream, offset, Math.min(16, left), left <= 16)) continue;
        const plain = this.#plainOf(length + 3);
        const plainWords = this.#plainWords;
        // spans start at multiples of 16, and end in room to spare
        const from = offset >> 2;
        for (let i = 4; i < (length + 3) >> 2; i++) {
          plainWords[i] = (words[from + i] as number) ^ (keyWords[from + i - 4] as number);
        }
        const stream: Stream = { span, base: 0, length, choices: 1 };
        const region = growRegion(bytes, offset, plain, length, 16, 'cfb128');
        this.#prove(stream, region, plain, 'cfb128', key);
      }
      keystream.fill(0);
    }
  }

  /** Tries every key on the other places of all spans that are not settled, in both segments. */
  tryEverywhere(keys: readonly Encrypt[]): void {
    // where the last value of the same column was
    for (const span of this.#tape.spans) {
      const hint = this.#hints.get(span.column);
      if (hint?.encoding !== span.encoding || span.length < 17 || restOf(span) === undefined) continue;
      this.#windows.add(span, hint.base, hint.choices, hint.place, hint.segment === 'cfb8' ? undefined : 1);
    }
    this.#work(keys);
    for (const span of this.#tape.spans) {
      if (span.length < 17) continue;
      const rest = restOf(span);
      if (rest === undefined) continue;
      this.#enter(span, rest);
    }
    this.#goesOn = true;
    this.#work(keys);
    this.#goesOn = false;
  }

  /** Tries every key for CFB8 on the start of each span. */
  tryStartsByBytes(keys: readonly Encrypt[], wanted: (span: Span) => boolean): void {
    for (const span of this.#tape.spans) {
      if (!wanted(span)) continue;
      this.#windows.add(span, 0, 1, 0, 1);
    }
    this.#work(keys);
  }

  /** Wipes what was decrypted. */
  wipe(): void {
    this.#plain.fill(0, 0, this.#plainUsed);
    this.#plainUsed = 0;
  }

  #enter(span: Span, from: number): void {
    const windows = this.#windows;
    const { length, lineLength, starts, shifts } = span;
    if (lineLength > 0) {
      for (let line = lineLength; line < length; line += lineLength) windows.add(span, 0, 1, line, 1);
    }
    if (from > 0) this.#enterRest(span, 0, 1, from);
    else {
      for (const base of starts) if ((span.bits - base) >> 3 >= 17) windows.add(span, base, starts.length, 0);
    }
    const { stride, longStride } = this.#options;
    const short = length <= lookedAtThroughout;
    if (short) windows.addAll(span, from);
    else windows.addSpread(span, 0, 1, from, length <= longFrom ? stride : longStride);
    if (from > 0) return;
    for (let i = 0; i < shifts.length; i++) {
      const base = shifts[i] as number;
      const shiftedLength = (span.bits - base) >> 3;
      windows.addSpread(span, base, 0, 0, short ? Math.max(48, shiftedLength >> 1) : longStride);
    }
  }

  #work(keys: readonly Encrypt[]): void {
    while (this.#windows.waiting > 0) {
      this.#windows.gather();
      for (let key = 0; key < keys.length; key++) {
        const encrypt = keys[key] as Encrypt;
        this.#follow(this.#windows.findings(encrypt), encrypt, key);
      }
    }
    this.#windows.clear();
  }

  #follow(findings: readonly Finding[], encrypt: Encrypt, key: number): void {
    for (const finding of findings) {
      const { stream, at, segment } = finding;
      // that is what `tryStarts` does
      if (stream.base === 0 && stream.choices > 0 && at === 16 && segment === 'cfb128') continue;
      if (isProven(stream, at, segment, key)) continue;
      this.#lanes.add(finding);
      if (this.#lanes.full) this.#decrypt(encrypt, key);
    }
    if (this.#lanes.waiting) this.#decrypt(encrypt, key);
  }

  #decrypt(encrypt: Encrypt, key: number): void {
    this.#lanes.decrypt(
      encrypt,
      (length) => this.#plainOf(length),
      (stream, segment, bytes, plain, places) => {
        let past = 0;
        for (const at of places) {
          if (at < past || isProven(stream, at, segment, key)) continue;
          const region = growRegion(bytes, 0, plain, bytes.length, at, segment);
          past = region.end;
          const proven = this.#prove(stream, region, plain, segment, key);
          if (proven && this.#goesOn && bytes.length - region.end >= shortestRest) {
            this.#enterRest(stream.span, stream.base, stream.choices, region.end - readsOn);
          }
        }
      },
    );
  }

  #prove(stream: Stream, region: Region, plain: Uint8Array, segment: Segment, key: number): boolean {
    const proof = proofOf(stream, region, segment, key);
    if (!proof) return false;
    const { span } = stream;
    span.proofs = span.proofs.length === 0 ? [proof] : [...span.proofs, proof];
    this.#onProof(proof, plain);
    if (isSettled(proof) && (segment === 'cfb8' || !startsWhereExpected(stream, region))) {
      this.#hints.set(span.column, hintOf(proof));
    }
    return true;
  }

  /** Looks for another value right after what was proven. */
  #enterRest(span: Span, base: number, choices: number, from: number): void {
    for (let place = from; place < from + 64; place += 16) this.#windows.add(span, base, choices, place);
  }

  #plainOf(length: number): Uint8Array {
    if (this.#plain.length < length) {
      this.wipe();
      this.#plain = new Uint8Array(8 * length);
      this.#plainWords = wordsOf(this.#plain);
    }
    this.#plainUsed = Math.max(this.#plainUsed, length);
    return this.#plain;
  }
}

/** Where a value of a column was that is not at a run's start. */
interface Hint extends Pick<Stream, 'base' | 'choices'> {
  readonly encoding: SpanEncoding;
  readonly place: number;
  readonly segment: Segment;
}

function hintOf({ stream, region, segment }: Proof): Hint {
  const { base, choices, span } = stream;
  // noise before a text of CFB8 may read on
  const slack = segment === 'cfb8' && region.first > 16 ? 3 : 0;
  return { base, choices, encoding: span.encoding, place: region.first - 16 + slack, segment };
}
