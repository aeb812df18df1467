import { Secret } from './secret.ts';

/**
 * Remembers the key that was derived last, so that a file which is opened again takes no second derivation: a file keeps its
 * salt until it is sealed anew. Its owner disposes it.
 */
export class DerivationMemory implements Disposable {
  #salt: string | undefined;
  #key: Secret | undefined;

  /** The key for this salt and cost, for the caller to wipe. */
  async recall(salt: Buffer, workFactor: number, derive: () => Promise<Buffer>): Promise<Buffer> {
    const wanted = `${salt.toString('hex')} ${workFactor}`;
    if (this.#salt !== wanted || !this.#key) {
      const key = await derive();
      this.#key?.[Symbol.dispose]();
      this.#key = new Secret(key);
      this.#salt = wanted;
    }
    return Buffer.from(this.#key.bytes);
  }

  [Symbol.dispose](): void {
    this.#key?.[Symbol.dispose]();
    this.#key = undefined;
  }
}
