import { ivLength } from '#crypto/cfb';
import { CipherTape } from '#crypto/cipher-tape';
import type { Form, IvPlace } from './entry.ts';
import { isSamePlace } from './generations.ts';
import { JsonScan, unusual } from './json-scan.ts';
import type { FormColumn } from './row-values.ts';
import { patternOf, type PatternSpan, type SpanPattern, standsAt } from './span-pattern.ts';

/** Characters of an IV that stands by itself, with what stands around it: there is room for no more. */
const longestIv = 128;

/** Cells of many rows in one buffer. A length below zero is that of a cell which is NULL. */
export interface CellBatch {
  readonly data: Uint8Array;
  readonly starts: Int32Array;
  readonly lengths: Int32Array;
}

/** An entry of the inventory whose ciphertexts are read in place. */
export interface TargetForm {
  /** Index of its column among those of the row, and of its form among those of the column. */
  readonly column: number;
  readonly form: number;
  readonly pattern: SpanPattern;
  readonly iv: TargetFormIv | undefined;
}

/** An IV that is not written with its body. */
type TargetFormIv =
  | { readonly fixed: Uint8Array }
  | { readonly column: number; readonly pattern: SpanPattern };

/** How a column's cells are read: as one text, or as a document with texts. */
interface ColumnReader {
  readonly column: number;
  readonly targetForms: readonly TargetForm[];
  readonly scan: JsonScan | undefined;
}

/**
 * The ciphertexts of many rows on one tape, with the places of their digits in the buffer that they were read from: no object is made for
 * a row, a cell or a value. Reads what almost every cell is; a row with anything else in it is left to `findValues`, which reads it
 * slower.
 */
export class ValuesInPlace {
  readonly tape = new CipherTape(1 << 10, 1 << 17);
  readonly targetForms: readonly TargetForm[];
  /** Of each value its slot. */
  targetFormOf = new Uint16Array(1 << 10);
  /** Of each run of digits: where it stands, whose it is, its bytes in IV ‖ body. */
  spanFrom = new Int32Array(1 << 10);
  spanTo = new Int32Array(1 << 10);
  spanBytes = new Int32Array(1 << 10);
  spans: PatternSpan[] = [];
  spanCount = 0;
  readonly #readers: readonly ColumnReader[];

  private constructor(readers: readonly ColumnReader[]) {
    this.#readers = readers;
    this.targetForms = readers.flatMap(({ targetForms }) => targetForms);
  }

  /** Undefined where the forms of a row are not of those that are read in place. */
  static of(columns: readonly FormColumn[]): ValuesInPlace | undefined {
    const readers: ColumnReader[] = [];
    for (const [column, { forms }] of columns.entries()) {
      if (forms.length === 0) continue;
      const reader = columnReader(columns, column);
      if (!reader) return undefined;
      readers.push(reader);
    }
    return new ValuesInPlace(readers);
  }

  /** Forgets all values. */
  clear(): void {
    this.tape.truncate(0);
    this.spanCount = 0;
  }

  /** Forgets the values and runs from the given ones on. */
  truncate(values: number, spans: number): void {
    this.tape.truncate(values);
    this.spanCount = spans;
  }

  /** Reads the row whose first cell is `first`. False leaves it out, as if it had not been seen. */
  take(batch: CellBatch, first: number): boolean {
    const { count } = this.tape;
    const { spanCount } = this;
    let targetForm = 0;
    for (const reader of this.#readers) {
      if (!this.#takeCell(reader, targetForm, batch, first)) {
        this.truncate(count, spanCount);
        return false;
      }
      targetForm += reader.targetForms.length;
    }
    return true;
  }

