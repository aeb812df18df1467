import { ivLength } from '#crypto/cfb';
import type { Proof, Span } from './span-tape.ts';

/** A ciphertext of IV and body, in digits, that a key was proven on before a cell is scanned: bytes of the cell. */
export interface KnownRun {
  readonly start: number;
  readonly end: number;
  /** Index of the key. */
  readonly key: number;
  readonly bits: number;
}

/** The one of `known` that a run holds. */
export function knownWithin(known: readonly KnownRun[], start: number, end: number): KnownRun | undefined {
  return known.find((run) => run.start < end && start < run.end);
}

/** What is known of a run, as if it had been proven on its span. `base`: bits of the span before the ciphertext, of a prefix. */
export function proofOfKnown(span: Span, base: number, { key, bits }: KnownRun): Proof {
  const length = (span.bits - base) >> 3;
  const region = { first: ivLength, end: length, whole: true, ratios: [], inputs: [], bits };
  return {
    stream: { span, base, length, choices: 1 },
    key,
    segment: 'cfb128',
    region,
    charge: 0,
  };
}
