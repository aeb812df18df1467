import { blockCipher } from '#crypto/aes-ecb';
import { ivLength } from '#crypto/cfb';
import type { EncryptionKey } from '#crypto/encryption-key';
import { BinaryPlaintexts } from '#evidence/plaintexts/binary-plaintexts';
import type { Hit } from './hit.ts';
import { binaryHit, hitOf, siblingHit } from './hit-of-proof.ts';
import type { InnerPlace, InnerText } from '#evidence/writings/inner-text';
import { InnerTexts } from '#evidence/writings/inner-texts';
import { type KnownRun, knownWithin, proofOfKnown } from './known-run.ts';
import { Probe, type ProbeOptions, usualStrides } from './probe.ts';
import { isSettled } from './proof.ts';
import { isReadable, type Region, type Segment } from './proven-region.ts';
import { RowSiblings } from './row-siblings.ts';
import { addShortBodies, type CellRange } from './short-bodies.ts';
import { siblingPlaintext } from './sibling-plaintext.ts';
import { type Report, withoutRepeats } from './repeated-hits.ts';
import { type RunSink, SpanScan } from './span-scan.ts';
import { type DigitEncoding, digitBits, type Manner, type Proof, type Span, SpanTape } from './span-tape.ts';
import { type Tried, TriedRuns } from './tried.ts';

/**
 * Gets what a key made of a run, `bytes[start … end)`, which are wiped later: text, or text with other bytes around it. Of several hits that show one value, each is told.
 */
export type OnPlaintext = (
  hit: Hit,
  bytes: Uint8Array,
  start: number,
  end: number,
  kind: 'text' | 'bytes',
) => void;

/** So many decoded bytes are worth a call of the cipher. With four times as many, what is made of each lives too long to be collected cheaply. */
const fullBytes = 1 << 14;
const uuidLength = 36;
const shortestText = 22;
/** Other writings are many, and noise in one of them is told for little: less than this says nothing. */
const leastInside = 16;

/**
 * Looks for values under any of some keys in texts and bytes, whatever they are written and framed in: every run that decodes, at every place, in both segments. What
 * these decrypt to is handed on (`CellScanner`). Not found is what
 * has no readable plaintext (binary, compressed), what is too short for evidence, and a ciphertext that is a small part of a long run: of less than 130 bytes in a run
 * of more than 160, or 190 in one of more than 4 KiB, away from both its ends. `ProbeOptions` narrow that, at a price.
 */
export class LayerScanner implements RunSink {
  readonly #keys: readonly EncryptionKey[];
  readonly #tape = new SpanTape();
  readonly #scan = new SpanScan(this);
  readonly #probe: Probe;
  readonly #binary = new BinaryPlaintexts(this.#tape);
  readonly #siblings: RowSiblings;
  readonly #place = { row: -1, column: 0 };
  #cellStart = 0;
  /** Those of the row at hand are the first `#cellCount`. */
  readonly #cells: CellRange[] = [];
  #cellCount = 0;
  #firstSpan = 0;
  readonly #tried = new TriedRuns();
  /** What the cell at hand holds in other writings, and in what its runs decode to. */
  readonly #inner = new InnerTexts();
  /** What is known of the cell at hand. */
  #known: readonly KnownRun[] | undefined;
  /** The part of the cell that holds the text which is looked through. */
  #outer: InnerText | undefined;
  #reports: Report[] = [];
  readonly #onPlaintext: OnPlaintext;
  #lastSibling: { body: Span; key: number; segment: Segment; earlier: number } | undefined;

