import { wordsOf } from '#crypto/aes-ecb';
import { ivLength } from '#crypto/cfb';
import { decryptTape } from '#crypto/cipher-tape';
import type { EncryptionKey } from '#crypto/encryption-key';
import type { ValuesInPlace } from '#forms/values-in-place';
import type { OpenedValue } from './keystream-evidence.ts';

/** What a key makes of values on a tape, where they lie on it. One serves any number of batches; the caller wipes it after each. */
export class OpenedInPlace {
  bytes = new Uint8Array();
  words: Uint32Array = new Uint32Array();
  #end = 0;

  open({ tape }: ValuesInPlace, key: EncryptionKey): void {
    if (this.bytes.length < tape.end) {
      this.bytes = new Uint8Array(tape.bytes.length);
      this.words = wordsOf(this.bytes);
    }
    this.#end = tape.end;
    decryptTape(key.bytes, tape, this.bytes);
  }

  wipe(): void {
    this.bytes.fill(0, 0, this.#end);
    this.#end = 0;
  }
}

/** A value where it is on both tapes. */
export function openedValue({ tape }: ValuesInPlace, { bytes }: OpenedInPlace, value: number): OpenedValue {
  const at = tape.starts[value] as number;
  const length = tape.lengths[value] as number;
  return { sealed: tape.bytes, words: tape.words, at, length, plaintext: bytes, plainAt: at + ivLength };
}

/** Where the plaintext of a value starts. */
export function plaintextStart({ tape }: ValuesInPlace, value: number): number {
  return (tape.starts[value] as number) + ivLength;
}
