import type { InnerPlace, InnerText } from '#evidence/writings/inner-text';
import type { Span, SpanEncoding } from './span-tape.ts';

/** Where something is in a row. */
export interface Place {
  readonly column: number;
  /** Bytes of the cell. */
  readonly start: number;
  readonly end: number;
  /** `text`: 16 bytes of text, as they are. */
  readonly encoding: SpanEncoding | 'uuid' | 'text';
}

/** 16 bytes that may be the IV of something else in the row: in `bytes` at `at`, or, of a UUID, as digits there. */
export interface RowIv extends Place {
  readonly bytes: Uint8Array;
  readonly at: number;
  /** Of what is within another writing, whose part of the cell `start` and `end` are. */
  readonly inner?: InnerPlace | undefined;
}

/** Of more IVs than this in a row, only the nearest before and after a body are tried: a document may be a list of a thousand hashes. */
const ivsOfRow = 8;

/** The IVs of one row, as indices of a list, and which of them are tried on a body. */
export class IvsOfRow {
  readonly #ivs: readonly RowIv[];
  readonly #all: readonly number[];
  /** By the text that they are in, undefined for the cells themselves: in the order of the row each. Undefined where all are tried. */
  readonly #byText: Map<InnerText | undefined, number[]> | undefined;

  /** Those of `ivs[from … to)`. */
  constructor(ivs: readonly RowIv[], from: number, to: number) {
    this.#ivs = ivs;
    this.#all = Array.from({ length: to - from }, (_, i) => from + i);
    if (to - from <= ivsOfRow) return;
    this.#byText = new Map();
    for (const i of this.#all) {
      const text = (ivs[i] as RowIv).inner?.text;
      const others = this.#byText.get(text);
      if (others) others.push(i);
      else this.#byText.set(text, [i]);
    }
  }

  /** Those that may be the IV of `body`. */
  of(body: Span): readonly number[] {
    if (!this.#byText) return this.#all;
    const text = body.inner?.text;
    const inCells = this.#nearest(undefined, (iv) => isBefore(iv, body));
    if (!text) return inCells;
    const { start } = body.inner as InnerPlace;
    return [...inCells, ...this.#nearest(text, (iv) => (iv.inner as InnerPlace).start < start)];
  }

  /** Of those in one text, the last that is before a body, and the first that is not. */
  #nearest(text: InnerText | undefined, before: (iv: RowIv) => boolean): readonly number[] {
    const group = this.#byText?.get(text) ?? [];
    let low = 0;
    let high = group.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (before(this.#ivs[group[middle] as number] as RowIv)) low = middle + 1;
      else high = middle;
    }
    return group.slice(Math.max(0, low - 1), low + 1);
  }
}

function isBefore(iv: RowIv, body: Span): boolean {
  return iv.column < body.column || (iv.column === body.column && iv.start < body.start);
}

/** Whether an IV and a body stand for the same bytes of a row, as far as is known. */
export function overlaps(iv: RowIv, body: Span): boolean {
  if (iv.column !== body.column) return false;
  const isInSameText = iv.inner && iv.inner.text === body.inner?.text;
  const [one, other] = isInSameText ? [iv.inner, body.inner as InnerPlace] : [iv, body];
  return one.start < other.end && other.start < one.end;
}
