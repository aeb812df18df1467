import { Secret } from './secret.ts';

/**
 * Remembers the key that was derived from a passphrase last, so that a file which is opened again, or right after it was sealed, takes
 * no second derivation: a file keeps its salt until it is sealed again. Whoever opens it while the key is being derived waits for
 * that one. Belongs to one passphrase, with which its owner disposes it; what is derived after that is not kept.
 */
export class DerivationMemory implements Disposable {
  #wanted: string | undefined;
  #key: Promise<Secret> | undefined;
  #isDisposed = false;

  /** The key for this salt and cost, for the caller to wipe. */
  async recall(salt: Buffer, workFactor: number, derive: () => Promise<Buffer>): Promise<Buffer> {
    if (this.#isDisposed) return derive();
    const wanted = `${salt.toString('hex')} ${workFactor}`;
    if (this.#wanted !== wanted || !this.#key) {
      this.#forget();
      this.#wanted = wanted;
      this.#key = derive().then((key) => new Secret(key));
    }
    const asked = this.#key;
    try {
      return Buffer.from((await asked).bytes);
    } catch (error) {
      if (this.#key === asked) this.#key = undefined;
      throw error;
    }
  }

  [Symbol.dispose](): void {
    this.#isDisposed = true;
    this.#forget();
  }

  #forget(): void {
    // whoever waits for it already is answered before it is wiped
    void this.#key?.then(
      (key) => key[Symbol.dispose](),
      () => undefined,
    );
    this.#key = undefined;
  }
}
