import type { EncryptedColumn } from '#contract/inventory';
import type { EncryptionKey } from '#crypto/encryption-key';
import { cleanText } from '#evidence/plaintexts/clean-text';
import { isCleanText } from '#evidence/judge-in-place';
import type { CellScanner } from '#evidence/scan/cell-scanner';
import { mayHoldValues } from '#evidence/scan/may-hold-values';
import type { SpanEncoding } from '#evidence/scan/span-tape';
import { OpenedInPlace, plaintextStart } from '#evidence/opened-in-place';
import type { CellShape } from '#forms/container';
import { type Form, readEntry } from '#forms/entry';
import type { FormColumn } from '#forms/row-values';
import { ValuesInPlace } from '#forms/values-in-place';
import type { CopyBatch } from '#postgres/copy-batches';
import { bodyEncodings } from './covered.ts';

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
    this.#encodings = values.slots.map(({ column, form }) => {
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
    return values && values.slots.length > 0 ? new CoveredInPlace(keys, formed, values) : undefined;
  }

  /**
   * Reads a batch whose first column is no cell. `isPlenty` tells which values need no closer look; `count` gets how many were passed
   * over, and `scanner` what they decrypt to. Answers by cell whether it was: valid until the next call.
   */
  read(
    batch: CopyBatch,
    scanner: CellScanner,
    isPlenty: (known: KnownValues) => boolean,
    count: (known: KnownValues, values: number) => void,
  ): Uint8Array {
    const cells = batch.rows * batch.columns;
    if (this.#explained.length < cells) this.#explained = new Uint8Array(cells);
    const explained = this.#explained.fill(0, 0, cells);
    const values = this.#values;
    const plenty = this.#keys.map((_, key) => values.slots.map(({ column }) => isPlenty({ column, key })));
    if (batch.part || !plenty.some((slots) => slots.includes(true))) return explained;
    this.#take(batch);
    for (const [key, slots] of plenty.entries()) {
      if (!slots.includes(true) || values.tape.count === 0) continue;
      const counts = new Uint32Array(slots.length);
      this.#opened.open(values, this.#keys[key] as EncryptionKey);
      for (let value = 0; value < values.tape.count; value++) {
        const slot = values.slotOf[value] as number;
        const cell = this.#cellOf[value] as number;
        if (slots[slot] !== true || explained[cell] === 1 || !this.#isExplained(value)) continue;
        explained[cell] = 1;
        this.#lookWithin(scanner, batch, value, cell, key);
        counts[slot] = (counts[slot] as number) + 1;
      }
      this.#opened.wipe();
      for (const [slot, { column }] of values.slots.entries()) {
        if (slots[slot]) count({ column, key }, counts[slot] as number);
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
        const { column } = values.slots[values.slotOf[value] as number] as (typeof values.slots)[number];
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
    const encoding = this.#encodings[this.#values.slotOf[value] as number] as SpanEncoding;
    scanner.addOpened({ ...place, encoding, key, first: 16 }, this.#opened.bytes, from, to);
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
