import { ValuesInPlace } from '#forms/values-in-place';
import type { CopyBatch } from '#postgres/copy-batches';
import type { TableTarget } from '#postgres/table-target';
import { OpenedInPlace, plaintextStart } from '#evidence/opened-in-place';
import type { KeyPair } from '#rotation/run/decision';

/**
 * Compares the staged rows of a batch whose every value was rewritten, all of them at once and in place. What it does not find to be right
 * is left to the check of single rows, which reads it in its own way and names what differs.
 */
export class CheckInPlace {
  readonly #table: TableTarget;
  readonly #keys: KeyPair;
  readonly #before: ValuesInPlace;
  readonly #after: ValuesInPlace;
  readonly #plainBefore = new OpenedInPlace();
  readonly #plainAfter = new OpenedInPlace();
  /** Rows that were read, and where the values of each end. */
  readonly #rows: number[] = [];
  readonly #valueEnds: number[] = [];

  private constructor(table: TableTarget, keys: KeyPair, before: ValuesInPlace, after: ValuesInPlace) {
    this.#table = table;
    this.#keys = keys;
    this.#before = before;
    this.#after = after;
  }

  /** Undefined where no row of the table can be compared so. */
  static of(table: TableTarget, keys: KeyPair): CheckInPlace | undefined {
    const before = ValuesInPlace.of(table.columns);
    const after = ValuesInPlace.of(table.columns);
    return before && after && new CheckInPlace(table, keys, before, after);
  }

  /** Answers the rows of the batch that are left. Its fields are note, identity, old cells, new cells. */
  check(batch: CopyBatch): number[] {
    const left = this.#read(batch);
    if (this.#before.tape.count === 0) return left;
    try {
      this.#plainBefore.open(this.#before, this.#keys.from);
      this.#plainAfter.open(this.#after, this.#keys.to);
      for (let i = 0, value = 0; i < this.#rows.length; i++) {
        const end = this.#valueEnds[i] as number;
        let isSame = true;
        for (; value < end; value++) isSame &&= this.#isSamePlaintext(value);
        if (!isSame) left.push(this.#rows[i] as number);
      }
    } finally {
      this.#plainBefore.wipe();
      this.#plainAfter.wipe();
    }
    return left;
  }

  #read(batch: CopyBatch): number[] {
    const [before, after] = [this.#before, this.#after];
    const left: number[] = [];
    this.#rows.length = 0;
    this.#valueEnds.length = 0;
    before.clear();
    after.clear();
    const firstOld = 1 + this.#table.identity.columns.length;
    const firstNew = firstOld + this.#table.columns.length;
    for (let row = 0; row < batch.rows; row++) {
      const cells = row * batch.columns;
      const { count } = before.tape;
      const { spanCount } = before;
      const isTaken =
        (batch.lengths[cells] as number) < 0 &&
        before.take(batch, cells + firstOld) &&
        after.take(batch, cells + firstNew) &&
        before.tape.count > count &&
        this.#keepsSurroundings(batch, cells + firstOld, cells + firstNew, count, spanCount);
      if (!isTaken) {
        before.truncate(count, spanCount);
        after.truncate(count, spanCount);
        left.push(row);
        continue;
      }
      this.#rows.push(row);
      this.#valueEnds.push(before.tape.count);
    }
    return left;
  }

  /** Whether the new cells are the old ones with other digits in the same places, from these values and runs of digits on. */
  #keepsSurroundings(
    batch: CopyBatch,
    firstOld: number,
    firstNew: number,
    value: number,
    span: number,
  ): boolean {
    const [before, after] = [this.#before, this.#after];
    if (before.tape.count !== after.tape.count || before.spanCount !== after.spanCount) return false;
    for (let i = value; i < before.tape.count; i++) {
      if (
        before.targetFormOf[i] !== after.targetFormOf[i] ||
        before.tape.lengths[i] !== after.tape.lengths[i]
      )
        return false;
    }
    let next = span;
    for (let column = 0; column < this.#table.columns.length; column++) {
      const length = batch.lengths[firstOld + column] as number;
      if (length !== batch.lengths[firstNew + column]) return false;
      if (length <= 0) continue;
      const from = batch.starts[firstOld + column] as number;
      const moved = (batch.starts[firstNew + column] as number) - from;
      let at = from;
      for (; next < before.spanCount && (before.spanTo[next] as number) <= from + length; next++) {
        const start = before.spanFrom[next] as number;
        const stop = before.spanTo[next] as number;
        if (after.spanFrom[next] !== start + moved || after.spanTo[next] !== stop + moved) return false;
        if (!isSame(batch.data, at, start, moved)) return false;
        at = stop;
      }
      if (!isSame(batch.data, at, from + length, moved)) return false;
    }
    return next === before.spanCount;
  }

  #isSamePlaintext(value: number): boolean {
    const from = plaintextStart(this.#before, value);
    const other = plaintextStart(this.#after, value);
    const length = this.#before.tape.lengths[value] as number;
    const [one, two] = [this.#plainBefore, this.#plainAfter];
    const words = length >> 2;
    for (let i = 0; i < words; i++) {
      if (one.words[(from >> 2) + i] !== two.words[(other >> 2) + i]) return false;
    }
    for (let i = words << 2; i < length; i++) if (one.bytes[from + i] !== two.bytes[other + i]) return false;
    return true;
  }
}

/** Whether bytes are the same some places further on. */
function isSame(data: Uint8Array, from: number, to: number, moved: number): boolean {
  for (let i = from; i < to; i++) if (data[i] !== data[i + moved]) return false;
  return true;
}
