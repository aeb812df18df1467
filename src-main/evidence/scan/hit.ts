import type { Segment } from './proven-region.ts';
import type { Place } from './row-ivs.ts';
import type { SpanEncoding } from './span-tape.ts';

/**
 * Where the ciphertext was expected: `start`, right after an IV at the run's beginning, to the run's end; `prefix`, the same after a separator in the run;
 * `sibling`, from the run's first byte on, with an IV that stands elsewhere in the row; `binary`, as `start`, but a plaintext that is no text;
 * `search`, anywhere else in the run.
 */
export type Frame = 'start' | 'prefix' | 'sibling' | 'binary' | 'search';

/** Bytes of a cell that a key made readable. */
export interface Hit {
  /** As given to `add`. */
  readonly row: number;
  readonly column: number;
  /** The run in its cell, in bytes, padding included. A run holds any prefix of its own alphabet, like `ENC_`. */
  readonly start: number;
  readonly end: number;
  /** `base64` is base64url too: the run's own signs tell. */
  readonly encoding: SpanEncoding;
  /** Digits of the run before those that were decoded. For `raw` it is 0. */
  readonly skipped: number;
  /** Bytes that were decoded. */
  readonly length: number;
  /** Index of the key. */
  readonly key: number;
  readonly segment: Segment;
  readonly frame: Frame;
  /**
   * The plaintext of the decoded bytes `[first … last)` is proven. In `search` the first block before it may be an IV, or the beginning of the body itself. Noise reads on for a byte or two:
   * `last`, and with CFB8 also `first`, may be that much off.
   */
  readonly first: number;
  readonly last: number;
  /** Evidence for the key, in bits, after the search within the run is paid for. */
  readonly bits: number;
  /** For `PlaceEvidence`: the likelihood ratio of each unit (a block, or of CFB8 a byte) before that, and a hash of its cipher input. In `sibling` the first speaks for the IV. */
  readonly ratios: readonly number[];
  readonly inputs: readonly number[];
  readonly charge: number;
  /** Hits of the same run, key, frame and segment before this one: it may hold several values. */
  readonly earlier: number;
  /** The value whose plaintext it is in, if not in the cell itself: `start` and `end` are bytes of that plaintext, and so is the place of `iv`. */
  readonly within?: Opened;
  /** What stands elsewhere in the row and was the IV. */
  readonly iv?: Place;
}

/** A value that was decrypted: where it is, and under which key. */
export type Opened = Pick<Hit, 'row' | 'column' | 'start' | 'end' | 'encoding' | 'key' | 'first' | 'within'>;

/** The value in the cell itself that a hit is in, or the hit where it is in none. */
export function outermost(hit: Opened): Opened {
  let outer = hit;
  while (outer.within) outer = outer.within;
  return outer;
}

/** How many values have to be decrypted before a hit is seen. */
export function depthOf({ within }: Opened): number {
  return within ? 1 + depthOf(within) : 0;
}
