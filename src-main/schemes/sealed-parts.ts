/** The parts of one ciphertext as they are written down, in bytes. What a form has no place for is empty. */
export interface SealedParts {
  readonly iv: Uint8Array;
  readonly body: Uint8Array;
  readonly tag: Uint8Array;
  readonly salt: Uint8Array;
  /** Bytes that a rotation keeps: a version, a time stamp. */
  readonly kept: Uint8Array;
}

/** What a cipher makes of a plaintext. */
export interface SealedBody {
  readonly body: Uint8Array;
  readonly tag: Uint8Array;
}

/** What a cipher is given to seal with. */
export interface SealWith {
  readonly iv: Uint8Array;
  readonly kept: Uint8Array;
  readonly tagLength: number;
  readonly aad: Uint8Array;
}

/** A cipher of other applications, over single values. Pure; the caller owns all bytes. */
export interface SchemeCipher {
  /** Lengths of its key, in bytes. */
  readonly keys: readonly number[];
  /** A value that opens proves its key, or was made by whoever has it; one that does not says nothing of why. */
  readonly isAuthenticated: boolean;
  /** The bytes under the cipher, padding included; undefined where the value is not this key's, or damaged. */
  open(key: Uint8Array, parts: SealedParts, aad: Uint8Array): Uint8Array | undefined;
  seal(key: Uint8Array, plaintext: Uint8Array, given: SealWith): SealedBody;
}
