import type { EncryptedColumn } from '#contract/inventory';
import { blockCipher } from '#crypto/aes-ecb';
import { ivLength } from '#crypto/cfb';
import type { EncryptionKey } from '#crypto/encryption-key';
import { cleanText } from '#evidence/plaintexts/clean-text';
import { isCleanText } from '#evidence/judge-in-place';
import { mayHoldValues } from '#evidence/scan/may-hold-values';
import type { Hit, Opened } from '#evidence/scan/hit';
import { type KnownRun, knownWithin } from '#evidence/scan/known-run';
import { readsAsText } from '#evidence/scan/proven-region';
import type { SpanEncoding } from '#evidence/scan/span-tape';
import { textBits } from '#evidence/plaintexts/text-bits';
import { OpenedInPlace, plaintextStart } from '#evidence/opened-in-place';
import type { CellShape } from '#forms/container';
import { fixedIvs, type Form, readEntry } from '#forms/entry';
import { spansOf } from '#forms/template';
import type { Range } from '#forms/template-match';
import type { FormColumn } from '#forms/row-values';
import { readCellIv } from './row-ivs.ts';
import { type TargetForm, ValuesInPlace } from '#forms/values-in-place';
import { ivBytes } from '#forms/cipher';
import type { CopyBatch } from '#postgres/copy-batches';
import { bodyEncodings } from './covered.ts';

/** A value whose first 16 bytes read as text with an IV of another place. */
export interface OtherIv extends KnownValues {
  readonly row: number;
  /** How strongly its first block supports that. */
  readonly bits: number;
}

/** Receives the counts of covered values. */
export interface CoveredSink {
  /** Whether such values need no closer examination. */
  readonly isPlenty: (known: KnownValues) => boolean;
  /** Receives the number of values that were skipped. */
  readonly count: (known: KnownValues, values: number) => void;
  /**
   * Receives the values that may have another IV than the form says, and how many pairs of value and IV were
   * tried.
   */
  readonly misread: (found: readonly OtherIv[], pairs: number) => void;
  /**
   * Receives the text `bytes[start … end)` that a value decrypts to, if it may contain values; valid during
   * the call.
   */
  readonly onPlaintext: (opened: Opened, bytes: Uint8Array, start: number, end: number) => void;
}

/** A value with this many bits is explained: nothing else is searched for in its run. */
const explainedBits = 32;

/** The entry and key of values that a place may count without closer examination. */
export interface KnownValues {
  /** Index of the column. */
  readonly column: number;
  readonly entry: EncryptedColumn;
  readonly key: number;
}

/** An entry whose values are read in place. */
interface CoveredForm {
  readonly entry: EncryptedColumn;
  /** What a scan calls its encoding. */
  readonly encoding: SpanEncoding;
  /** Whether its values are the entire contents of their cells. */
  readonly isWhole: boolean;
}

/**
 * Ciphertexts of inventory entries that are a whole cell, or a text in a document, and decrypt to text up to
 * the last byte. Once a place has ample evidence, further ones are only counted, and this recognises them in
 * bulk. Nothing else is searched for in them, except values within what they decrypt to; the rest of a
 * document is left to the scan.
 */
export class CoveredInPlace {
  readonly #keys: readonly EncryptionKey[];
  readonly #values: ValuesInPlace;
  /** Parallel to the forms of `#values`. */
  readonly #forms: readonly CoveredForm[];
  readonly #opened = new OpenedInPlace();
  /** For the current rows, by cell: 1 if nothing else need be searched for in it. */
  #explained = new Uint8Array();
  /** For the current rows, by cell: the values in it, if it contains more than these. */
  readonly #known = new Map<number, KnownRun[]>();
  #cellOf: number[] = [];
  /** Of each value its first run of digits. */
  #spanOf: number[] = [];
  readonly #block = new Uint8Array(ivLength);