  #takeCell(
    { column, targetForms, scan }: ColumnReader,
    firstTargetForm: number,
    batch: CellBatch,
    first: number,
  ): boolean {
    const length = batch.lengths[first + column] as number;
    if (length <= 0) return true;
    const from = batch.starts[first + column] as number;
    if (!scan)
      return this.#takeText(targetForms[0] as TargetForm, firstTargetForm, batch, first, from, from + length);
    let isRead = true;
    const seen = scan.scan(batch.data, from, from + length, (path, start, end) => {
      isRead &&= this.#takeText(
        targetForms[path] as TargetForm,
        firstTargetForm + path,
        batch,
        first,
        start,
        end,
      );
    });
    return isRead && seen !== unusual;
  }

  #takeText(
    targetForm: TargetForm,
    index: number,
    batch: CellBatch,
    first: number,
    from: number,
    to: number,
  ): boolean {
    const { tape } = this;
    tape.reserve(Math.max(to - from, longestIv));
    if (targetForm.iv && !this.#readIv(targetForm.iv, batch, first)) return false;
    const length = this.#readSpans(targetForm.pattern, batch.data, from, to, true);
    // what holds nothing is ruled on elsewhere
    if (length <= 0) return false;
    if (tape.count === this.targetFormOf.length) this.targetFormOf = resized(this.targetFormOf);
    this.targetFormOf[tape.count] = index;
    tape.push(length);
    return true;
  }

  #readIv(iv: TargetFormIv, { data, starts, lengths }: CellBatch, first: number): boolean {
    const { tape } = this;
    if ('fixed' in iv) {
      tape.bytes.set(iv.fixed, tape.end);
      return true;
    }
    const length = lengths[first + iv.column] as number;
    const from = starts[first + iv.column] as number;
    return (
      length > 0 && length <= longestIv && this.#readSpans(iv.pattern, data, from, from + length, false) === 0
    );
  }

  /** Reads IV and body to where the next value of the tape starts. The length of the body, or −1. */
  #readSpans(pattern: SpanPattern, data: Uint8Array, from: number, to: number, keeps: boolean): number {
    const { before, first, between, second, after } = pattern;
    let start = from + before.length;
    const end = to - after.length;
    if (end < start || !standsAt(before, data, from) || !standsAt(after, data, end)) return -1;
    let stop = end;
    if (second) {
      for (stop = start; stop < end && first.digits.holds(data[stop] as number); ) stop++;
    }
    const one = this.#readSpan(first, data, start, stop, keeps);
    if (one < 0 || !second) return one;
    if (stop + between.length > end || !standsAt(between, data, stop)) return -1;
    start = stop + between.length;
    const other = this.#readSpan(second, data, start, end, keeps);
    return other < 0 ? -1 : Math.max(one, other);
  }

  /** Reads one run. The bytes of the body that it holds, or −1. */
  #readSpan(span: PatternSpan, data: Uint8Array, from: number, to: number, keeps: boolean): number {
    const { tape } = this;
    const bytes = span.digits.read(data, from, to, tape.bytes, tape.end + span.at);
    if (bytes < 0 || (span.length !== undefined && bytes !== span.length)) return -1;
    const body = span.at + bytes - ivLength;
    if (body < 0) return -1;
    if (keeps) this.#addSpan(span, from, to, bytes);
    return body;
  }

  #addSpan(span: PatternSpan, from: number, to: number, bytes: number): void {
    const index = this.spanCount++;
    if (index === this.spanFrom.length) {
      this.spanFrom = resized(this.spanFrom);
      this.spanTo = resized(this.spanTo);
      this.spanBytes = resized(this.spanBytes);
    }
    this.spanFrom[index] = from;
    this.spanTo[index] = to;
    this.spanBytes[index] = bytes;
    this.spans[index] = span;
  }
}

function resized<T extends Int32Array<ArrayBuffer> | Uint16Array<ArrayBuffer>>(array: T): T {
  const larger = new (array.constructor as new (length: number) => T)(2 * array.length);
  larger.set(array);
  return larger;
}

function columnReader(columns: readonly FormColumn[], column: number): ColumnReader | undefined {
  const { forms, shape } = columns[column] as FormColumn;
  const targetForms: TargetForm[] = [];
  const paths: string[][] = [];
  for (const [form, one] of forms.entries()) {
    const targetForm = targetFormOf(columns, column, form, one);
    if (!targetForm) return undefined;
    // which of several forms of one place a text has is told one by one
    if (forms.some((other) => other !== one && isSamePlace(one, other))) return undefined;
    targetForms.push(targetForm);
    if (!one.steps) return { column, targetForms, scan: undefined };
    const names = one.steps.flatMap((step) =>
      typeof step === 'object' && 'member' in step ? [step.member] : [],
    );
    if (names.length === 0 || names.length < one.steps.length) return undefined;
    paths.push(names);
  }
  const isDocument = shape.kind === 'json' || shape.kind === 'text' || shape.kind === 'bytes';
  return isDocument ? { column, targetForms, scan: new JsonScan(paths) } : undefined;
}

function targetFormOf(
  columns: readonly FormColumn[],
  column: number,
  form: number,
  { layout, iv }: Form,
): TargetForm | undefined {
  const pattern = layout.scheme ? undefined : patternOf(layout);
  if (!pattern || layout.derivation !== 'none' || layout.segment !== 'cfb128') return undefined;
  const holdsIv = pattern.first.at === 0 || pattern.second?.at === 0;
  const holdsBody = [pattern.first, pattern.second].some((span) => span && span.length === undefined);
  if (!holdsBody) return undefined;
  if (holdsIv) return { column, form, pattern, iv: undefined };
  const apart = iv && ivApart(columns, iv);
  return apart && { column, form, pattern, iv: apart };
}

function ivApart(columns: readonly FormColumn[], iv: IvPlace): TargetFormIv | undefined {
  if ('fixed' in iv) return typeof iv.fixed === 'string' ? undefined : { fixed: iv.fixed };
  const column = columns.findIndex(({ name }) => name === iv.column);
  const { kind } = columns[column]?.shape ?? {};
  const pattern = patternOf(iv.layout);
  if (iv.steps.length > 0 || !pattern || pattern.second || pattern.first.length !== ivLength)
    return undefined;
  return kind === 'text' || kind === 'bytes' ? { column, pattern } : undefined;
}
