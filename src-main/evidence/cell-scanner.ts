import { blockCipher } from '#crypto/aes-ecb';
import type { EncryptionKey } from '#crypto/encryption-key';
import { type Encrypt, Probe, type ProbeOptions, startsWhereExpected, usualStrides } from './probe.ts';
import type { Segment } from './proven-region.ts';
import { addShortBodies, type CellRange, type Place, type RowIv, uuidBytes } from './row-ivs.ts';
import { type DigitEncoding, type RunSink, SpanScan } from './span-scan.ts';
import { digitBits, type Proof, type Span, type SpanEncoding, SpanTape } from './span-tape.ts';

/**
 * Where the ciphertext was expected: `start`, right after an IV at the run's beginning, to the run's end; `prefix`, the same after a separator in the run;
 * `sibling`, from the run's first byte on, with an IV that stands elsewhere in the row; `search`, anywhere else in the run.
 */
export type Frame = 'start' | 'prefix' | 'sibling' | 'search';

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
  /** For `PlaceEvidence`: bits of each unit before that, and a hash of its cipher input. */
  readonly gains: readonly number[];
  readonly inputs: readonly number[];
  readonly charge: number;
  /** What stands elsewhere in the row and was the IV. */
  readonly iv?: Place;
}

/** Gets a hit with its plaintext, which is wiped when `flush` returns. */
export type OnPlaintext = (hit: Hit, plaintext: Uint8Array) => void;

/** So many decoded bytes are worth a call of the cipher. */
const fullBytes = 1 << 18;
/** A body with its IV elsewhere is tried up to this length; what comes after follows from its own blocks. */
const longestBody = 256;
const ivLength = 16;
const shortestText = 22;

/** How much of a column was tried. */
export interface Tried {
  /** Runs of 17 bytes or more. */
  runs: number;
  /** Runs, or bodies too short for one, that were tried with an IV elsewhere in their row. */
  bodies: number;
}

interface Row {
  readonly row: number;
  readonly ivs: readonly RowIv[];
  readonly spans: readonly Span[];
}

/**
 * Looks for values under any of some keys in cells, whatever they are written and framed in: every run that decodes, at every place. Not found is what
 * has no readable plaintext (binary, compressed), values too short for evidence, and ciphertexts of less than about 130 bytes within longer runs, away from their ends.
 */
export class CellScanner implements RunSink {
  readonly #keys: readonly EncryptionKey[];
  readonly #options: ProbeOptions;
  readonly #tape = new SpanTape();
  readonly #scan = new SpanScan(this);
  readonly #place = { row: -1, column: 0 };
  #cellStart = 0;
  /** Of the row at hand. */
  #cells: CellRange[] = [];
  #ivs: RowIv[] = [];
  #firstSpan = 0;
  /** Rows with something that may be an IV. */
  #rows: Row[] = [];
  /** By column. */
  #tried = new Map<number, Tried>();

  /** The keys stay the caller's. */
  constructor(keys: readonly EncryptionKey[], options: ProbeOptions = usualStrides) {
    this.#keys = keys;
    this.#options = options;
  }

  /** Whether it is time for `flush`, at the end of a row. */
  get full(): boolean {
    return this.#tape.used >= fullBytes;
  }

  /**
   * Enters the cell `data[start … end)`, which has to stay as it is until `flush`. Cells of one row come one after the other, and a row is one
   * for `flush` too: an IV is looked for in the row's cells since the last. `bytes` are looked at as they are, and as text.
   */
  add(
    row: number,
    column: number,
    data: Uint8Array,
    start: number,
    end: number,
    kind: 'text' | 'bytes',
  ): void {
    if (row !== this.#place.row) this.#endRow();
    this.#place.row = row;
    this.#place.column = column;
    this.#cellStart = start;
    const length = end - start;
    this.#cells.push({ column, data, start, end, kind });
    if (length === ivLength) {
      const encoding = kind === 'text' ? 'text' : 'raw';
      this.#ivs.push({ column, start: 0, end: length, encoding, bytes: data.slice(start, end) });
    }
    if (length >= 17 && kind === 'bytes') this.#tape.add(this.#place, 'raw', data, start, end, 0, length, 0);
    if (length >= shortestText) this.#scan.scan(data, start, end);
  }

  run(
    encoding: DigitEncoding,
    digits: Uint8Array,
    from: number,
    to: number,
    start: number,
    end: number,
    width: number,
  ): void {
    const span = this.#tape.add(
      this.#place,
      encoding,
      digits,
      from,
      to,
      start - this.#cellStart,
      end - this.#cellStart,
      width,
    );
    if (span.length !== ivLength || span.bits - 8 * ivLength >= digitBits[encoding]) return;
    const bytes = this.#tape.bytes.slice(span.offset, span.offset + ivLength);
    this.#ivs.push({ column: span.column, start: span.start, end: span.end, encoding, bytes });
  }

  uuid(text: Uint8Array, start: number): void {
    const at = start - this.#cellStart;
    const bytes = uuidBytes(text, start);
    this.#ivs.push({ column: this.#place.column, start: at, end: at + 36, encoding: 'uuid', bytes });
  }