  /** The keys stay the caller's. */
  constructor(
    keys: readonly EncryptionKey[],
    onPlaintext: OnPlaintext,
    options: ProbeOptions = usualStrides,
  ) {
    this.#keys = keys;
    this.#onPlaintext = onPlaintext;
    this.#probe = new Probe(
      this.#tape,
      (proof, plain) => this.#report(hitOf(proof), proof.stream.span, proof, plain),
      options,
    );
    this.#siblings = new RowSiblings(this.#tape, (body, iv, choices, proof, plain) => {
      const hit = siblingHit(body, iv, choices, proof, this.#earlierOf(body, proof));
      if (hit.bits > 0) this.#reportSibling(hit, body, proof, plain);
    });
  }

  /** Whether it is time for `flush`, at the end of a row. */
  get full(): boolean {
    return this.#tape.used >= fullBytes;
  }

  /**
   * Enters the cell `data[start … end)`, which has to stay as it is until `flush`. Cells of one row come one after the other, and a row is one
   * for `flush` too: an IV is searched for in the row's cells since the last. `bytes` are examined as they are, and as text. `known` was
   * proven and told elsewhere: no key is tried on it.
   */
  add(
    row: number,
    column: number,
    data: Uint8Array,
    start: number,
    end: number,
    kind: 'text' | 'bytes',
    known?: readonly KnownRun[],
  ): void {
    if (row !== this.#place.row) this.#endRow();
    this.#place.row = row;
    this.#place.column = column;
    this.#cellStart = start;
    this.#known = known;
    const length = end - start;
    this.#rememberCell(column, data, start, end, kind);
    if (length === ivLength) {
      const encoding = kind === 'text' ? 'text' : 'raw';
      this.#siblings.addIv({ column, start: 0, end: length, encoding, bytes: data, at: start });
    }
    if (length >= 17 && kind === 'bytes') this.#tape.add(this.#place, 'raw', data, start, end, 0, length);
    if (length >= shortestText) {
      this.#inner.begin(length);
      this.#scan.scan(data, start, end);
      this.#inner.read(data, start, end, kind);
      this.#scanInner();
      if (this.#inner.isCut) this.#tried.of(column).cut++;
    }
  }

  /** What the cell holds in other writings, like JSON in base64, is looked through as if it stood there. */
  #scanInner(): void {
    for (let texts = this.#inner.next(); texts; texts = this.#inner.next()) {
      for (const text of texts) this.#scanText(text);
    }
    this.#outer = undefined;
  }

  #scanText(text: InnerText): void {
    const { bytes, from, to, kind, start, end } = text;
    const length = to - from;
    this.#outer = text;
    this.#cellStart = 0;
    if (length === ivLength) {
      const place = { column: this.#place.column, start, end, encoding: 'raw' } as const;
      this.#siblings.addIv({ ...place, bytes, at: from, inner: this.#innerPlace(from, to) });
    }
    if (length >= 17 && kind === 'bytes')
      this.#tape.add(this.#place, 'raw', bytes, from, to, start, end).inner = this.#innerPlace(from, to);
    if (length < shortestText) return;
    this.#scan.scan(bytes, from, to);
    this.#inner.read(bytes, from, to, kind, text);
  }

  run(
    encoding: DigitEncoding,
    digits: Uint8Array,
    from: number,
    to: number,
    start: number,
    end: number,
    manner: Manner,
  ): void {
    const outer = this.#outer ?? { start: start - this.#cellStart, end: end - this.#cellStart };
    const span = this.#tape.add(this.#place, encoding, digits, from, to, outer.start, outer.end, manner);
    span.inner = this.#innerPlace(start, end);
    const known = this.#known && !this.#outer && knownWithin(this.#known, span.start, span.end);
    if (known) {
      const base = Math.max(0, known.start - span.start) * digitBits[encoding];
      span.proofs = [proofOfKnown(span, base, known)];
      return;
    }
    this.#inner.addDecoded(this.#tape, span, outer);
    if (span.length !== ivLength || span.bits - 8 * ivLength >= digitBits[encoding]) return;
    const bytes = this.#tape.bytes.slice(span.offset, span.offset + ivLength);
    const { column, inner } = span;
    this.#siblings.addIv({ column, start: span.start, end: span.end, encoding, bytes, at: 0, inner });
  }

  uuid(text: Uint8Array, start: number): void {
    const at = start - this.#cellStart;
    const { column } = this.#place;
    const outer = this.#outer ?? { start: at, end: at + uuidLength };
    const place = { column, start: outer.start, end: outer.end, encoding: 'uuid' } as const;
    const inner = this.#innerPlace(start, start + uuidLength);
    this.#siblings.addIv({ ...place, bytes: text, at: start, inner });
  }

  /** A place in the text that is looked through, if that is within another writing. */
  #innerPlace(start: number, end: number): InnerPlace | undefined {
    return this.#outer && { text: this.#outer, start, end };
  }

  /**
   * Tries the keys on all that was added, and forgets it. Hits of a run come in the order of certainty of their frames; one run may have several: more
   * than one value in it, or a short value that reads as text under more than one key.
   */
  flush(): Hit[] {
    this.#endRow();
    if (this.#tape.used === 0) return [];
    const keys = this.#keys.map(({ bytes }) => blockCipher(bytes));
    for (const { column, length, proofs } of this.#tape.spans)
      if (length >= 17 && proofs.length === 0) this.#tried.of(column).runs++;
    this.#probe.tryStarts(keys, (span) => span.proofs.length === 0 || !span.proofs.some(isSettled));
    this.#probe.tryEverywhere(keys);
    this.#siblings.tryAll(keys, ({ column }) => this.#tried.of(column).bodies++);
    const unexplained = (span: Span) => !span.proofs.some(isSettled);
    for (const proof of this.#binary.find(keys, unexplained)) {
      const hit = binaryHit(proof, this.#tape);
      this.#reports.push({ hit, inside: proof.span.inner !== undefined });
      this.#binary.open(proof, keys, (plaintext) =>
        this.#onPlaintext(hit, plaintext, 0, plaintext.length, 'bytes'),
      );
    }
    const hits = withoutRepeats(this.#reports);
    this.#probe.wipe();
    this.#siblings.clear();
    this.#tape.clear();
    this.#firstSpan = 0;
    this.#reports = [];
    this.#lastSibling = undefined;
    return hits;
  }

  /** See `TriedRuns.take`. */
  takeTried(): ReadonlyMap<number, Tried> {
    return this.#tried.take();
  }

  #rememberCell(column: number, data: Uint8Array, start: number, end: number, kind: CellRange['kind']): void {
    const cell = this.#cells[this.#cellCount++];
    if (!cell) {
      this.#cells.push({ column, data, start, end, kind });
      return;
    }
    cell.column = column;
    cell.data = data;
    cell.start = start;
    cell.end = end;
    cell.kind = kind;
  }

  #endRow(): void {
    if (this.#siblings.hasIv) {
      for (let i = 0; i < this.#cellCount; i++) {
        const cell = this.#cells[i] as CellRange;
        if (!this.#siblings.hasIvBeside(cell)) continue;
        addShortBodies(this.#tape, this.#place.row, cell, this.#siblings.ivsWithin(cell));
      }
      this.#siblings.endRow(this.#firstSpan);
    }
    this.#cellCount = 0;
    this.#firstSpan = this.#tape.spans.length;
    this.#place.row = -1;
  }

  /** Pairs of one body come one after the other. */
  #earlierOf(body: Span, { key, segment }: Proof): number {
    const last = this.#lastSibling;
    const same = last?.body === body && last.key === key && last.segment === segment;
    const earlier = same ? last.earlier + 1 : 0;
    this.#lastSibling = { body, key, segment, earlier };
    return earlier;
  }

  #report(hit: Hit, span: Span, { region, stream }: Proof, plain: Uint8Array): void {
    if (!this.#takesIn(hit, span)) return;
    const { first, end } = plaintextOf(hit, region, stream.length);
    const kind = first === region.first && end === region.end ? 'text' : 'bytes';
    this.#onPlaintext(hit, plain, first, end, kind);
  }

  #reportSibling(hit: Hit, body: Span, proof: Proof, plain: Uint8Array): void {
    if (!this.#takesIn(hit, body)) return;
    const bytes = this.#tape.bytes.subarray(body.offset, body.offset + body.length);
    const whole = siblingPlaintext(bytes, proof, plain, (this.#keys[hit.key] as EncryptionKey).bytes);
    this.#onPlaintext(hit, whole, 0, whole.length, isReadable(whole, 0, whole.length) ? 'text' : 'bytes');
    whole.fill(0);
  }

  /** Keeps a hit, unless it says too little for the writing that it is in. */
  #takesIn(hit: Hit, span: Span): boolean {
    const inside = span.inner !== undefined;
    if (inside && hit.bits < leastInside) return false;
    this.#reports.push({ hit, inside });
    return true;
  }
}

/** Blocks before and after a text are of the same value, as far as is known: what is none is noise there, and is not examined for a hit that may be noise itself. */
function plaintextOf(
  { bits, segment }: Hit,
  { first, end }: Region,
  length: number,
): { readonly first: number; readonly end: number } {
  if (bits < leastInside) return { first, end };
  return { first: segment === 'cfb8' ? ivLength : ivLength + (first % ivLength), end: length };
}
