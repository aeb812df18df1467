import type { Segment } from '#crypto/cfb';
import { log2Choose } from './combinations.ts';
import { GrowingFilter } from './input-filter.ts';

const unitLength = 16;
/** Units of a value that are distinguished; the rest counts with the last of them. */
const separateUnits = 4;
/**
 * Inputs whose keystream is tracked byte by byte. Beyond that, an input counts if it is new, and never again.
 */
const followed = 512;

/** ASCII of clean text, as `cleanText` has it. */
const isCleanAscii = Array.from(
  { length: 256 },
  (_, byte) => byte === 0x09 || byte === 0x0a || byte === 0x0d || (byte >= 0x20 && byte <= 0x7e),
);

/** A decrypted value, in place. */
export interface OpenedValue {
  /** IV ‖ body, from `at` on. */
  readonly sealed: Uint8Array;
  readonly at: number;
  /** `sealed` in 32-bit words, where `at` is a multiple of four. */
  readonly words?: Uint32Array;
  /** Bytes of the body, and of the plaintext, which starts at `plainAt`. */
  readonly length: number;
  readonly plaintext: Uint8Array;
  readonly plainAt: number;
}

/**
 * How strongly decrypted values together support a key. Equal cipher inputs are decrypted with the same
 * keystream: copies of a value decrypt along with it, values with one IV and the same beginning decrypt by
 * the luck of one, and so do bytes that are close together. So the evidence of each 16 bytes counts if their
 * cipher input is new. If it is not, their additional evidence is how few keystreams would turn every byte
 * seen at each of its positions into ASCII. Memory is bounded. In doubt (a hash collision) evidence is lost,
 * never counted twice.
 */
export class KeystreamEvidence {
  readonly #segment: Segment;
  readonly #seen = new GrowingFilter();
  readonly #streams = new Map<string, Keystream>();
  /** Hashes of the inputs that are tracked, so that no name need be created for one that is not. */
  readonly #followed = new Set<number>();

  constructor(segment: Segment) {
    this.#segment = segment;
  }

  /** The bits that one more value adds. `bits`: its evidence alone. */
  add({ sealed, words, at, length, plaintext, plainAt }: OpenedValue, bits: number): number {
    let added = 0;
    const units = Math.min(separateUnits, Math.ceil(length / unitLength));
    for (let unit = 0; unit < units; unit++) {
      const from = unit * unitLength;
      const to = unit === separateUnits - 1 ? length : Math.min(length, from + unitLength);
      const share = (bits * (to - from)) / length;
      // most inputs are new, and need only a hash
      const hash = words ? hashOf(words, (at + from) >> 2) : hashOfBytes(sealed, at + from);
      const isNew = this.#seen.isNew(hash);
      if (isNew) added += share;
      if (isNew ? this.#streams.size >= followed : !this.#followed.has(hash)) continue;
      const body = at + unitLength + from;
      const name = Buffer.from(sealed.subarray(at + from, body)).toString('latin1');
      if (isNew) {
        this.#streams.set(name, new Keystream(this.#segment, name, share));
        this.#followed.add(hash);
      }
      const taken = Math.min(to - from, unitLength);
      const bytes = plaintext.subarray(plainAt + from, plainAt + from + taken);
      added += this.#streams.get(name)?.enter(sealed.subarray(body, body + taken), bytes) ?? 0;
    }
    return added;
  }
}

interface Place {
  readonly bytes: Set<number>;
  isAscii: boolean;
}

/** What was decrypted by the keystream of one cipher input. */
class Keystream {
  readonly #segment: Segment;
  readonly #input: string;
  #counted: number;
  /**
   * Most inputs are used once, and then this is all that is kept. No plaintext: whether each byte of it is
   * ASCII.
   */
  #first: { readonly body: Buffer; readonly isAscii: readonly boolean[] } | undefined;
  #places: Map<string | number, Place> | undefined;

  /** `counted`: the bits that the first value was counted with. */
  constructor(segment: Segment, input: string, counted: number) {
    this.#segment = segment;
    this.#input = input;
    this.#counted = counted;
  }

  /** Adds a value. Returns the bits by which all of them exceed what was counted. */
  enter(body: Uint8Array, plaintext: Uint8Array): number {
    const isAscii = Array.from(plaintext, (byte) => isCleanAscii[byte] as boolean);
    if (!this.#first) {
      this.#first = { body: Buffer.from(body), isAscii };
      return 0;
    }
    if (!this.#places) {
      this.#places = new Map();
      this.#enter(this.#places, this.#first.body, this.#first.isAscii);
    }
    return this.#enter(this.#places, body, isAscii) ? this.#growth(this.#places) : 0;
  }

  /** Whether it had anything new. */
  #enter(places: Map<string | number, Place>, body: Uint8Array, isAscii: readonly boolean[]): boolean {
    const before = this.#input + Buffer.from(body).toString('latin1');
    let isChanged = false;
    for (const [i, byte] of body.entries()) {
      // CFB8 makes each byte of keystream of the 16 bytes before it
      const name = this.#segment === 'cfb8' ? before.slice(i, i + unitLength) : i;
      const place = places.get(name) ?? { bytes: new Set(), isAscii: true };
      places.set(name, place);
      if (place.bytes.has(byte)) continue;
      place.bytes.add(byte);
      place.isAscii &&= isAscii[i] as boolean;
      isChanged = true;
    }
    return isChanged;
  }

  #growth(places: ReadonlyMap<string | number, Place>): number {
    const ascii = [...places.values()].filter((place) => place.isAscii);
    const sum = ascii.reduce((bits, { bytes }) => bits + bitsOf(bytes), 0);
    // any other positions could have been the ones that are not ASCII; and having two ways to count costs a
    // bit
    const bits = sum - log2Choose(places.size, ascii.length) - 1;
    const growth = Math.max(0, bits - this.#counted);
    this.#counted += growth;
    return growth;
  }
}

/** −log2 of the chance that a byte of keystream turns all of these into clean ASCII. */
function bitsOf(bytes: ReadonlySet<number>): number {
  let count = 0;
  for (let key = 0; key < 256; key++) {
    let fits = true;
    for (const byte of bytes) if (!isCleanAscii[byte ^ key]) fits = false;
    if (fits) count++;
  }
  return 8 - Math.log2(Math.max(1, count));
}

/** Of 16 bytes as four words, mostly random; if they are not, a collision loses evidence. */
function hashOf(words: Uint32Array, from: number): number {
  let hash = 0x811c9dc5;
  for (let i = from; i < from + 4; i++) {
    hash = Math.imul(hash ^ (words[i] as number), 0x9e3779b1);
    hash ^= hash >>> 15;
  }
  return hash >>> 0;
}

const aligned = new Uint32Array(unitLength / 4);
const alignedBytes = new Uint8Array(aligned.buffer);

function hashOfBytes(bytes: Uint8Array, from: number): number {
  for (let i = 0; i < unitLength; i++) alignedBytes[i] = bytes[from + i] as number;
  return hashOf(aligned, 0);
}
