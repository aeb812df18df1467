import type { EncryptedColumn } from '#contract/inventory';
import { blockCipher } from '#crypto/aes-ecb';
import { ivLength } from '#crypto/cfb';
import type { EncryptionKey } from '#crypto/encryption-key';
import { cleanText } from '#evidence/plaintexts/clean-text';
import { isCleanText } from '#evidence/judge-in-place';
import type { CellScanner } from '#evidence/scan/cell-scanner';
import { mayHoldValues } from '#evidence/scan/may-hold-values';
import type { SpanEncoding } from '#evidence/scan/span-tape';
import { textBits } from '#evidence/plaintexts/text-bits';
import { OpenedInPlace, plaintextStart } from '#evidence/opened-in-place';
import type { CellShape } from '#forms/container';
import { fixedIvs, type Form, readEntry } from '#forms/entry';
import type { FormColumn } from '#forms/row-values';
import { readCellIv } from './row-ivs.ts';
import { ValuesInPlace } from '#forms/values-in-place';
import { ivBytes } from '#forms/cipher';
import type { CopyBatch } from '#postgres/copy-batches';
import { bodyEncodings } from './covered.ts';

/** A value whose first 16 bytes read as text with an IV of another place. */
export interface OtherIv extends KnownValues {
  readonly row: number;
  /** How much its first block speaks for that. */
  readonly bits: number;
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

  /**
   * Reads a batch whose first column is no cell. `isPlenty` tells which values need no closer look; `count` gets how many were passed
   * over, `misread` which of them may have another IV than the form says, of how many pairs of a value and an IV, and `scanner` what they
   * decrypt to. Answers by cell whether it was passed over: valid until the next call.
   */
  read(
    batch: CopyBatch,
    scanner: CellScanner,
    isPlenty: (known: KnownValues) => boolean,
    count: (known: KnownValues, values: number) => void,
    misread: (found: readonly OtherIv[], pairs: number) => void,
  ): Uint8Array {
    const cells = batch.rows * batch.columns;
    if (this.#explained.length < cells) this.#explained = new Uint8Array(cells);
    const explained = this.#explained.fill(0, 0, cells);
    const values = this.#values;
    const plenty = this.#keys.map((_, key) =>
      values.targetForms.map(({ column }) => isPlenty({ column, key })),
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
        this.#lookWithin(scanner, batch, value, cell, key);
        counts[targetForm] = (counts[targetForm] as number) + 1;
      }
      this.#opened.wipe();
      this.#tryOtherIvs(batch, key, isRead, misread);
      for (const [targetForm, { column }] of values.targetForms.entries()) {
        if (targetForms[targetForm]) count({ column, key }, counts[targetForm] as number);
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
        const { column } = values.targetForms[
          values.targetFormOf[value] as number
        ] as (typeof values.targetForms)[number];
        this.#cellOf[value] = first + column;
      }
    }
  }

  #lookWithin(
    scanner: CellScanner,
    { columns, lengths }: CopyBatch,
    value: number,
    cell: number,
    key: number,
  ): void {
    const from = plaintextStart(this.#values, value);
    const to = from + (this.#values.tape.lengths[value] as number);
    if (!mayHoldValues(this.#opened.bytes, from, to, 'text')) return;
    const row = Math.floor(cell / columns);
    const place = { row, column: cell - row * columns - 1, start: 0, end: lengths[cell] as number };
    const encoding = this.#encodings[this.#values.targetFormOf[value] as number] as SpanEncoding;
    scanner.addOpened({ ...place, encoding, key, first: 16 }, this.#opened.bytes, from, to);
  }

  /** Tries IVs of other columns of the row, and constants, on the first 16 bytes of values that read as text. */
  #tryOtherIvs(
    batch: CopyBatch,
    key: number,
    isRead: Uint8Array,
    misread: (found: readonly OtherIv[], pairs: number) => void,
  ): void {
    const { tape, targetForms, targetFormOf } = this.#values;
    const own = this.#keys[key] as EncryptionKey;
    const constants = Object.values(fixedIvs).map((iv) => ivBytes(iv, own));
    const valueOf: number[] = [];
    let ivs = new Uint8Array(ivLength * tape.count * 2);
    for (let value = 0; value < tape.count; value++) {
      const cell = this.#cellOf[value] as number;
      if (isRead[value] !== 1) continue;
      const first = cell - (cell % batch.columns);
      for (let other = first + 1; other < first + batch.columns; other++) {
        if ((valueOf.length + 1) * ivLength > ivs.length) ivs = enlarged(ivs);
        if (other !== cell && readCellIv(batch, other, ivs, valueOf.length * ivLength)) valueOf.push(value);
      }
    }
    const encrypt = blockCipher(own.bytes);
    const keystreams = encrypt(ivs.subarray(0, valueOf.length * ivLength));
    const fixed = encrypt(Buffer.concat(constants));
    const found: OtherIv[] = [];
    const block = new Uint8Array(ivLength);
    const tryOn = (value: number, keystream: Uint8Array, at: number) => {
      const start = tape.starts[value] as number;
      for (let i = 0; i < ivLength; i++)
        block[i] = (tape.bytes[start + i] as number) ^ (keystream[at + i] as number);
      const bits = textBits(block, 0, ivLength, { wholeText: false });
      if (bits <= 0) return;
      const cell = this.#cellOf[value] as number;
      const { column } = targetForms[targetFormOf[value] as number] as (typeof targetForms)[number];
      found.push({ row: Math.floor(cell / batch.columns), column, key, bits });
    };
    for (const [i, value] of valueOf.entries()) tryOn(value, keystreams, i * ivLength);
    let pairs = valueOf.length;
    for (let value = 0; value < tape.count; value++) {
      if (isRead[value] !== 1) continue;
      for (let i = 0; i < constants.length; i++) tryOn(value, fixed, i * ivLength);
      pairs += constants.length;
    }
    keystreams.fill(0);
    fixed.fill(0);
    block.fill(0);
    misread(found, pairs);
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
