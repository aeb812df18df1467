import type { EncryptedColumn } from '#contract/inventory';
import { blockCipher } from '#crypto/aes-ecb';
import type { EncryptionKey } from '#crypto/encryption-key';
import { cleanText } from '#evidence/plaintexts/clean-text';
import { isCleanText } from '#evidence/judge-in-place';
import { mayHoldValues } from '#evidence/scan/may-hold-values';
import type { Opened } from '#evidence/scan/hit';
import { readsAsText } from '#evidence/scan/proven-region';
import type { SpanEncoding } from '#evidence/scan/span-tape';
import { textBits } from '#evidence/plaintexts/text-bits';
import { OpenedInPlace, plaintextStart } from '#evidence/opened-in-place';
import type { CellShape } from '#forms/container';
import { fixedIvs, type Form, readEntry } from '#forms/entry';
import type { FormColumn } from '#forms/row-values';
import { readCellIv } from './row-ivs.ts';
import { type TargetForm, ValuesInPlace } from '#forms/values-in-place';
import { ivBytes } from '#forms/cipher';
import type { CopyBatch } from '#postgres/copy-batches';
import { bodyEncodings } from './covered.ts';

const ivLength = 16;

/** A value whose first 16 bytes read as text with an IV of another place. */
export interface OtherIv extends KnownValues {
  readonly row: number;
  /** How much its first block speaks for that. */
  readonly bits: number;
}

/** Who counts the values that are covered. */
export interface CoveredSink {
  /** Whether such values need no closer look. */
  readonly isPlenty: (known: KnownValues) => boolean;
  /** Gets how many of them were passed over. */
  readonly count: (known: KnownValues, values: number) => void;
  /** Gets those that may have another IV than the form says, of how many pairs of a value and an IV. */
  readonly misread: (found: readonly OtherIv[], pairs: number) => void;
  /** Gets the text `bytes[start … end)` that a value decrypts to, where it may hold values: valid during the call. */
  readonly onPlaintext: (opened: Opened, bytes: Uint8Array, start: number, end: number) => void;
}

/** A value of so many bits is explained: nothing else is looked for in its run. */
const explainedBits = 32;

/** The column and key of a value that a place may count without looking closer. */
export interface KnownValues {
  /** Index of the column. */
  readonly column: number;
  readonly key: number;
}

/**
 * Cells that are one ciphertext of an entry of the inventory, as a whole, and read as text to the last byte under a key. Once a place has
 * evidence in plenty, more of them are only counted: this tells them in bulk, and nothing else is looked for in them but values within
 * what they decrypt to.
 */
export class CoveredInPlace {
  readonly #keys: readonly EncryptionKey[];
  readonly #values: ValuesInPlace;
  /** How a scan calls the writing of each slot. */
  readonly #encodings: readonly SpanEncoding[];
  readonly #opened = new OpenedInPlace();
  /** Of the batch at hand, by cell: 1 where nothing else need be looked for in it. */
  #explained = new Uint8Array();
  #cellOf: number[] = [];
  readonly #block = new Uint8Array(ivLength);

