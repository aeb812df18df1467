import { wordsOf } from '#crypto/aes-ecb';
import { CipherWindows, type Finding, writeInputsOfBytes } from './cipher-windows.ts';
import { growRegion, readsAsText, type Region, type Segment } from './proven-region.ts';
import { copyBits, type Proof, type Span, type SpanTape, type Stream } from './span-tape.ts';

/*
 * Whether spans were encrypted under a key, whatever stands around the ciphertext. CFB synchronises itself (NIST SP 800-38A, 6.3 and appendix D): Pⱼ = Cⱼ ⊕ E(Cⱼ₋₁)
 * needs nothing but two neighbouring blocks. So every place of a span is a candidate, for the first 16 of some bytes as much as for an IV; and what is proven starts one block after the first
 * ciphertext, be that preceded by an IV or not.
 */

/** The forward cipher of one key, over whole blocks. */
export type Encrypt = (blocks: Uint8Array) => Uint8Array;

/** A span with this much evidence is not looked into any further, but for what follows after the proven bytes. */
const settledBits = 32;
/** What a proof found by searching must have left after the search is paid for. */
const leastFound = 4;
/** Another value may follow in the same span from this many bytes on. */
const shortestRest = 33;
const lanesPerCall = 1 << 20;

export interface ProbeOptions {
  /** One place in so many bytes of a long span is looked at, besides its ends: a ciphertext of this and 63 bytes more is found anywhere. */
  readonly stride: number;
  readonly longStride: number;
}

export const usualStrides: ProbeOptions = { stride: 64, longStride: 128 };
const longFrom = 4096;

/** Called for each proof, with the bytes of the stream that was decrypted: only those of the proof's region mean anything, and they are wiped later. */
export type OnProof = (proof: Proof, plain: Uint8Array) => void;

/** Tries keys on the spans of a tape. */
export class Probe {
  readonly #tape: SpanTape;
  readonly #options: ProbeOptions;
  readonly #onProof: OnProof;
  readonly #windows: CipherWindows;
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
  }

  /**
   * Tries every key on the start of every span of 17 bytes or more, as if an IV stood there. Where nothing but a ciphertext of whole blocks
   * stands there, that succeeds too. One call of the cipher a key.
   */
  tryStarts(keys: readonly Encrypt[], wanted: (span: Span, key: number) => boolean): void {
    const { bytes, used, spans } = this.#tape;
    const words = wordsOf(bytes);
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
        const stream: Stream = { span, base: 0, length, frame: 'start', choices: 1 };
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
      if (!hint || span.length < 17 || restOf(span) === undefined) continue;
      const length = (span.bits - hint.base) >> 3;
      const stream: Stream = { span, base: hint.base, length, frame: hint.frame, choices: hint.choices };
      this.#windows.add(stream, hint.place, hint.segment === 'cfb8' ? undefined : 1);
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
      this.#windows.add({ span, base: 0, length: span.length, frame: 'start', choices: 1 }, 0, 1);
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
    const stream: Stream = { span, base: 0, length: span.length, frame: 'start', choices: 1 };
    const { stride, longStride } = this.#options;
    if (span.lineLength > 0) {
      for (let line = span.lineLength; line < span.length; line += span.lineLength)
        windows.add(stream, line, 1);
    }
    if (from > 0) this.#enterRest(stream, from);
    for (const base of from > 0 ? [] : span.starts) {
      const length = (span.bits - base) >> 3;
      if (length >= 17) windows.add({ span, base, length, frame: 'start', choices: span.starts.length }, 0);
    }
    windows.addSpread(stream, from, span.length <= longFrom ? stride : longStride);
    for (const base of from > 0 ? [] : span.shifts) {
      const length = (span.bits - base) >> 3;
      windows.addSpread({ span, base, length, frame: 'any', choices: 1 }, 0, length);
    }
  }

  #work(keys: readonly Encrypt[]): void {
    while (this.#windows.waiting > 0) {
      const groups = this.#windows.gather();
      for (const [key, encrypt] of keys.entries()) {
        this.#follow(this.#windows.findings(groups, encrypt), encrypt, key);
      }
    }
  }

  /** Decrypts the streams of findings, all blocks of one alignment, and proves what can be. */
  #follow(findings: readonly Finding[], encrypt: Encrypt, key: number): void {
    let lanes: Lane[] = [];
    let size = 0;
    for (const finding of findings) {
      const { stream, at, segment } = finding;
      // looked at by `tryStarts`
      if (stream.base === 0 && stream.frame === 'start' && at === 16 && segment === 'cfb128') continue;
      if (isProven(finding, key)) continue;
      const phase = segment === 'cfb128' ? at % 16 : -1;
      const same = laneOf(lanes, stream, phase);
      if (same) {
        same.places.push(at);
        continue;
      }
      lanes.push({ stream, phase, segment, places: [at] });
      size += segment === 'cfb128' ? stream.length : 16 * stream.length;
      if (size < lanesPerCall) continue;
      this.#decrypt(lanes, encrypt, key);
      lanes = [];
      size = 0;
    }
    this.#decrypt(lanes, encrypt, key);
  }

  #decrypt(lanes: readonly Lane[], encrypt: Encrypt, key: number): void {
    if (lanes.length === 0) return;
    const streams = lanes.map(({ stream }) => {
      const bytes = new Uint8Array(stream.length);
      copyBits(this.#tape.bytes, stream.span.offset, stream.base, bytes, 0, stream.length);
      return bytes;
    });
    const keystream = encrypt(inputsOf(lanes, streams));
    let from = 0;
    for (const [i, lane] of lanes.entries()) {
      const bytes = streams[i] as Uint8Array;
      const plain = this.#plainOf(bytes.length);
      if (lane.phase < 0) {
        for (let at = 16; at < bytes.length; at++, from += 16) {
          plain[at] = (bytes[at] as number) ^ (keystream[from] as number);
        }
      } else {
        for (let at = lane.phase + 16; at < bytes.length; at++, from++) {
          plain[at] = (bytes[at] as number) ^ (keystream[from] as number);
        }
        from = (from + 15) & ~15;
      }
      let past = 0;
      for (const at of lane.places.sort((a, b) => a - b)) {
        const finding = { stream: lane.stream, at, segment: lane.segment };
        if (at < past || isProven(finding, key)) continue;
        const region = growRegion(bytes, 0, plain, bytes.length, at, lane.segment);
        past = region.end;
        const proof = this.#prove(lane.stream, region, plain, lane.segment, key);
        if (proof && this.#goesOn && bytes.length - region.end >= shortestRest) {
          this.#enterRest(lane.stream, region.end - 2);
        }
      }
    }
    keystream.fill(0);
  }

  #prove(
    stream: Stream,
    region: Region,
    plain: Uint8Array,
    segment: Segment,
    key: number,
  ): Proof | undefined {
    const { span } = stream;
    const expected = startsWhereExpected(stream, region);
    const charge = expected ? Math.log2(stream.choices) : searchBits(stream, region);
    if (region.bits - charge <= (expected ? 0 : leastFound)) return undefined;
    const proof: Proof = { stream, key, segment, region, charge };
    span.proofs = span.proofs.length === 0 ? [proof] : [...span.proofs, proof];
    this.#onProof(proof, plain);
    if (isSettled(proof) && (!expected || segment === 'cfb8')) this.#hints.set(span.column, hintOf(proof));
    return proof;
  }

  /** Looks for another value right after what was proven. */
  #enterRest(stream: Stream, from: number): void {
    for (let place = from; place < from + 64; place += 16) this.#windows.add(stream, place);
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

