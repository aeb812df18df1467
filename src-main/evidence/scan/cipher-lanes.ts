import { wordsOf } from '#crypto/aes-ecb';
import type { Finding } from './cipher-windows.ts';
import type { Segment } from './proven-region.ts';
import { writeInputsOfBytes } from './stream-words.ts';
import { copyBits, type SpanTape, type Stream } from './span-tape.ts';

/** A stream that is decrypted throughout. `phase`: bytes before its first block, or -1 for CFB8. */
interface Lane {
  readonly stream: Stream;
  readonly phase: number;
  readonly segment: Segment;
  /** Where it was found to be readable. */
  readonly places: number[];
}

/** `bytes` and `plain` hold the stream's ciphertext, and what was made of it from byte 16 on. `places` come in order. */
export type OnLane = (
  stream: Stream,
  segment: Segment,
  bytes: Uint8Array,
  plain: Uint8Array,
  places: readonly number[],
) => void;

/** Bytes of cipher input that are worth a call. */
const fullBytes = 1 << 20;

/** Decrypts streams with findings throughout, all blocks of one alignment, in few calls of the cipher. */
export class CipherLanes {
  readonly #tape: SpanTape;
  #lanes: Lane[] = [];
  #size = 0;

  constructor(tape: SpanTape) {
    this.#tape = tape;
  }

  get waiting(): boolean {
    return this.#lanes.length > 0;
  }

  get full(): boolean {
    return this.#size >= fullBytes;
  }

  add({ stream, at, segment }: Finding): void {
    const phase = segment === 'cfb128' ? at % 16 : -1;
    const same = laneOf(this.#lanes, stream, phase);
    if (same) {
      same.places.push(at);
      return;
    }
    this.#lanes.push({ stream, phase, segment, places: [at] });
    this.#size += phase < 0 ? 16 * stream.length : stream.length;
  }

  /** Decrypts all that were added. `plainOf` lends room, of at least a length; it is the lender's to wipe. */
  decrypt(
    encrypt: (blocks: Uint8Array) => Uint8Array,
    plainOf: (length: number) => Uint8Array,
    onLane: OnLane,
  ): void {
    const lanes = this.#lanes;
    this.#lanes = [];
    this.#size = 0;
    const streams = lanes.map(({ stream }) => {
      const bytes = new Uint8Array(stream.length);
      copyBits(this.#tape.bytes, stream.span.offset, stream.base, bytes, 0, stream.length);
      return bytes;
    });
    const keystream = encrypt(inputsOf(lanes, streams));
    let from = 0;
    for (const [i, { stream, phase, segment, places }] of lanes.entries()) {
      const bytes = streams[i] as Uint8Array;
      const plain = plainOf(bytes.length);
      const step = phase < 0 ? 16 : 1;
      for (let at = 16 + Math.max(0, phase); at < bytes.length; at++, from += step) {
        plain[at] = (bytes[at] as number) ^ (keystream[from] as number);
      }
      from = (from + 15) & ~15;
      onLane(
        stream,
        segment,
        bytes,
        plain,
        places.sort((a, b) => a - b),
      );
    }
    keystream.fill(0);
  }
}

/** Findings of a stream come one after the other. */
function laneOf(lanes: readonly Lane[], stream: Stream, phase: number): Lane | undefined {
  for (let i = lanes.length - 1; i >= 0; i--) {
    const lane = lanes[i] as Lane;
    if (lane.stream.span !== stream.span) return undefined;
    if (isSame(lane.stream, stream) && lane.phase === phase) return lane;
  }
  return undefined;
}

function isSame(one: Stream, other: Stream): boolean {
  return one.base === other.base && one.choices === other.choices;
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
    if (phase >= 0) inputs.set(bytes.subarray(phase, phase + 16 * count), to);
    else writeInputsOfBytes(bytes, inputWords, to >> 2);
    to += 16 * count;
  }
  return inputs;
}
