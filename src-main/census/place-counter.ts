import type { EncryptedColumn } from '#contract/inventory';
import type { Tried } from '#evidence/scan/tried';
import { depthOf, type Hit, type Opened, outermost } from '#evidence/scan/hit';
import { PlaceEvidence, type PlaceVerdict, type SearchSize } from '#evidence/place-evidence';
import type { NestedPlace } from './census-result.ts';
import type { CoveredRange } from './covered.ts';

/** For a column in which no run was long enough to be tried. */
export const nothingTried: Tried = { cut: 0, runs: 0, bodies: 0, within: { runs: 0, bodies: 0 } };

/** Rows of a place that are remembered, to list them and to derive the form of their values. */
export const rowsKept = 60;
/** A hit with this much evidence is hardly ever noise. */
const strongBits = 24;

/** Counts values encrypted with the keys at one place during a census. Constant memory. */
export class PlaceCounter {
  /** The inventory entry that covers them; undefined for values outside all entries. */
  readonly entry: EncryptedColumn | undefined;
  /** Whether they are inside decrypted values there. */
  readonly isNested: boolean;
  #depth = 1;
  readonly #evidence = new PlaceEvidence();
  readonly #variants = new Map<string, Variant>();

  constructor(entry: EncryptedColumn | undefined, isNested = false) {
    this.entry = entry;
    this.isNested = isNested;
  }

  /** For values within others: their maximum depth. */
  get nested(): NestedPlace | undefined {
    return this.isNested ? { depth: this.#depth, outerListed: this.entry !== undefined } : undefined;
  }

  /** Whether an entry reads these values, so that those too weak to count alone are vouched for by it. */
  get #isListed(): boolean {
    return this.entry !== undefined && !this.isNested;
  }

  /** Hits in this place so far. */
  get hits(): number {
    let hits = 0;
    for (const { strong, weak } of this.#variants.values()) hits += strong + weak;
    return hits;
  }

  /**
   * `row`: its place on disk, or its line in a file. `path`: to the leaf in a document, if that was looked
   * up. `again`: the same value was reported in another frame before, so this is more evidence, but not
   * another value.
   */
  add(
    hit: Hit,
    row: string,
    { path, again = false }: { path?: string | undefined; again?: boolean } = {},
  ): void {
    this.#evidence.add(hit);
    if (again) return;
    if (hit.bits >= strongBits) this.#depth = Math.max(this.#depth, depthOf(hit));
    const id = idOf(hit);
    const variant = this.#variants.get(id) ?? {
      strong: 0,
      weak: 0,
      weakInRow: 0,
      rows: [],
      weakRows: [],
      paths: new Set(),
    };
    this.#variants.set(id, variant);
    const isStrong = hit.bits >= strongBits;
    countHit(variant, hit, isStrong, row);
    const rows = isStrong ? variant.rows : variant.weakRows;
    if (rows.length < rowsKept && rows.at(-1) !== row) rows.push(row);
    if (isStrong && path !== undefined) variant.paths.add(path);
  }

  /** Whether further values like a key's in the expected frame would change only their number. */
  isPlenty(key: number): boolean {
    const variant = this.#variants.get(idOf({ ...expected, key }));
    return (variant?.rows.length ?? 0) >= rowsKept && this.#evidence.isPlenty({ ...expected, key });
  }

  /** Counts such values: `add` for those that need not be examined more closely. */
  count(key: number, values: number): void {
    const variant = this.#variants.get(idOf({ ...expected, key }));
    if (variant) variant.strong += values;
    this.#evidence.count({ ...expected, key }, values);
  }

