import type { TableTarget } from '#postgres/table-target';

/** A value of a row by its place in the inventory, and whether it is rewritten. */
export interface CountedValue {
  readonly column: number;
  readonly slot: number;
  readonly rewritten: boolean;
}

export interface SlotCounts {
  rewritten: number;
  left: number;
}

/** How many values of each slot of a table are rewritten, and how many are left as they are. */
export class ValueCounts {
  readonly #slots: readonly (readonly SlotCounts[])[];

  constructor(table: TableTarget) {
    this.#slots = table.columns.map(({ slots }) => slots.map(() => ({ rewritten: 0, left: 0 })));
  }

  add(value: CountedValue): void {
    this.#count(value, 1);
  }

  /** Takes a value out again. */
  remove(value: CountedValue): void {
    this.#count(value, -1);
  }

  addAll(other: ValueCounts): void {
    for (const [column, slots] of other.#slots.entries()) {
      for (const [slot, { rewritten, left }] of slots.entries()) {
        const counts = this.at(column, slot);
        counts.rewritten += rewritten;
        counts.left += left;
      }
    }
  }

  at(column: number, slot: number): SlotCounts {
    return this.#slots[column]?.[slot] as SlotCounts;
  }

  #count({ column, slot, rewritten }: CountedValue, by: 1 | -1): void {
    const counts = this.at(column, slot);
    if (rewritten) counts.rewritten += by;
    else counts.left += by;
  }
}
