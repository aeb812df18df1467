import { nothingTried, PlaceCounter, ReportedRuns } from '#census/place-counter';
import type { EncryptedColumn } from '#contract/inventory';
import { ivLength } from '#crypto/cfb';
import type { EncryptionKey } from '#crypto/encryption-key';
import { CellScanner } from '#evidence/scan/cell-scanner';
import { mayHoldValues } from '#evidence/scan/may-hold-values';
import type { Form } from '#forms/entry';
import type { SampleWithin } from '#shared/within-text';

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

/** What was found within values, and what was examined for it. */
export interface FoundWithin {
  readonly nested: readonly NestedValues[];
  /** Values that hold more than was looked through. */
  readonly cut: number;
  /** Absent where all values that the key decrypts were looked within. */
  readonly sample?: SampleWithin;
}

/** So many values of each entry are looked within where a sample is enough, and one in so many of the rest. */
const sampleWhole = 1 << 13;
const sampleStride = 32;

/** How many values were found there. */
export function nestedIn(within: FoundWithin | undefined): number {
  return (within?.nested ?? []).reduce((sum, { values }) => sum + values, 0);
}

/** What a proof looks for within the values that it decrypts. */
export interface LookWithin {
  /** Keys whose values are reported. */
  readonly keys: readonly EncryptionKey[];
  /** Whether a sample of each entry is enough: where what is found changes no verdict, since a search within a value takes several times as long as to decrypt it. */
  readonly isSample: boolean;
}

/** An entry, how many of its values were decrypted, and what was found within them. */
interface Place {
  readonly entry: EncryptedColumn;
  readonly counter: PlaceCounter;
  values: number;
}

/** Searches what a key decrypts values to for values under some keys, like a census does. What is handed over stays the caller's. */
export class ValuesWithin {
  readonly #keys: readonly EncryptionKey[];
  readonly #reported: number;
  readonly #opener: number;
  readonly #scanner: CellScanner;
  readonly #places: Place[];
  readonly #placeOf: ReadonlyMap<Form, number>;
  readonly #isSample: boolean;
  #row = 0;
  #looked = 0;

  /** `opener` opened what is searched. */
  constructor(forms: readonly Form[], { keys: reported, isSample }: LookWithin, opener: EncryptionKey) {
    const at = reported.findIndex(({ fingerprint }) => fingerprint === opener.fingerprint);
    this.#keys = at < 0 ? [...reported, opener] : reported;
    this.#reported = reported.length;
    this.#opener = at < 0 ? reported.length : at;
    this.#scanner = new CellScanner(this.#keys);
    this.#places = forms.map(({ entry }) => ({ entry, counter: new PlaceCounter(entry, true), values: 0 }));
    this.#placeOf = new Map(forms.map((form, at) => [form, at]));
    this.#isSample = isSample;
  }

  /** Takes in the plaintext `bytes[start … end)` of a value of a form. */
  add(form: Form, bytes: Uint8Array, start: number, end: number): void {
    const column = this.#placeOf.get(form) as number;
    const at = (this.#places[column] as Place).values++;
    if (this.#isSample && at >= sampleWhole && at % sampleStride !== 0) return;
    this.#looked++;
    if (!mayHoldValues(bytes, start, end, 'text')) return;
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
    const nested = this.#places.flatMap(({ entry, counter }, column) =>
      counter
        .found(tried.get(column) ?? nothingTried, search)
        .filter(({ key, isPossible }) => key < this.#reported && !isPossible)
        .map(({ key, values, certain }) => ({
          ...{ entry, key: (this.#keys[key] as EncryptionKey).fingerprint },
          ...{ values, certain, depth: counter.nested?.depth ?? 1 },
        })),
    );
    const cut = [...tried.values()].reduce((sum, { cut }) => sum + cut, 0);
    const [looked, values] = [this.#looked, this.#places.reduce((sum, { values }) => sum + values, 0)];
    return { nested, cut, ...(looked < values && { sample: { looked, values } }) };
  }
}
