import { ivLength } from '#crypto/cfb';
import { hexValue } from '#evidence/writings/digit-classes';
import { type Encrypt, Probe } from './probe.ts';
import { isSettled, startsWhereExpected } from './proof.ts';
import { readsAsText, type Segment } from './proven-region.ts';
import type { CellRange } from './short-bodies.ts';
import { IvsOfRow, overlaps, type RowIv } from './row-ivs.ts';
import { type Proof, type Span, SpanTape } from './span-tape.ts';
import { begin, dead, readable } from '#evidence/plaintexts/text-models';
import { VainBodies } from '#evidence/vain-bodies';

/** An IV, what may be its body, and the key and segment to try. */
interface Pair {
  readonly body: Span;
  readonly iv: RowIv;
  /** IVs that were tried with this body. */
  readonly choices: number;
  readonly key: number;
  readonly segment: Segment;
  /** Its index among those that are tried. */
  readonly index: number;
}

/** A proof on the bytes IV ‖ body. */
export type OnSibling = (body: Span, iv: RowIv, choices: number, proof: Proof, plain: Uint8Array) => void;

/** A body is tried up to this length; the rest follows from its own blocks. */
const longestBody = 256;

/** Rows with something that may be an IV, and the spans that may be encrypted with it. */
export class RowSiblings {
  readonly #tape: SpanTape;
  readonly #onSibling: OnSibling;
  /** For all rows since the last `clear`. */
  readonly #ivs: RowIv[] = [];
  /** Four numbers per row: first and last span, first and last IV. */
  readonly #rows: number[] = [];
  #firstIv = 0;
  /** Parallel lists: what is tried. */
  readonly #bodies: Span[] = [];
  readonly #candidates: RowIv[] = [];
  readonly #choices: number[] = [];
  readonly #known: (Proof | undefined)[] = [];
  /** Those that were proven. */
  readonly #proofs = new Set<number>();
  readonly #vain = new VainBodies();
  /** Where a pair's IV is among the inputs, which contain each IV once. */
  readonly #slots: number[] = [];
  #slotCount = 0;
  #inputs = new Uint8Array(1 << 12);
  #shifted = new Uint8Array(1 << 12);
  #pairs: Pair[] = [];
  readonly #pairTape = new SpanTape();
  readonly #probe: Probe;

  /** `tape` holds the spans. */
  constructor(tape: SpanTape, onSibling: OnSibling) {
    this.#tape = tape;
    this.#onSibling = onSibling;
    this.#probe = new Probe(this.#pairTape, (proof, plain) => this.#proven(proof, plain));
  }

  addIv(iv: RowIv): void {
    this.#ivs.push(iv);
  }

  /**
   * Whether the current row has an IV that is not a whole cell, for a body in that cell. A UUID's digits do not count for a short
   * body, because rows are full of them.
   */
  hasIvBeside({ column, start, end }: CellRange): boolean {
    for (let i = this.#firstIv; i < this.#ivs.length; i++) {
      const iv = this.#ivs[i] as RowIv;
      const isWhole = iv.column === column && iv.start === 0 && iv.end === end - start;
      if (iv.encoding !== 'uuid' && !isWhole) return true;
    }
    return false;
  }

  /** Those of the current row in a cell. */
  ivsWithin({ column }: CellRange): readonly RowIv[] {
    return this.#ivs.slice(this.#firstIv).filter((iv) => iv.column === column && iv.encoding !== 'uuid');
  }

  get hasIv(): boolean {
    return this.#ivs.length > this.#firstIv;
  }

  /** Ends a row whose spans are those from `firstSpan` on. */
  endRow(firstSpan: number): void {
    const last = this.#tape.spans.length;
    if (last > firstSpan) this.#rows.push(firstSpan, last, this.#firstIv, this.#ivs.length);
    else this.#ivs.length = this.#firstIv;
    this.#firstIv = this.#ivs.length;
  }

  clear(): void {
    this.#ivs.length = 0;
    this.#rows.length = 0;
    this.#firstIv = 0;
  }

