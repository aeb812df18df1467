import type { EncryptionKey } from '#crypto/encryption-key';
import type { Hit, Opened } from './hit.ts';
import type { KnownRun } from './known-run.ts';
import { LayerScanner } from './layer-scanner.ts';
import { mayHoldValues } from './may-hold-values.ts';
import { PlaintextStore } from './plaintext-store.ts';
import { type ProbeOptions, usualStrides } from './probe.ts';
import { withoutRepeatsWithin } from './repeated-hits.ts';
import { type Tried, TriedRuns } from './tried.ts';

/** What is encrypted within a value is searched for so many times over. */
const deepest = 8;

/**
 * Looks for values under any of some keys in cells, and in whatever these values decrypt to, with the same means: a ciphertext within a plaintext is found like one in a
 * cell, however often it was encrypted. `LayerScanner` says what is found of one layer.
 */
export class CellScanner {
  readonly #keys: readonly EncryptionKey[];
  readonly #options: ProbeOptions;
  /** The first looks through cells, the second through what values in them decrypt to. */
  readonly #layers: LayerScanner[];
  /** What the layers from the second on look through, and of which value each of their rows is the plaintext. */
  readonly #plaintexts = new PlaintextStore();
  readonly #opened: Opened[] = [];
  /** Of all layers but the first. */
  readonly #triedWithin = new TriedRuns();

  /** The keys stay the caller's. */
  constructor(keys: readonly EncryptionKey[], options: ProbeOptions = usualStrides) {
    this.#keys = keys;
    this.#options = options;
    this.#layers = [this.#layerAt(0)];
  }

  /** Whether it is time for `flush`, at the end of a row. */
  get full(): boolean {
    return this.#layers.some(({ full }) => full);
  }

  /** Enters the cell `data[start … end)`: see `LayerScanner.add`. */
  add(
    row: number,
    column: number,
    data: Uint8Array,
    start: number,
    end: number,
    kind: 'text' | 'bytes',
    known?: readonly KnownRun[],
  ): void {
    this.#layer(0).add(row, column, data, start, end, kind, known);
  }

  /** Enters the text `bytes[start … end)` that a value of a cell decrypts to, where that was told elsewhere and `mayHoldValues`. It is copied, and wiped by `flush`. */
  addOpened(opened: Opened, bytes: Uint8Array, start: number, end: number): void {
    this.#enter(1, opened, bytes, start, end, 'text');
  }

  /**
   * Tries the keys on all that was added, and forgets it. Hits of a run come in the order of certainty of their frames; one run may have several: more
   * than one value in it, or a short value that reads as text under more than one key. Those within plaintexts come last.
   */
  flush(): Hit[] {
    const hits = this.#layer(0).flush();
    const within: Hit[] = [];
    for (let depth = 1; depth < this.#layers.length; depth++) {
      for (const hit of this.#layer(depth).flush()) within.push(this.#placed(hit));
    }
    this.#plaintexts.wipe();
    this.#opened.length = 0;
    return within.length === 0 ? hits : [...hits, ...withoutRepeatsWithin(within)];
  }

  /** See `TriedRuns.take`. */
  takeTried(): ReadonlyMap<number, Tried> {
    const [cells, ...deeper] = this.#layers as [LayerScanner, ...LayerScanner[]];
    const tried = new Map(cells.takeTried());
    const all = new TriedRuns();
    for (const [column, own] of tried) Object.assign(all.of(column), own);
    for (const layer of [...deeper.map((one) => one.takeTried()), this.#triedWithin.take()]) {
      for (const [column, { cut, runs, bodies }] of layer) {
        const { within } = all.of(column);
        all.of(column).cut += cut;
        within.runs += runs;
        within.bodies += bodies;
      }
    }
    return all.take();
  }

  #layer(depth: number): LayerScanner {
    return (this.#layers[depth] ??= this.#layerAt(depth));
  }

  #layerAt(depth: number): LayerScanner {
    return new LayerScanner(
      this.#keys,
      (hit, bytes, start, end, kind) => {
        if (mayHoldValues(bytes, start, end, kind))
          this.#enter(depth + 1, depth === 0 ? hit : this.#placed(hit), bytes, start, end, kind);
      },
      this.#options,
    );
  }

  #enter(
    depth: number,
    opened: Opened,
    bytes: Uint8Array,
    start: number,
    end: number,
    kind: 'text' | 'bytes',
  ): void {
    if (depth > deepest) {
      this.#triedWithin.of(opened.column).cut++;
      return;
    }
    const kept = this.#plaintexts.keep(bytes, start, end);
    this.#layer(depth).add(this.#opened.length, opened.column, kept.bytes, kept.start, kept.end, kind);
    this.#opened.push(opened);
  }

  /** A hit in a plaintext, in the row of the cell that this is of. */
  #placed(hit: Hit): Hit {
    const within = this.#opened[hit.row] as Opened;
    return { ...hit, row: within.row, within };
  }
}
