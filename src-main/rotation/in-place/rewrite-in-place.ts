import { randomFillSync } from 'node:crypto';
import { ivLength } from '#crypto/cfb';
import { encryptTape } from '#crypto/cipher-tape';
import { JudgeInPlace } from '#evidence/judge-in-place';
import type { ValueEvidence } from '#evidence/plaintexts/value-evidence';
import { type TargetForm, ValuesInPlace } from '#forms/values-in-place';
import type { Form } from '#forms/entry';
import type { CopyBatch } from '#postgres/copy-batches';
import { type CopyRows, rangeOf } from '#postgres/copy-rows';
import type { TableTarget, TargetColumn } from '#postgres/table-target';
import { OpenedInPlace, openedValue, plaintextStart } from '#evidence/opened-in-place';
import { vouchedBits } from '#evidence/short-values';
import type { FormCounter } from '#rotation/run/form-counter';
import type { KeyPair } from '#rotation/run/decision';
import type { TableCounters } from '#rotation/run/table-rewriter';
import type { ValueCounts } from '#rotation/run/value-counts';

/** A form whose values are rewritten in place. */
interface Entry {
  readonly targetForm: TargetForm;
  readonly judge: JudgeInPlace;
  readonly counter: FormCounter;
}

/** Rows that were read, by their numbers in the batch, and where the values of each end. */
interface TakenRows {
  rows: Int32Array<ArrayBuffer>;
  valueEnds: Int32Array<ArrayBuffer>;
  count: number;
}

/**
 * Re-encrypts the rows of a batch whose every value is plainly under the old key, all of them at once and in place, and writes them as
 * staged rows. Whatever needs a decision is left to `rewriteRows`.
 */
export class RewriteInPlace {
  readonly #table: TableTarget;
  readonly #keys: KeyPair;
  readonly #values: ValuesInPlace;
  readonly #entries: readonly Entry[];
  readonly #counts: ValueCounts;
  readonly #underFrom = new OpenedInPlace();
  readonly #underTo = new OpenedInPlace();
  readonly #taken: TakenRows = { rows: new Int32Array(), valueEnds: new Int32Array(), count: 0 };
  #evidence: ValueEvidence[] = [];
  #random = Buffer.alloc(0);

