import type { RunCount } from './scan/tried.ts';
import type { Frame, Hit } from './scan/hit.ts';
import { InputFilter } from './input-filter.ts';
import type { Segment } from './scan/proven-region.ts';
import { log2OfProduct } from './plaintexts/text-bits.ts';

/**
 * Shares of a place's runs that may hold values encrypted with a key, each tried: half of them, or one in 2⁶, 2¹², 2¹⁸, 2²⁴. For each, every run contributes the e-value 1 − ε + ε · LR of
 * its likelihood ratio; the mean over the shares is one e-value again (V. Vovk and R. Wang, 2021, merging by averaging), so trying five costs log2 5 bits.
 */
const shares: readonly number[] = [1, 6, 12, 18, 24].map((bits) => 2 ** -bits);

const frames: readonly Frame[] = ['start', 'prefix', 'sibling', 'binary', 'search'];
const segments: readonly Segment[] = ['cfb128', 'cfb8'];
/** Positions in a run that are judged separately, each for strong and for weak hits. */
const variantCount = 2 * frames.length * segments.length;

/** Bits that settle it: the chance that any place of the whole database is wrongly reported is below 2⁻⁶⁴. */
export const certainBits = 64;
/** One in a million. */
const likelyBits = 20;
/**
 * Below this it is reported only as possible: in one of this many searches noise does the same. One value of
 * some 10 characters reaches it.
 */
const possibleBits = 6;
/** Beyond this, more evidence changes nothing. */
const plentyBits = 1 << 14;
/** The same for the smallest share, from which a billion misses take less than a hundred bits. */
const plentyOfRare = 1 << 9;

/**
 * A hit with this much evidence is unlikely to be noise anywhere; weaker ones are mostly noise, and must not
 * fill the filter of the others.
 */
const strongBits = 24;
const filterSize = 1 << 16;

export interface PlaceVerdict {
  /** Index of the key. */
  readonly key: number;
  readonly frame: Frame;
  readonly segment: Segment;
  /** Runs with a hit of this kind. */
  readonly hits: number;
  /**
   * Those that repeat cipher inputs seen before: a default, or the same value in many rows. They are not
   * evidence.
   */
  readonly repeated: number;
  /** Evidence in bits, after subtracting the cost of searching over places, keys and variants. */
  readonly bits: number;
  readonly verdict: 'certain' | 'likely' | 'possible' | 'undecided';
}

/** How much a caller searched in total, which the evidence has to pay for. */
export interface SearchSize {
  /** Places of the whole census. */
  readonly places: number;
  readonly keys: number;
}

/** Hits of one kind and strength. */
interface Counter {
  hits: number;
  /** Runs that they are in: one run may contain several values. */
  runs: number;
  repeated: number;
  /** Per share, log2 of the product over the hits. */
  readonly sums: Float64Array;
}

interface Variant {
  readonly key: number;
  readonly frame: Frame;
  readonly segment: Segment;
  readonly salt: number;
  /** Separate, because a cipher input may be in the filters of both. */
  readonly strong: Counter;
  readonly weak: Counter;
}

/**
 * Evidence that one place of a database (a column, or a path in its documents) contains values encrypted with
 * a key, however few of its rows do. For a key that did not encrypt them, the keystreams of different cipher
 * inputs are independent noise, so the chance of `bits` is at most 2^-bits. Each cipher input counts once: a
 * value that appears in a thousand rows, or an IV that never changes, is evidence once. Constant memory.
 */
export class PlaceEvidence {
  readonly #variants = new Map<number, Variant>();
  #strong: InputFilter | undefined;
  #weak: InputFilter | undefined;

  /** Adds a hit in this place. */
  add(hit: Hit): void {
    const variant = this.#variantOf(hit);
    const isStrong = hit.bits >= strongBits;
    const counter = isStrong ? variant.strong : variant.weak;
    counter.hits++;
    if (hit.earlier === 0) counter.runs++;
    if ((counter.sums[0] as number) > plentyBits) return;
    const filter = isStrong
      ? (this.#strong ??= new InputFilter(filterSize))
      : (this.#weak ??= new InputFilter(filterSize));
    const fresh = hit.ratios.filter((_, i) => filter.isNew((hit.inputs[i] as number) ^ variant.salt));
    if (fresh.length === 0) {
      counter.repeated++;
      return;
    }
    const bits = log2OfProduct(fresh) - hit.charge;
    for (let i = 0; i < shares.length; i++) {
      counter.sums[i] = (counter.sums[i] as number) + log2Mixed(shares[i] as number, bits);
    }
  }

  /** Whether hits of a kind have so much evidence that no number of misses will change it. */
  isPlenty(kind: Pick<Hit, 'key' | 'frame' | 'segment'>): boolean {
    const { sums } = this.#variantOf(kind).strong;
    return (sums[shares.length - 1] as number) > plentyOfRare;
  }

  /** Adds strong hits only as a number, of a kind that has ample evidence. Each is in its own run. */
  count(kind: Pick<Hit, 'key' | 'frame' | 'segment'>, hits: number): void {
    const { strong } = this.#variantOf(kind);
    strong.hits += hits;
    strong.runs += hits;
  }

  /**
   * Judges each key and variant that had a hit, strongest first. Attempts without a hit count against it, so
   * `tried` has to include all runs of the place, or more: the number for its whole column will do for a
   * path.
   */
  verdicts({ runs, bodies }: RunCount, { places, keys }: SearchSize): PlaceVerdict[] {
    const search = Math.log2(shares.length) + Math.log2(places) + Math.log2(keys) + Math.log2(variantCount);
    return [...this.#variants.values()]
      .map(({ key, frame, segment, strong, weak }): PlaceVerdict => {
        const tried = frame === 'sibling' ? bodies : runs;
        const bits = Math.max(bitsOf(strong, tried), bitsOf(weak, tried)) - search;
        const hits = strong.hits + weak.hits;
        return {
          key,
          frame,
          segment,
          hits,
          repeated: strong.repeated + weak.repeated,
          bits,
          verdict: verdictOf(bits),
        };
      })
      .sort((a, b) => b.bits - a.bits);
  }

  #variantOf({ key, frame, segment }: Pick<Hit, 'key' | 'frame' | 'segment'>): Variant {
    const id = (key * frames.length + frames.indexOf(frame)) * segments.length + segments.indexOf(segment);
    let variant = this.#variants.get(id);
    if (!variant) {
      // the same input is evidence in each variant
      const salt = Math.imul(id + 1, 0x9e3779b1);
      variant = { key, frame, segment, salt, strong: emptyCounter(), weak: emptyCounter() };
      this.#variants.set(id, variant);
    }
    return variant;
  }
}

function verdictOf(bits: number): PlaceVerdict['verdict'] {
  if (bits >= certainBits) return 'certain';
  if (bits >= likelyBits) return 'likely';
  return bits >= possibleBits ? 'possible' : 'undecided';
}

function emptyCounter(): Counter {
  return { hits: 0, runs: 0, repeated: 0, sums: new Float64Array(shares.length) };
}

function bitsOf({ runs, sums }: Counter, tried: number): number {
  const misses = tried - runs;
  if (misses < 0) throw new Error(`${runs} runs have hits, but only ${tried} are said to have been tried`);
  return Math.max(...shares.map((share, i) => (sums[i] as number) + misses * Math.log2(1 - share)));
}

/** log2(1 − share + share · 2^bits). */
function log2Mixed(share: number, bits: number): number {
  return bits > 64 ? Math.log2(share) + bits : Math.log2(1 - share + share * 2 ** bits);
}