  private constructor(keys: readonly EncryptionKey[], columns: readonly FormColumn[], values: ValuesInPlace) {
    this.#keys = keys;
    this.#values = values;
    this.#encodings = values.targetForms.map(({ column, form }) => {
      const [encoding = 'raw'] = bodyEncodings(columns[column]?.forms[form] as Form) ?? [];
      return encoding as SpanEncoding;
    });
  }

  /** Undefined where no column of a relation is covered so. */
  static of(
    columns: readonly { readonly name: string; readonly shape: CellShape }[],
    entries: readonly EncryptedColumn[],
    keys: readonly EncryptionKey[],
  ): CoveredInPlace | undefined {
    const formed = columns.map(({ name, shape }): FormColumn => {
      const [form, ...more] = entries.filter(({ column }) => column === name).map(readEntry);
      const isWhole = form && more.length === 0 && !form.steps && !form.iv;
      const isRead = isWhole && ValuesInPlace.of([{ name, shape, forms: [form] }]) !== undefined;
      return { name, shape, forms: isRead ? [form] : [] };
    });
    const values = ValuesInPlace.of(formed);
    return values && values.targetForms.length > 0 ? new CoveredInPlace(keys, formed, values) : undefined;
  }

  /** Reads a batch whose first column is no cell. Answers by cell whether it was passed over: valid until the next call. */
  read(batch: CopyBatch, sink: CoveredSink): Uint8Array {
    const cells = batch.rows * batch.columns;
    if (this.#explained.length < cells) this.#explained = new Uint8Array(cells);
    const explained = this.#explained.fill(0, 0, cells);
    const values = this.#values;
    const plenty = this.#keys.map((_, key) =>
      values.targetForms.map(({ column }) => sink.isPlenty({ column, key })),
    );
    if (batch.part) return explained;
    this.#take(batch);
    for (const [key, targetForms] of plenty.entries()) {
      if (values.tape.count === 0) continue;
      const isRead = new Uint8Array(values.tape.count);
      const counts = new Uint32Array(targetForms.length);
      this.#opened.open(values, this.#keys[key] as EncryptionKey);
      for (let value = 0; value < values.tape.count; value++) {
        const targetForm = values.targetFormOf[value] as number;
        const cell = this.#cellOf[value] as number;
        if (explained[cell] === 1 || !this.#isExplained(value)) continue;
        isRead[value] = 1;
        if (targetForms[targetForm] !== true) continue;
        explained[cell] = 1;
        this.#lookWithin(sink, batch, value, cell, key);
        counts[targetForm] = (counts[targetForm] as number) + 1;
      }
      this.#opened.wipe();
      this.#tryOtherIvs(batch, key, isRead, sink);
      for (const [targetForm, { column }] of values.targetForms.entries()) {
        if (targetForms[targetForm]) sink.count({ column, key }, counts[targetForm] as number);
      }
    }
    return explained;
  }

  #take(batch: CopyBatch): void {
    const values = this.#values;
    values.clear();
    for (let row = 0; row < batch.rows; row++) {
      const first = row * batch.columns + 1;
      let value = values.tape.count;
      values.take(batch, first);
      for (; value < values.tape.count; value++) {
        const { column } = values.targetForms[values.targetFormOf[value] as number] as TargetForm;
        this.#cellOf[value] = first + column;
      }
    }
  }

  #lookWithin(
    { onPlaintext }: CoveredSink,
    { columns, lengths }: CopyBatch,
    value: number,
    cell: number,
    key: number,
  ): void {
    const from = plaintextStart(this.#values, value);
    const to = from + (this.#values.tape.lengths[value] as number);
    if (!mayHoldValues(this.#opened.bytes, from, to, 'text')) return;
    const row = Math.floor(cell / columns);
    const column = cell - row * columns - 1;
    const encoding = this.#encodings[this.#values.targetFormOf[value] as number] as SpanEncoding;
    const end = lengths[cell] as number;
    // each member by itself: V8 makes a slow object of one that is spread
    onPlaintext({ row, column, start: 0, end, encoding, key, first: ivLength }, this.#opened.bytes, from, to);
  }

  /** Tries IVs of other columns of the row, and constants, on the first 16 bytes of values that read as text. */
  #tryOtherIvs(batch: CopyBatch, key: number, isRead: Uint8Array, { misread }: CoveredSink): void {
    const { tape } = this.#values;
    const own = this.#keys[key] as EncryptionKey;
    const constants = Object.values(fixedIvs).map((iv) => ivBytes(iv, own));
    const encrypt = blockCipher(own.bytes);
    const found: OtherIv[] = [];
    let ivs = new Uint8Array(ivLength * tape.count * 2);
    const valueOf: number[] = [];
    let pairs = 0;
    const fixed = encrypt(Buffer.concat(constants));
    for (let value = 0; value < tape.count; value++) {
      if (isRead[value] !== 1) continue;
      const cell = this.#cellOf[value] as number;
      const first = cell - (cell % batch.columns);
      for (let other = first + 1; other < first + batch.columns; other++) {
        if (other === cell) continue;
        if ((valueOf.length + 1) * ivLength > ivs.length) ivs = enlarged(ivs);
        if (readCellIv(batch, other, ivs, valueOf.length * ivLength)) valueOf.push(value);
      }
      for (let i = 0; i < constants.length; i++)
        this.#tryOtherIv(batch, value, key, fixed, i * ivLength, found);
      pairs += constants.length;
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
    const { column } = targetForms[targetFormOf[value] as number] as TargetForm;
    const row = Math.floor((this.#cellOf[value] as number) / batch.columns);
    found.push({ row, column, key, bits });
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

function enlarged(bytes: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
  const larger = new Uint8Array(2 * bytes.length + ivLength);
  larger.set(bytes);
  return larger;
}
