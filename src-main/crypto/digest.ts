import { hash, randomBytes } from 'node:crypto';

/**
 * An order-independent digest of a multiset of records: the sum of a keyed hash of each, lane by lane modulo 2³².
 * Equal multisets give equal sums in any order; records can be taken out again. The key is drawn for one comparison and
 * never leaves the process, so a sum tells nothing about the records.
 * (Additive multiset hash: Clarke et al., "Incremental Multiset Hash Functions", ASIACRYPT 2003.)
 */
export class MultisetDigest implements Disposable {
  readonly #key: Buffer;
  readonly #lanes = new Uint32Array(8);
  /** Starts with the key; reused for every record. */
  #frameBuffer: Buffer;
  #count = 0;

  constructor(key: Buffer = randomBytes(32)) {
    this.#key = key;
    this.#frameBuffer = Buffer.concat([key, Buffer.alloc(4096)]);
  }

  /** A digest of nothing under the same key, so that the two can be compared. */
  sibling(): MultisetDigest {
    return new MultisetDigest(this.#key);
  }

  /** Records held: added minus removed. */
  get count(): number {
    return this.#count;
  }

  /** Adds the record made of `parts`; where one part ends and the next begins matters. */
  add(parts: readonly Uint8Array[]): void {
    this.#accumulate(parts, 1);
  }

  /** Takes out a record that was added. */
  remove(parts: readonly Uint8Array[]): void {
    this.#accumulate(parts, -1);
  }

  /** Wipes what is left of the last record. */
  [Symbol.dispose](): void {
    this.#frameBuffer.fill(0);
  }

  equals(other: MultisetDigest): boolean {
    return this.#count === other.#count && this.#lanes.every((lane, i) => lane === other.#lanes[i]);
  }

  #accumulate(parts: readonly Uint8Array[], sign: 1 | -1): void {
    const record = hash('sha256', this.#frame(parts), 'buffer');
    for (let i = 0; i < 8; i++)
      this.#lanes[i] = (this.#lanes[i] as number) + sign * record.readUInt32LE(i * 4);
    this.#count += sign;
  }

  /** key ‖ (length ‖ bytes) of every part. */
  #frame(parts: readonly Uint8Array[]): Buffer {
    let length = this.#key.length;
    for (const part of parts) length += 4 + part.length;
    if (length > this.#frameBuffer.length) {
      this.#frameBuffer.fill(0);
      this.#frameBuffer = Buffer.concat([this.#key, Buffer.alloc(2 * length)]);
    }
    const frame = this.#frameBuffer;
    let at = this.#key.length;
    for (const part of parts) {
      at = frame.writeUInt32LE(part.length, at);
      frame.set(part, at);
      at += part.length;
    }
    return frame.subarray(0, length);
  }
}
