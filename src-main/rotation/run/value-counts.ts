import type { TableTarget } from '#postgres/table-target';

/** A value of a row by its place in the inventory, and whether it is rewritten. */
export interface CountedValue {
  readonly column: number;
  readonly form: number;
  readonly rewritten: boolean;
}

export interface FormCounts {
  rewritten: number;
  left: number;
}

/** How many values of each form of a table are rewritten, and how many are left as they are. */
export class ValueCounts {
  readonly #table: TableTarget;
  readonly #forms: readonly (readonly FormCounts[])[];

  constructor(table: TableTarget) {
    this.#table = table;
    this.#forms = table.columns.map(({ forms }) => forms.map(() => ({ rewritten: 0, left: 0 })));
  }

  add(value: CountedValue): void {
    this.#count(value, 1);
  }

  /** Takes a value out again. */
  remove(value: CountedValue): void {
    this.#count(value, -1);
  }

  addAll(other: ValueCounts): void {
    for (const [column, forms] of other.#forms.entries()) {
      for (const [form, { rewritten, left }] of forms.entries()) {
        const counts = this.at(column, form);
        counts.rewritten += rewritten;
        counts.left += left;
      }
    }
  }

  copy(): ValueCounts {
    const copy = new ValueCounts(this.#table);
    copy.addAll(this);
    return copy;
  }

  at(column: number, form: number): FormCounts {
    return this.#forms[column]?.[form] as FormCounts;
  }

  #count({ column, form, rewritten }: CountedValue, by: 1 | -1): void {
    const counts = this.at(column, form);
    if (rewritten) counts.rewritten += by;
    else counts.left += by;
  }
}
