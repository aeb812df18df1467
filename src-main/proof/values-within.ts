import { nothingTried, PlaceCounter, ReportedRuns } from '#census/place-counter';
import type { EncryptedColumn } from '#contract/inventory';
import { ivLength } from '#crypto/cfb';
import type { EncryptionKey } from '#crypto/encryption-key';
import { CellScanner } from '#evidence/scan/cell-scanner';
import { mayHoldValues } from '#evidence/scan/may-hold-values';
import type { Form } from '#forms/entry';

/** Values under one key within what the values of an inventory entry decrypt to. */
export interface NestedValues {
  /** Of the values that they are within. */
  readonly entry: EncryptedColumn;
  /** Fingerprint of the key that they are under. */
  readonly key: string;
  readonly values: number;
  /** How many values have to be decrypted before the deepest of them is seen. */
  readonly depth: number;
  /** Whether the chance of naming any of these places wrongly is below 2⁻⁶⁴; else it is below 2⁻²⁰. */
  readonly certain: boolean;
}

/** What was found within values, and how many hold more than was looked through. */
export interface FoundWithin {
  readonly nested: readonly NestedValues[];
  readonly cut: number;
}

/** How many values were found there. */
export function nestedIn(within: FoundWithin | undefined): number {
  return (within?.nested ?? []).reduce((sum, { values }) => sum + values, 0);
}

/** Searches what a key decrypts values to for values under some keys, like a census does. What is handed over stays the caller's. */
export class ValuesWithin {
  readonly #keys: readonly EncryptionKey[];
  readonly #reported: number;
  readonly #opener: number;
  readonly #scanner: CellScanner;
  readonly #places: { readonly form: Form; readonly counter: PlaceCounter }[];
  #row = 0;

  /** `reported`: the keys whose values are reported. `opener` opened what is searched. */
  constructor(forms: readonly Form[], reported: readonly EncryptionKey[], opener: EncryptionKey) {
    const at = reported.findIndex(({ fingerprint }) => fingerprint === opener.fingerprint);
    this.#keys = at < 0 ? [...reported, opener] : reported;
    this.#reported = reported.length;
    this.#opener = at < 0 ? reported.length : at;
    this.#scanner = new CellScanner(this.#keys);
    this.#places = forms.map((form) => ({ form, counter: new PlaceCounter(form.entry, true) }));
  }

  /** Takes in the plaintext `bytes[start … end)` of a value of a form. */
  add(form: Form, bytes: Uint8Array, start: number, end: number): void {
    if (!mayHoldValues(bytes, start, end, 'text')) return;
    const column = this.#places.findIndex((place) => place.form === form);
    const [row, key] = [this.#row++, this.#opener];
    // each member by itself: V8 makes a slow object of one that is spread
    const value = { row, column, start: 0, end: end - start, encoding: 'raw', key, first: ivLength } as const;
    this.#scanner.addOpened(value, bytes, start, end);
    if (this.#scanner.full) this.flush();
  }

  /** Tries the keys on what was added, and wipes it. */
  flush(): void {
    const reported = new ReportedRuns();
    for (const hit of this.#scanner.flush()) {
      const again = reported.isAgain(hit);
      this.#places[hit.column]?.counter.add(hit, String(hit.row), { again });
    }
  }

  found(): FoundWithin {
    this.flush();
    const tried = this.#scanner.takeTried();
    const search = { places: this.#places.length, keys: this.#keys.length };
    const nested = this.#places.flatMap(({ form, counter }, column) =>
      counter
        .found(tried.get(column) ?? nothingTried, search)
        .filter(({ key, isPossible }) => key < this.#reported && !isPossible)
        .map(({ key, values, certain }) => ({
          ...{ entry: form.entry, key: (this.#keys[key] as EncryptionKey).fingerprint },
          ...{ values, certain, depth: counter.nested?.depth ?? 1 },
        })),
    );
    return { nested, cut: [...tried.values()].reduce((sum, { cut }) => sum + cut, 0) };
  }
}
