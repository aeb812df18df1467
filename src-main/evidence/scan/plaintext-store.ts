const chunkLength = 1 << 16;

/** Plaintexts that are looked through, side by side, until they are wiped all at once. */
export class PlaintextStore {
  readonly #chunks: Uint8Array[] = [];
  #used = 0;

  /** Copies `bytes[from … to)`; where the copy is. It stays there until `wipe`. */
  keep(
    bytes: Uint8Array,
    from: number,
    to: number,
  ): { readonly bytes: Uint8Array; readonly start: number; readonly end: number } {
    const plaintext = bytes.subarray(from, to);
    let chunk = this.#chunks.at(-1);
    if (!chunk || this.#used + plaintext.length > chunk.length) {
      chunk = new Uint8Array(Math.max(chunkLength, plaintext.length));
      this.#chunks.push(chunk);
      this.#used = 0;
    }
    const start = this.#used;
    chunk.set(plaintext, start);
    this.#used += plaintext.length;
    return { bytes: chunk, start, end: this.#used };
  }

  wipe(): void {
    for (const chunk of this.#chunks) chunk.fill(0);
    this.#chunks.splice(1);
    this.#used = 0;
  }
}
