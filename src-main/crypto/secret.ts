import { inspect } from 'node:util';

/**
 * Bytes with an owner, who disposes them (`using key = …`). Refuses to become text by accident: JSON, string
 * conversion and `console.log` all show the label only.
 */
export class Secret implements Disposable {
  readonly #bytes: Buffer;
  #disposed = false;

  /** Takes over `bytes`: the caller must not keep or wipe them. */
  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  /** The live bytes, not a copy. Valid until the secret is disposed. */
  get bytes(): Buffer {
    if (this.#disposed) throw new Error('secret used after it was wiped');
    return this.#bytes;
  }

  [Symbol.dispose](): void {
    this.#bytes.fill(0);
    this.#disposed = true;
  }

  toString(): string {
    return '[secret]';
  }

  toJSON(): never {
    throw new Error('a secret was about to be serialised');
  }

  [inspect.custom](): string {
    return '[secret]';
  }
}
