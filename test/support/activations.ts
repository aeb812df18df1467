import type { Activation } from '#keyring/key-states';

/** A key becomes the active one since a rotation from another one to it was committed. */
export function byCommit(from: string): Activation {
  return { seen: 'commit', from };
}

/** A key becomes the active one since it decrypts the values, instead of the one that was it, or of none. */
export function byValues(insteadOf: string | null): Activation {
  return { seen: 'values', bits: 1_000, insteadOf };
}