  /**
   * The result for each key, by the evidence of all its values, after paying for the choice among so many
   * places.
   */
  found(tried: Tried, search: SearchSize): FoundValues[] {
    const found = new Map<number, FoundValues>();
    // every place may also be one of values within others
    const size = { ...search, places: 2 * search.places };
    for (const verdict of this.#evidence.verdicts(this.isNested ? tried.within : tried, size)) {
      if (verdict.verdict === 'undecided') continue;
      const variant = this.#variants.get(idOf(verdict));
      if (!variant || this.#isEcho(variant, verdict.key)) continue;
      const values = countOf(verdict, variant, this.isNested);
      const rows = variant.rows.length > 0 ? variant.rows : variant.weakRows;
      const before = found.get(verdict.key);
      // strongest first: what may be noise does not count if there is nothing else
      const isPossible = verdict.verdict === 'possible';
      if (isPossible && (this.#isListed || before?.isPossible === false)) continue;
      found.set(verdict.key, {
        key: verdict.key,
        values: (before?.values ?? 0) + values,
        rows: [...(before?.rows ?? []), ...rows].slice(0, rowsKept),
        paths: [...new Set([...(before?.paths ?? []), ...variant.paths])],
        isPossible,
        certain: before?.certain === true || verdict.verdict === 'certain',
        bits: Math.max(before?.bits ?? 0, verdict.bits),
      });
    }
    return [...found.values()];
  }

  /**
   * Whether it has only weak hits, all in rows in which the same key has a value beyond doubt in another
   * frame.
   */
  #isEcho({ strong, weakRows }: Variant, key: number): boolean {
    if (strong > 0) return false;
    const reported = new Set(
      [...this.#variants].flatMap(([id, { rows }]) => (id.startsWith(`${key} `) ? rows : [])),
    );
    return weakRows.every((row) => reported.has(row));
  }
}

const expected = { frame: 'start', segment: 'cfb128' } as const;

/**
 * With the IVs of its row, any few characters next to a value pass for a short value two times in five. So a
 * weak hit in a row that has a strong one is not another value.
 */
function countHit(variant: Variant, { frame }: Hit, isStrong: boolean, row: string): void {
  if (isStrong) {
    variant.strong++;
    if (frame !== 'sibling') return;
    if (variant.weakRow === row) variant.weak -= variant.weakInRow;
    variant.weakInRow = 0;
    variant.strongRow = row;
    return;
  }
  if (frame === 'sibling' && variant.strongRow === row) return;
  variant.weak++;
  variant.weakInRow = variant.weakRow === row ? variant.weakInRow + 1 : 1;
  variant.weakRow = row;
}

interface Variant {
  strong: number;
  weak: number;
  strongRow?: string;
  weakRow?: string;
  weakInRow: number;
  readonly rows: string[];
  readonly weakRows: string[];
  readonly paths: Set<string>;
}

/** Values of one key at one place. */
export interface FoundValues {
  /** Index of the key. */
  readonly key: number;
  readonly values: number;
  readonly rows: readonly string[];
  /** Generalised paths that lead to the first of them. */
  readonly paths: readonly string[];
  /**
   * The chance that any such place of the whole census is wrongly reported is below 2⁻⁶⁴; else below 2⁻²⁰.
   */
  readonly certain: boolean;
  /** It may be chance: there is too little evidence for either. */
  readonly isPossible: boolean;
  readonly bits: number;
}

function idOf({ key, frame, segment }: Pick<Hit, 'key' | 'frame' | 'segment'>): string {
  return `${key} ${frame} ${segment}`;
}

/**
 * Where a ciphertext was expected, short values count with the others; anywhere else, for instance among the
 * tokens that plaintexts are full of, a weak hit is noise.
 */
function countOf({ frame }: PlaceVerdict, { strong, weak }: Variant, isNested: boolean): number {
  const isExpected = (frame === 'start' || frame === 'sibling') && (!isNested || strong === 0);
  return isExpected ? strong + weak : Math.max(1, strong);
}

/**
 * Whether the run of a hit, or of the value that contains it, overlaps one of these ranges of its cell, and
 * is read there as it was found.
 */
export function isCovered(hit: Opened, { from, to, encodings }: CoveredRange): boolean {
  const { start, end, encoding } = outermost(hit);
  return from < end && start < to && encodings?.has(encoding) !== false;
}

/**
 * Runs of one flush that were reported: one value may read as text in several frames, or be a part of a
 * longer run, but for one key it is one value.
 */
export class ReportedRuns {
  readonly #runs = new Map<string, { readonly start: number; readonly end: number; last: number }[]>();

  isAgain({ row, column, start, end, key, first, last, within }: Hit): boolean {
    const cell = `${row} ${column} ${key} ${within ? placeIn(within) : ''}`;
    const reported = this.#runs.get(cell) ?? [];
    this.#runs.set(cell, reported);
    const same = reported.find((run) => run.start === start);
    if (!same) {
      const overlaps = reported.some((run) => start < run.end && run.start < end);
      reported.push({ start, end, last });
      return overlaps;
    }
    const again = first < same.last;
    same.last = Math.max(same.last, last);
    return again;
  }
}

/** The location of a value, through all values that contain it. */
function placeIn({ start, first, within }: Opened): string {
  return `${within ? placeIn(within) : ''}${start} ${first}/`;
}
