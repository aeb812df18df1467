import type { Region, Segment } from './proven-region.ts';
import type { Proof, Span, Stream } from './span-tape.ts';

/** A span with this much evidence is not looked into any further, but for what follows after the proven bytes. */
const settledBits = 32;
/** What a proof found by searching must have left after the search is paid for. */
const leastFound = 4;
/** Another value may follow in the same span from this many bytes on. */
export const shortestRest = 33;
/** Noise after a text reads on for this many bytes once in five hundred times. */
export const readsOn = 8;

/** The proof that a region is, or undefined if what it says is not worth the search for it. */
export function proofOf(stream: Stream, region: Region, segment: Segment, key: number): Proof | undefined {
  const expected = startsWhereExpected(stream, region);
  const charge = expected ? Math.log2(stream.choices) : searchBits(stream, region);
  if (region.bits - charge <= (expected ? 0 : leastFound)) return undefined;
  return { stream, key, segment, region, charge };
}

/** Whether a proof leaves no doubt. */
export function isSettled({ region, charge }: Proof): boolean {
  return region.bits - charge >= settledBits;
}

/** The plaintext starts right after an IV at the stream's beginning, and goes on to its end. */
export function startsWhereExpected(stream: Stream, region: Region): boolean {
  return stream.choices > 0 && region.first === 16 && region.whole;
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

/** Whether a finding is part of what is proven, or too weak next to it. */
export function isProven(stream: Stream, at: number, segment: Segment, key: number): boolean {
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
export function restOf(span: Span): number | undefined {
  let from = 0;
  for (const proof of span.proofs) {
    const { stream, region } = proof;
    if (!isSettled(proof)) continue;
    from = Math.max(from, ((stream.base + 7) >> 3) + region.end - readsOn);
  }
  return from > 0 && span.length - from < shortestRest ? undefined : from;
}