  private constructor(
    table: TableTarget,
    keys: KeyPair,
    values: ValuesInPlace,
    counters: TableCounters,
    counts: ValueCounts,
  ) {
    this.#table = table;
    this.#keys = keys;
    this.#values = values;
    this.#counts = counts;
    this.#entries = values.targetForms.map((targetForm) => ({
      targetForm,
      judge: new JudgeInPlace(formOf(table, targetForm).layout),
      counter: counters[targetForm.column]?.[targetForm.form] as FormCounter,
    }));
  }

  /** Undefined where no row of the table can be rewritten so: an IV that has to be drawn again is one of a single value. */
  static of(
    table: TableTarget,
    keys: KeyPair,
    counters: TableCounters,
    counts: ValueCounts,
  ): RewriteInPlace | undefined {
    if (counters.flat().some(({ written }) => written.inEither)) return undefined;
    const values = ValuesInPlace.of(table.columns);
    return values && new RewriteInPlace(table, keys, values, counters, counts);
  }

  /** Writes staged rows to `out`. Answers the rows of the batch that are left. */
  rewrite(batch: CopyBatch, out: CopyRows): number[] {
    const left = this.#read(batch);
    if (this.#values.tape.count === 0) return left;
    try {
      this.#underFrom.open(this.#values, this.#keys.from);
      if (this.#keys.toMayBePresent) this.#underTo.open(this.#values, this.#keys.to);
      const certain = this.#judge(batch, left);
      this.#encrypt();
      this.#write(batch, certain, out);
    } finally {
      this.#underFrom.wipe();
      this.#underTo.wipe();
    }
    return left;
  }

  #read(batch: CopyBatch): number[] {
    const values = this.#values;
    const taken = this.#taken;
    const left: number[] = [];
    if (taken.rows.length < batch.rows) {
      taken.rows = new Int32Array(batch.rows);
      taken.valueEnds = new Int32Array(batch.rows);
    }
    taken.count = 0;
    values.clear();
    const cellsFrom = 1 + this.#table.identity.columns.length;
    for (let row = 0; row < batch.rows; row++) {
      const before = values.tape.count;
      if (!values.take(batch, row * batch.columns + cellsFrom)) left.push(row);
      // a row without a value stays as it is
      else if (values.tape.count > before) {
        taken.rows[taken.count] = row;
        taken.valueEnds[taken.count++] = values.tape.count;
      }
    }
    return left;
  }

  /** Which of the rows that were read are certain; the others join those that are left. */
  #judge(batch: CopyBatch, left: number[]): Uint8Array {
    const certain = new Uint8Array(this.#taken.count);
    for (let i = 0, value = 0; i < this.#taken.count; i++) {
      const row = this.#taken.rows[i] as number;
      const end = this.#taken.valueEnds[i] as number;
      let isCertain = true;
      for (let next = value; next < end; next++) isCertain &&= this.#isCertain(next);
      if (isCertain) {
        certain[i] = 1;
        const isMarked = batch.data[batch.starts[row * batch.columns] as number] === 1;
        for (let next = value; next < end; next++) this.#count(next, isMarked);
      } else left.push(row);
      value = end;
    }
    return certain;
  }

  #count(value: number, isMarked: boolean): void {
    const { counter, targetForm } = this.#entries[this.#values.targetFormOf[value] as number] as Entry;
    const evidence = this.#evidence[value] as ValueEvidence;
    const opened = openedValue(this.#values, this.#underFrom, value);
    counter.countRewrite(opened, evidence, targetForm.iv !== undefined, isMarked);
    this.#counts.at(targetForm.column, targetForm.form).rewritten++;
  }

  /** Whether `decide` would say `rewrite` without further questions. */
  #isCertain(value: number): boolean {
    const { judge } = this.#entries[this.#values.targetFormOf[value] as number] as Entry;
    const start = plaintextStart(this.#values, value);
    const length = this.#values.tape.lengths[value] as number;
    const { bytes, words } = this.#underFrom;
    const evidence = judge.judge(bytes, words, start, length);
    this.#evidence[value] = evidence;
    // any bytes of its length may pass for a short one: others have to vouch for it
    if (evidence.verdict === 'contradicted' || evidence.bits < vouchedBits) return false;
    if (!this.#keys.toMayBePresent) return true;
    const { bytes: others, words: otherWords } = this.#underTo;
    return judge.judge(others, otherWords, start, length).verdict === 'contradicted';
  }

  /** Plaintexts become ciphertexts, under fresh IVs but where an IV stands apart and is kept. */
  #encrypt(): void {
    const { tape, targetForms, targetFormOf } = this.#values;
    const { bytes } = this.#underFrom;
    const length = tape.count * ivLength;
    if (this.#random.length < length) this.#random = Buffer.alloc(2 * length);
    randomFillSync(this.#random, 0, length);
    for (let value = 0; value < tape.count; value++) {
      const start = tape.starts[value] as number;
      const isKept = targetForms[targetFormOf[value] as number]?.iv !== undefined;
      const source = isKept ? tape.bytes : this.#random;
      const from = isKept ? start : value * ivLength;
      for (let i = 0; i < ivLength; i++) bytes[start + i] = source[from + i] as number;
    }
    encryptTape(this.#keys.to.bytes, {
      starts: tape.starts,
      lengths: tape.lengths,
      count: tape.count,
      bytes,
    });
  }

  #seeSpelling(
    { targetForm: { iv }, counter }: Entry,
    run: number,
    span: number,
    batch: CopyBatch,
    first: number,
  ): void {
    const { spanFrom, spanTo } = this.#values;
    counter.spelling.seeInPlace(run, batch.data, spanFrom[span] as number, spanTo[span] as number);
    if (!iv || 'fixed' in iv || !counter.spelling.isAlphabetUntold) return;
    const from = batch.starts[first + iv.column] as number;
    const to = from + (batch.lengths[first + iv.column] as number);
    counter.spelling.seeIv(Buffer.from(batch.data.subarray(from, to)).toString('latin1'));
  }

  /** Identity and old cells, the same cells with other ciphertexts in them, and no note. */
  #write(batch: CopyBatch, certain: Uint8Array, out: CopyRows): void {
    const { identity, columns } = this.#table;
    const { tape, targetForms, targetFormOf, spans, spanFrom, spanBytes } = this.#values;
    const { data } = batch;
    const sealed = this.#underFrom.bytes;
    const firstOld = 1 + identity.columns.length;
    const fields = identity.columns.length + 2 * columns.length + 1;
    for (let i = 0, value = 0, span = 0; i < this.#taken.count; i++) {
      const end = this.#taken.valueEnds[i] as number;
      const row = (this.#taken.rows[i] as number) * batch.columns;
      const kept = rangeOf(batch, row + 1, row + batch.columns - 1);
      const cells = (batch.starts[row + firstOld] as number) - 4;
      let moved = 0;
      if (certain[i] === 1) {
        out.reserve(2 + 2 * (kept.to - kept.from) + 4);
        out.startRow(fields);
        out.addCells(data, kept.from, kept.to);
        moved = out.addCells(data, cells, kept.to) - cells;
        out.addNull();
      }
      for (; value < end; value++) {
        const runs = targetForms[targetFormOf[value] as number]?.pattern.second ? 2 : 1;
        for (let run = 0; run < runs; run++, span++) {
          if (certain[i] !== 1) continue;
          const entry = this.#entries[targetFormOf[value] as number] as Entry;
          this.#seeSpelling(entry, run, span, batch, row + firstOld);
          const { digits, at } = spans[span] as (typeof spans)[number];
          const from = (tape.starts[value] as number) + at;
          digits.write(
            sealed,
            from,
            spanBytes[span] as number,
            out.bytes,
            moved + (spanFrom[span] as number),
          );
        }
      }
    }
  }
}

function formOf({ columns }: TableTarget, { column, form }: TargetForm): Form {
  return (columns[column] as TargetColumn).forms[form] as Form;
}