  /**
   * Tries every IV with the other spans of its row, after these have been tried on their own: with the key and segment that their
   * later blocks are proven for or, if they are too short for that, with every key in both segments. `tried` receives each body.
   */
  tryAll(keys: readonly Encrypt[], tried: (body: Span) => void): void {
    this.#gather(tried);
    const count = this.#bodies.length;
    if (count === 0) return;
    for (const [key, encrypt] of keys.entries()) {
      const keystream = encrypt(this.#inputs.subarray(0, this.#slotCount * ivLength));
      const byBytes: number[] = [];
      for (let i = 0; i < count; i++) this.#tryOne(i, key, keystream, byBytes);
      keystream.fill(0);
      for (const i of this.#narrow(byBytes, encrypt)) this.#addPair(i, key, 'cfb8');
    }
    this.#provePairs(keys);
    this.#rememberVain();
    this.#bodies.length = 0;
    this.#candidates.length = 0;
    this.#choices.length = 0;
    this.#known.length = 0;
    this.#slots.length = 0;
    this.#slotCount = 0;
  }

  #gather(tried: (body: Span) => void): void {
    const rows = this.#rows;
    const slotOf = new Int32Array(this.#ivs.length).fill(-1);
    for (let r = 0; r < rows.length; r += 4) {
      const ivs = new IvsOfRow(this.#ivs, rows[r + 2] as number, rows[r + 3] as number);
      for (let s = rows[r] as number; s < (rows[r + 1] as number); s++) {
        const body = this.#tape.spans[s] as Span;
        const later = body.proofs.find(({ stream, region }) => stream.base === 0 && region.first === 16);
        if (!later && body.length > 31) continue;
        const before = this.#bodies.length;
        for (const i of ivs.of(body)) {
          const iv = this.#ivs[i] as RowIv;
          // rows are full of UUIDs: they count only if a later block supports a key
          if (overlaps(iv, body) || (iv.encoding === 'uuid' && !later)) continue;
          if (!later && this.#vain.has(body.column, iv.column, this.#tape.bytes, body.offset, body.length))
            continue;
          if (slotOf[i] === -1) slotOf[i] = this.#addInput(iv);
          this.#slots.push(slotOf[i] as number);
          this.#bodies.push(body);
          this.#candidates.push(iv);
          this.#known.push(later && (iv.encoding === 'uuid' || isSettled(later)) ? later : undefined);
        }
        const choices = this.#bodies.length - before;
        if (choices > 0) tried(body);
        for (let i = 0; i < choices; i++) this.#choices.push(choices);
      }
    }
  }

  #rememberVain(): void {
    for (const [i, { column, offset, length, proofs }] of this.#bodies.entries()) {
      if (proofs.length > 0 || this.#proofs.has(i)) continue;
      this.#vain.add(column, (this.#candidates[i] as RowIv).column, this.#tape.bytes, offset, length);
    }
    this.#proofs.clear();
  }

  #addInput({ encoding, bytes, at }: RowIv): number {
    const to = this.#slotCount * ivLength;
    if (to + ivLength > this.#inputs.length) {
      const larger = new Uint8Array(2 * this.#inputs.length);
      larger.set(this.#inputs);
      this.#inputs = larger;
    }
    const inputs = this.#inputs;
    for (let i = 0; i < ivLength; i++) {
      if (encoding === 'uuid') {
        const digits = at + (uuidDigits[i] as number);
        inputs[to + i] =
          ((hexValue[bytes[digits] as number] as number) << 4) |
          (hexValue[bytes[digits + 1] as number] as number);
      } else inputs[to + i] = bytes[at + i] as number;
    }
    return this.#slotCount++;
  }

  /** Keeps a pair whose first block reads as text, and adds those whose first byte does to `byBytes`. */
  #tryOne(i: number, key: number, keystream: Uint8Array, byBytes: number[]): void {
    const known = this.#known[i];
    if (known && known.key !== key) return;
    const { offset, length } = this.#bodies[i] as Span;
    const { bytes } = this.#tape;
    const from = (this.#slots[i] as number) * ivLength;
    if (known?.segment !== 'cfb8') {
      if (readsAsText(bytes, offset, keystream, from, Math.min(16, length), length <= 16))
        this.#addPair(i, key, 'cfb128');
    }
    if (known?.segment !== 'cfb128' && this.#readsOn(i, 0, keystream[from] as number)) byBytes.push(i);
  }

  /** For CFB8, those pairs whose next three bytes read as text too. */
  #narrow(byBytes: number[], encrypt: Encrypt): readonly number[] {
    if (this.#shifted.length < byBytes.length * ivLength)
      this.#shifted = new Uint8Array(2 * byBytes.length * ivLength);
    const inputs = this.#shifted;
    const { bytes } = this.#tape;
    let count = byBytes.length;
    for (let step = 1; step < 4 && count > 0; step++) {
      for (let k = 0, to = 0; k < count; k++) {
        const i = byBytes[k] as number;
        const from = (this.#slots[i] as number) * ivLength;
        const { offset } = this.#bodies[i] as Span;
        for (let b = step; b < ivLength; b++) inputs[to++] = this.#inputs[from + b] as number;
        for (let b = 0; b < step; b++) inputs[to++] = bytes[offset + b] as number;
      }
      const keystream = encrypt(inputs.subarray(0, count * ivLength));
      let kept = 0;
      for (let k = 0; k < count; k++) {
        const i = byBytes[k] as number;
        if (this.#readsOn(i, step, keystream[k * ivLength] as number)) byBytes[kept++] = i;
      }
      keystream.fill(0);
      count = kept;
    }
    byBytes.length = count;
    return byBytes;
  }

  /** Whether a byte of a body may be text, or padding in a short one. */
  #readsOn(i: number, at: number, key: number): boolean {
    const { offset, length } = this.#bodies[i] as Span;
    if (at >= length) return true;
    const byte = (this.#tape.bytes[offset + at] as number) ^ key;
    if (length <= 16 && byte <= 16) return true;
    // inside a character, or at its start
    return readable[(begin << 8) | byte] !== dead;
  }

  #addPair(i: number, key: number, segment: Segment): void {
    const body = this.#bodies[i] as Span;
    const iv = this.#candidates[i] as RowIv;
    const joined = new Uint8Array(ivLength + Math.min(body.length, longestBody));
    const slot = this.#slots[i] as number;
    joined.set(this.#inputs.subarray(slot * ivLength, (slot + 1) * ivLength));
    joined.set(this.#tape.bytes.subarray(body.offset, body.offset + joined.length - ivLength), ivLength);
    // the tape's rows are indices of pairs
    const place = { row: this.#pairs.length, column: body.column };
    this.#pairs.push({ body, iv, choices: this.#choices[i] as number, key, segment, index: i });
    this.#pairTape.add(place, 'raw', joined, 0, joined.length, 0, 0);
  }

  #provePairs(keys: readonly Encrypt[]): void {
    if (this.#pairs.length === 0) return;
    const pairOf = (span: Span) => this.#pairs[span.row] as Pair;
    this.#probe.tryStarts(keys, (span, key) => pairOf(span).segment === 'cfb128' && pairOf(span).key === key);
    this.#probe.tryStartsByBytes(keys, (span) => pairOf(span).segment === 'cfb8');
    this.#probe.wipe();
    this.#pairTape.clear();
    this.#pairs = [];
  }

  #proven(proof: Proof, plain: Uint8Array): void {
    const pair = this.#pairs[proof.stream.span.row] as Pair;
    if (pair.key !== proof.key || pair.segment !== proof.segment) return;
    if (startsWhereExpected(proof.stream, proof.region)) {
      this.#proofs.add(pair.index);
      this.#onSibling(pair.body, pair.iv, pair.choices, proof, plain);
    }
  }
}

/** Where the 16 pairs of digits of a UUID stand. */
const uuidDigits = [0, 2, 4, 6, 9, 11, 14, 16, 19, 21, 24, 26, 28, 30, 32, 34];
