/** Ranges one after the other, in memory that is used again: arrays that grow and shrink for every cell cost more than what they hold. */
export class Ranges {
  #numbers = new Int32Array(256);
  count = 0;

  clear(): void {
    this.count = 0;
  }

  push(from: number, to: number): void {
    const at = 2 * this.count++;
    if (at === this.#numbers.length) {
      const larger = new Int32Array(2 * at);
      larger.set(this.#numbers);
      this.#numbers = larger;
    }
    this.#numbers[at] = from;
    this.#numbers[at + 1] = to;
  }

  from(i: number): number {
    return this.#numbers[2 * i] as number;
  }

  to(i: number): number {
    return this.#numbers[2 * i + 1] as number;
  }
}
