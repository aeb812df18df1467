/** Runs that were tried. */
export interface RunCount {
  /** Of 17 bytes or more. */
  runs: number;
  /** Runs, or bodies too short for one, that were tried with an IV elsewhere in their row. */
  bodies: number;
}

/** How much of a column was tried. */
export interface Tried extends RunCount {
  /** Cells that hold more, packed, encrypted or written in one another, than was looked through. */
  cut: number;
  /** Within what its values decrypt to. */
  readonly within: RunCount;
}

/** How much was tried, by column. */
export class TriedRuns {
  #tried = new Map<number, Tried>();

  of(column: number): Tried {
    let tried = this.#tried.get(column);
    if (!tried) {
      tried = { cut: 0, runs: 0, bodies: 0, within: { runs: 0, bodies: 0 } };
      this.#tried.set(column, tried);
    }
    return tried;
  }

  /** How much was tried in each column since this was last asked. For `PlaceEvidence`: what hit nothing counts too. */
  take(): ReadonlyMap<number, Tried> {
    const tried = this.#tried;
    this.#tried = new Map();
    return tried;
  }
}
