/** One ciphertext: 16 bytes of IV and a body of the plaintext's length. */
export interface Sealed {
  readonly iv: Uint8Array;
  readonly body: Uint8Array;
}

/** Plaintexts of a batch. All share one `storage`, which the caller wipes when done with them. */
export interface OpenedBatch {
  readonly plaintexts: readonly Uint8Array[];
  readonly storage: Uint8Array;
  /** Of ciphers that tell: which values they refused, as not this key's or damaged. */
  readonly refused?: readonly boolean[];
}