  private constructor(keys: readonly EncryptionKey[], columns: readonly FormColumn[], values: ValuesInPlace) {
    this.#keys = keys;
    this.#values = values;
    this.#forms = values.targetForms.map(({ column, form }) => {
      const own = columns[column]?.forms[form] as Form;
      const [encoding = 'raw'] = bodyEncodings(own) ?? [];
      return { entry: own.entry, encoding: encoding as SpanEncoding, isWhole: !own.steps };
    });
  }

  /** Undefined if no column of a relation is covered in this way. */
  static of(
    columns: readonly { readonly name: string; readonly shape: CellShape }[],
    entries: readonly EncryptedColumn[],
    keys: readonly EncryptionKey[],
  ): CoveredInPlace | undefined {
    const formed = columns.map(({ name, shape }): FormColumn => {
      const forms = entries.filter(({ column }) => column === name).map(readEntry);
      const isRead = forms.length > 0 && forms.every(hasOwnIv) && ValuesInPlace.of([{ name, shape, forms }]);
      return { name, shape, forms: isRead ? forms : [] };
    });
    const values = ValuesInPlace.of(formed);
    return values && values.targetForms.length > 0 ? new CoveredInPlace(keys, formed, values) : undefined;
  }

  /** Reads rows of a batch whose first column is not a cell. Discards what it reported about other rows. */
  read(batch: CopyBatch, { from, to }: Range, sink: CoveredSink): void {
    const cells = batch.rows * batch.columns;
    if (this.#explained.length < cells) this.#explained = new Uint8Array(cells);
    this.#explained.fill(0, from * batch.columns, to * batch.columns);
    this.#known.clear();
    if (batch.part) return;
    this.#take(batch, from, to);
    if (this.#values.tape.count === 0) return;
    for (const [key, own] of this.#keys.entries()) {
      this.#opened.open(this.#values, own);
      this.#readUnder(key, batch, sink);
      this.#opened.wipe();
    }
  }

  /** Whether nothing else need be searched for in a cell of the rows that were read. */
  isExplained(cell: number): boolean {
    return this.#explained[cell] === 1;
  }

  /** Values in a cell of these rows that need no closer examination, although others may be next to them. */
  knownIn(cell: number): readonly KnownRun[] | undefined {
    return this.#known.get(cell);
  }

  /** Whether a hit in a cell of these rows is inside such a value, and so not a further value. */
  isKnown({ row, column, start, end, within }: Hit, { columns }: CopyBatch): boolean {
    const known = within ? undefined : this.#known.get(row * columns + column + 1);
    return known !== undefined && knownWithin(known, start, end) !== undefined;
  }

  #readUnder(key: number, batch: CopyBatch, sink: CoveredSink): void {
    const { tape, targetForms, targetFormOf } = this.#values;
    const isRead = new Uint8Array(tape.count);
    const counts = new Uint32Array(targetForms.length);
    const known = targetForms.map(({ column }, i): KnownValues => {
      const { entry } = this.#forms[i] as CoveredForm;
      return { column, entry, key };
    });
    const plenty = known.map(sink.isPlenty);
    for (let value = 0; value < tape.count; value++) {
      const targetForm = targetFormOf[value] as number;
      if (!this.#isExplained(value)) continue;
      isRead[value] = 1;
      if (plenty[targetForm] !== true) continue;
      counts[targetForm] = (counts[targetForm] as number) + 1;
      this.#pass(value, key, batch, sink);
    }
    this.#tryOtherIvs(batch, key, isRead, sink);
    for (const [i, values] of known.entries())
      if (plenty[i] === true) sink.count(values, counts[i] as number);
  }

  /** Skips a value, except for what it decrypts to. */
  #pass(value: number, key: number, batch: CopyBatch, { onPlaintext }: CoveredSink): void {
    const { tape, targetFormOf, spanFrom, spanTo } = this.#values;
    const cell = this.#cellOf[value] as number;
    const { isWhole, encoding } = this.#forms[targetFormOf[value] as number] as CoveredForm;
    const cellStart = batch.starts[cell] as number;
    const run = this.#spanOf[value] as number;
    const start = isWhole ? 0 : (spanFrom[run] as number) - cellStart;
    const end = isWhole ? (batch.lengths[cell] as number) : (spanTo[run] as number) - cellStart;
    const length = tape.lengths[value] as number;
    if (isWhole) this.#explained[cell] = 1;
    else this.#addKnown(cell, { start, end, key, bits: cleanText.bits(length) });
    const from = plaintextStart(this.#values, value);
    if (!mayHoldValues(this.#opened.bytes, from, from + length, 'text')) return;
    const row = Math.floor(cell / batch.columns);
    const column = cell - row * batch.columns - 1;
    // each member separately: V8 makes a slow object of one that is spread
    const opened = { row, column, start, end, encoding, key, first: ivLength };
    onPlaintext(opened, this.#opened.bytes, from, from + length);
  }

  #addKnown(cell: number, run: KnownRun): void {
    const others = this.#known.get(cell);
    if (others) others.push(run);
    else this.#known.set(cell, [run]);
  }

  #take(batch: CopyBatch, firstRow: number, endRow: number): void {
    const values = this.#values;
    values.clear();
    for (let row = firstRow; row < endRow; row++) {
      const first = row * batch.columns + 1;
      let value = values.tape.count;
      let span = values.spanCount;
      values.take(batch, first);
      for (; value < values.tape.count; value++) {
        const { column, pattern } = values.targetForms[values.targetFormOf[value] as number] as TargetForm;
        this.#cellOf[value] = first + column;
        this.#spanOf[value] = span;
        span += pattern.second ? 2 : 1;
      }
    }
  }

  /** Tries IVs of other columns of the row, and constants, on the first 16 bytes of values that read as text. */
  #tryOtherIvs(batch: CopyBatch, key: number, isRead: Uint8Array, { misread }: CoveredSink): void {
    const { tape } = this.#values;
    const own = this.#keys[key] as EncryptionKey;
    const constants = Buffer.concat(Object.values(fixedIvs).map((iv) => ivBytes(iv, own)));
    const encrypt = blockCipher(own.bytes);
    const found: OtherIv[] = [];
    let ivs = new Uint8Array(ivLength * tape.count * 2);
    const valueOf: number[] = [];
    let pairs = 0;
    const fixed = encrypt(constants);
    // some are parts of the key
    constants.fill(0);
    const fixedCount = constants.length / ivLength;
    for (let value = 0; value < tape.count; value++) {
      if (isRead[value] !== 1) continue;
      const cell = this.#cellOf[value] as number;
      const first = cell - (cell % batch.columns);
      for (let other = first + 1; other < first + batch.columns; other++) {
        if (other === cell) continue;
        if ((valueOf.length + 1) * ivLength > ivs.length) ivs = enlarged(ivs);
        if (readCellIv(batch, other, ivs, valueOf.length * ivLength)) valueOf.push(value);
      }
      for (let i = 0; i < fixedCount; i++) this.#tryOtherIv(batch, value, key, fixed, i * ivLength, found);
      pairs += fixedCount;
    }
    const keystreams = encrypt(ivs.subarray(0, valueOf.length * ivLength));
    for (let i = 0; i < valueOf.length; i++)
      this.#tryOtherIv(batch, valueOf[i] as number, key, keystreams, i * ivLength, found);
    keystreams.fill(0);
    fixed.fill(0);
    misread(found, pairs + valueOf.length);
  }

  /** Tries the IV whose encryption is `keystream[at … at + 16)` on a value. */
  #tryOtherIv(
    batch: CopyBatch,
    value: number,
    key: number,
    keystream: Uint8Array,
    at: number,
    found: OtherIv[],
  ): void {
    const { tape, targetForms, targetFormOf } = this.#values;
    const start = tape.starts[value] as number;
    if (!readsAsText(tape.bytes, start, keystream, at, ivLength, false)) return;
    const block = this.#block;
    for (let i = 0; i < ivLength; i++)
      block[i] = (tape.bytes[start + i] as number) ^ (keystream[at + i] as number);
    const bits = textBits(block, 0, ivLength, { wholeText: false });
    block.fill(0);
    if (bits <= 0) return;
    const targetForm = targetFormOf[value] as number;
    const { column } = targetForms[targetForm] as TargetForm;
    const { entry } = this.#forms[targetForm] as CoveredForm;
    const row = Math.floor((this.#cellOf[value] as number) / batch.columns);
    found.push({ row, column, entry, key, bits });
  }

  #isExplained(value: number): boolean {
    const { bytes, words } = this.#opened;
    const length = this.#values.tape.lengths[value] as number;
    return (
      cleanText.bits(length) >= explainedBits &&
      isCleanText(bytes, words, plaintextStart(this.#values, value), length)
    );
  }
}

/** Whether a value contains its IV, and is one run of digits if it is a part of its cell. */
function hasOwnIv({ iv, steps, layout }: Form): boolean {
  return !iv && (!steps || spansOf(layout.template).length === 1);
}

function enlarged(bytes: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
  const larger = new Uint8Array(2 * bytes.length + ivLength);
  larger.set(bytes);
  return larger;
}