  /**
   * Tries the keys on all that was added, and forgets it. Hits of a run come in the order of certainty of their frames; one run may have several: more
   * than one value in it, or a short value that reads as text under more than one key.
   */
  flush(onPlaintext?: OnPlaintext): Hit[] {
    this.#endRow();
    const hits: Hit[] = [];
    const keys = this.#keys.map(({ bytes }) => blockCipher(bytes));
    const probe = new Probe(
      this.#tape,
      (proof, plain) => {
        const hit = hitOf(proof);
        hits.push(hit);
        onPlaintext?.(hit, plain.subarray(proof.region.first, proof.region.end));
      },
      this.#options,
    );
    for (const { column, length } of this.#tape.spans) if (length >= 17) this.#triedOf(column).runs++;
    if (this.#tape.used > 0) {
      probe.tryStarts(keys, (span) => !span.proofs.some(isSettled));
      probe.tryEverywhere(keys);
      probe.wipe();
    }
    if (this.#rows.length > 0) this.#trySiblings(keys, hits, onPlaintext);
    this.#tape.clear();
    this.#rows = [];
    this.#firstSpan = 0;
    return hits;
  }

  /** How much was tried in each column since this was last asked. For `PlaceEvidence`: what hit nothing counts too. */
  takeTried(): ReadonlyMap<number, Tried> {
    const tried = this.#tried;
    this.#tried = new Map();
    return tried;
  }

  #triedOf(column: number): Tried {
    let tried = this.#tried.get(column);
    if (!tried) {
      tried = { runs: 0, bodies: 0 };
      this.#tried.set(column, tried);
    }
    return tried;
  }

  #endRow(): void {
    const { spans } = this.#tape;
    if (this.#ivs.length > 0) {
      const ivs = this.#ivs;
      const found = spans.slice(this.#firstSpan);
      const short = ivs.some(({ encoding }) => encoding !== 'uuid')
        ? addShortBodies(this.#tape, this.#place.row, this.#cells, ivs)
        : [];
      if (found.length + short.length > 0) {
        this.#rows.push({ row: this.#place.row, ivs, spans: [...found, ...short] });
      }
      this.#ivs = [];
    }
    this.#cells.length = 0;
    this.#firstSpan = spans.length;
    this.#place.row = -1;
  }

  /**
   * Tries what may be an IV on the other spans of its row: under the key and in the segment that a span's later blocks are proven for, or, where it
   * is too short for that, under every key in both.
   */
  #trySiblings(keys: readonly Encrypt[], hits: Hit[], onPlaintext: OnPlaintext | undefined): void {
    const tape = new SpanTape();
    const pairs = new Map<Span, Pair>();
    for (const { row, ivs, spans } of this.#rows) {
      for (const body of spans) {
        const later = body.proofs.find(({ stream, region }) => stream.base === 0 && region.first === 16);
        if (!later && body.length > 31) continue;
        const others = ivs.filter((iv) => mayBeIvOf(iv, body));
        if (others.length > 0) this.#triedOf(body.column).bodies++;
        for (const iv of others) {
          const length = Math.min(body.length, longestBody);
          const bytes = new Uint8Array(ivLength + length);
          bytes.set(iv.bytes);
          bytes.set(this.#tape.bytes.subarray(body.offset, body.offset + length), ivLength);
          const span = tape.add({ row, column: body.column }, 'raw', bytes, 0, bytes.length, 0, 0, 0);
          const known = later && isSettled(later) ? later : undefined;
          pairs.set(span, { body, iv, known, choices: others.length });
        }
      }
    }
    if (pairs.size === 0) return;
    const pairOf = (span: Span) => pairs.get(span) as Pair;
    const probe = new Probe(tape, (proof, plain) => {
      const { body, iv, known, choices } = pairOf(proof.stream.span);
      const { region } = proof;
      if (!startsWhereExpected(proof.stream, region)) return;
      if (known && (known.key !== proof.key || known.segment !== proof.segment)) return;
      const hit: Hit = {
        ...hitOf({ ...proof, charge: Math.log2(choices) }),
        start: body.start,
        end: body.end,
        encoding: body.encoding,
        length: body.length,
        frame: 'sibling',
        first: 0,
        last: region.end - ivLength,
        iv: { column: iv.column, start: iv.start, end: iv.end, encoding: iv.encoding },
      };
      if (hit.bits <= 0) return;
      hits.push(hit);
      onPlaintext?.(hit, plain.subarray(region.first, region.end));
    });
    probe.tryStarts(keys, (span, key) => {
      const { known } = pairOf(span);
      return !known || (known.segment === 'cfb128' && known.key === key);
    });
    probe.tryStartsByBytes(keys, (span) => pairOf(span).known?.segment !== 'cfb128');
    probe.wipe();
  }
}

interface Pair {
  readonly body: Span;
  readonly iv: RowIv;
  readonly known: Proof | undefined;
  readonly choices: number;
}

function isSettled({ region, charge }: Proof): boolean {
  return region.bits - charge >= 32;
}

function mayBeIvOf(iv: RowIv, body: Span): boolean {
  if (iv.column === body.column && iv.start < body.end && body.start < iv.end) return false;
  return iv.encoding !== 'uuid' || body.length >= 17;
}

function hitOf(proof: Proof): Hit {
  const { stream, key, segment, region, charge } = proof;
  const { span } = stream;
  const expected = startsWhereExpected(stream, region);
  return {
    row: span.row,
    column: span.column,
    start: span.start,
    end: span.end,
    encoding: span.encoding,
    skipped: stream.base / digitBits[span.encoding],
    length: stream.length,
    key,
    segment,
    frame: expected ? (stream.base === 0 ? 'start' : 'prefix') : 'search',
    first: region.first,
    last: region.end,
    bits: region.bits - charge,
    gains: region.gains,
    inputs: region.inputs,
    charge,
  };
}
