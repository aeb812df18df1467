import type { EncryptedColumn } from '#contract/inventory';
import type { Hit } from '#evidence/scan/hit';
import { readEntry } from '#forms/entry';
import { spansOf } from '#forms/template';

/*
 * A column may hold values of an older form that the entry of the inventory reads as well: their IV is elsewhere in the row, or a constant, and what the entry takes for their IV is
 * their first block. They are decrypted from their second block on, and a rotation by the entry would lose the first. What tells them is that the first block
 * decrypts too, with an IV of another place.
 */

/** Rows of an entry whose first block is decrypted with an IV of another place. */
export interface Misread {
  readonly column: number;
  readonly entry: EncryptedColumn;
  /** Index of the key. */
  readonly key: number;
  readonly values: number;
  readonly rows: readonly string[];
  readonly bits: number;
}

/** Bits that one row must have beyond what the number of tries takes away: noise is taken for such a row once in a million censuses. */
const beyondSearch = 20;
const rowsKept = 60;
/** Fewer are told by no number of tries. */
const leastBits = beyondSearch;

/** Collects such rows of one relation. Constant memory: of more, those with most evidence. */
export class MisreadRows {
  readonly #found = new Map<
    string,
    { column: number; entry: EncryptedColumn; key: number; rows: [string, number][] }
  >();
  #tries = 0;

  /** Counts pairs of a value and an IV. */
  tried(pairs: number): void {
    this.#tries += pairs;
  }

  /** `bits`: of the first block. */
  add(column: number, entry: EncryptedColumn, key: number, row: string, bits: number): void {
    if (bits < leastBits) return;
    const id = `${column} ${key} ${entry.path ?? ''} ${entry.layout}`;
    const place = this.#found.get(id) ?? { column, entry, key, rows: [] };
    this.#found.set(id, place);
    if (place.rows.some(([other]) => other === row)) return;
    place.rows.push([row, bits]);
    if (place.rows.length > 2 * rowsKept) place.rows = strongest(place.rows);
  }

  /** What the evidence is enough for, all tries paid for. `more`: tries that were counted elsewhere. */
  found(more: number): Misread[] {
    const enough = beyondSearch + Math.log2(Math.max(1, this.#tries + more));
    return [...this.#found.values()].flatMap(({ column, entry, key, rows }) => {
      const certain = strongest(rows).filter(([, bits]) => bits >= enough);
      const [first] = certain;
      if (!first) return [];
      return [
        { column, entry, key, values: certain.length, rows: certain.map(([row]) => row), bits: first[1] },
      ];
    });
  }
}

function strongest(rows: readonly [string, number][]): [string, number][] {
  return rows.toSorted((a, b) => b[1] - a[1]).slice(0, rowsKept);
}

/** Whether an entry takes the first bytes of a run for the IV of the rest. */
export function takesFirstBytes(entry: EncryptedColumn): boolean {
  const { layout, iv } = readEntry(entry);
  const [only, ...more] = spansOf(layout.template);
  const isJoined = only?.parts.length === 2 && only.parts[0] === 'iv' && only.parts[1] === 'body';
  return isJoined && more.length === 0 && !iv && layout.derivation === 'none';
}

/** The evidence of a hit with an IV elsewhere in the row for that IV, in bits. */
export function bitsOfIv({ ratios, charge }: Hit): number {
  return Math.log2(Math.max(1, ratios[0] ?? 1)) - charge;
}
