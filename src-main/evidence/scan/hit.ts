import type { Segment } from './proven-region.ts';
import type { Place } from './row-ivs.ts';
import type { SpanEncoding } from './span-tape.ts';

/**
 * Where the ciphertext was expected: `start`, right after an IV at the run's beginning, to the run's end;
 * `prefix`, the same after a separator in the run; `sibling`, from the run's first byte on, with an IV
 * elsewhere in the row; `binary`, as `start`, but a plaintext that is not text; `search`, anywhere else in
 * the run.
 */
export type Frame = 'start' | 'prefix' | 'sibling' | 'binary' | 'search';

/** Bytes of a cell that a key made readable. */
export interface Hit {
  /** As given to `add`. */
  readonly row: number;
  readonly column: number;
  /**
   * The run in its cell, in bytes, padding included. A run includes any prefix in its own alphabet, like
   * `ENC_`.
   */
  readonly start: number;
  readonly end: number;
  /** `base64` includes base64url: the run's own characters tell. */
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
   * The plaintext of the decoded bytes `[first … last)` is proven. In `search` the first block before it may
   * be an IV, or the beginning of the body itself. Noise is readable for a byte or two: `last`, and with CFB8
   * also `first`, may be off by that much.
   */
  readonly first: number;
  readonly last: number;
  /** Evidence for the key, in bits, after paying for the search within the run. */
  readonly bits: number;
  /**
   * For `PlaceEvidence`: the likelihood ratio of each unit (a block, or a byte with CFB8) before that, and a
   * hash of its cipher input. In `sibling` the first one counts for the IV.
   */
  readonly ratios: readonly number[];
  readonly inputs: readonly number[];
  readonly charge: number;
  /** Earlier hits of the same run, key, frame and segment: it may contain several values. */
  readonly earlier: number;
  /**
   * The value whose plaintext contains it, if it is not in the cell itself: `start` and `end` are bytes of
   * that plaintext, and so is the place of `iv`.
   */
  readonly within?: Opened;
  /** What was the IV, elsewhere in the row. */
  readonly iv?: Place;
}

/** A decrypted value: where it is, and with which key. */
export type Opened = Pick<Hit, 'row' | 'column' | 'start' | 'end' | 'encoding' | 'key' | 'first' | 'within'>;

/** The value in the cell itself that contains a hit, or the hit if none does. */
export function outermost(hit: Opened): Opened {
  let outer = hit;
  while (outer.within) outer = outer.within;
  return outer;
}

/** How many values have to be decrypted to reach a hit. */
export function depthOf({ within }: Opened): number {
  return within ? 1 + depthOf(within) : 0;
}