/** Whether a proof leaves no doubt. */
export function isSettled({ region, charge }: Proof): boolean {
  return region.bits - charge >= settledBits;
}

/** Where a value of a column was that is not at a run's start. */
interface Hint extends Pick<Stream, 'base' | 'frame' | 'choices'> {
  readonly place: number;
  readonly segment: Segment;
}

function hintOf({ stream, region, segment }: Proof): Hint {
  const { base, frame, choices } = stream;
  // noise before a text of CFB8 may read on
  const slack = segment === 'cfb8' && region.first > 16 ? 3 : 0;
  return { base, frame, choices, place: region.first - 16 + slack, segment };
}

/** A stream that is decrypted throughout. `phase`: bytes before its first block, or -1 for CFB8. */
interface Lane {
  readonly stream: Stream;
  readonly phase: number;
  readonly segment: Segment;
  readonly places: number[];
}

/** Findings of a stream come one after the other. */
function laneOf(lanes: readonly Lane[], stream: Stream, phase: number): Lane | undefined {
  for (let i = lanes.length - 1; i >= 0; i--) {
    const lane = lanes[i] as Lane;
    if (lane.stream.span !== stream.span) return undefined;
    if (lane.stream === stream && lane.phase === phase) return lane;
  }
  return undefined;
}

function inputsOf(lanes: readonly Lane[], streams: readonly Uint8Array[]): Uint8Array {
  const blocks = (i: number) => {
    const { length } = streams[i] as Uint8Array;
    const { phase } = lanes[i] as Lane;
    return phase < 0 ? length - 16 : Math.ceil((length - 16 - phase) / 16);
  };
  const inputs = new Uint8Array(16 * lanes.reduce((sum, _, i) => sum + blocks(i), 0));
  const inputWords = wordsOf(inputs);
  let to = 0;
  for (const [i, { phase }] of lanes.entries()) {
    const bytes = streams[i] as Uint8Array;
    const count = blocks(i);
    if (phase >= 0) {
      inputs.set(bytes.subarray(phase, phase + 16 * count), to);
      to += 16 * count;
    } else {
      writeInputsOfBytes(bytes, inputWords, to >> 2);
      to += 16 * count;
    }
  }
  return inputs;
}

/** The plaintext starts right after an IV at the stream's beginning, and goes on to its end. */
export function startsWhereExpected(stream: Stream, region: Region): boolean {
  return stream.frame === 'start' && region.first === 16 && region.whole;
}

/**
 * What the freedom to search in a span costs: −log2 of the weight of this place among all. It is spread evenly over streams, segments and first bytes; half of it over
 * regions that go on to the stream's end, half over those that end at any other byte.
 */
function searchBits(stream: Stream, { whole }: Region): number {
  const places = Math.log2(stream.length);
  const streams = 1 + stream.span.shifts.length + stream.span.starts.length;
  return 2 + Math.log2(streams) + places + (whole ? 0 : places);
}

/** Whether a finding is part of what is proven, or too weak beside it. */
function isProven({ stream, at, segment }: Finding, key: number): boolean {
  const bit = stream.base + 8 * at;
  return stream.span.proofs.some((proof) => {
    const first = proof.stream.base + 8 * proof.region.first;
    if (bit < first || bit >= proof.stream.base + 8 * proof.region.end) return false;
    if (isSettled(proof)) return true;
    const aligned = (bit - first) % (segment === 'cfb128' ? 128 : 8) === 0;
    return aligned && proof.key === key && proof.segment === segment;
  });
}

/** Where in a span to look for more: undefined if there is nothing left. */
function restOf(span: Span): number | undefined {
  let from = 0;
  for (const proof of span.proofs) {
    const { stream, region } = proof;
    if (!isSettled(proof)) continue;
    from = Math.max(from, ((stream.base + 7) >> 3) + region.end - 2);
  }
  return from > 0 && span.length - from < shortestRest ? undefined : from;
}
