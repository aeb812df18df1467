import type { EncryptionKey } from '#crypto/encryption-key';
import { KeelError } from '#errors/keel-error';

/** What giving a target a key would change, for showing: keys stand as their fingerprints. */
export interface PlannedChange {
  /** Of the key that stands there now; undefined where there is none, or it cannot be read back. */
  readonly holds: string | undefined;
  /** Lines that begin with `-`, `+` or a blank. */
  readonly diffMasked: string;
}

export interface AppliedChange {
  /** What was written, for showing: the true path of a file, the name of a secret. */
  readonly where: string;
  readonly diffMasked: string;
  /** False where the new key stood there already: then nothing was written. */
  readonly changed: boolean;
}

/** Throws `key-wrong` unless the target holds the key that is expected there. */
export function assertExpected(where: string, holds: string | undefined, expected: string | undefined): void {
  if (expected === undefined || holds === expected) return;
  throw new KeelError(
    'key-wrong',
    `${where} holds ${holds ? `key ${holds}` : 'no key'}, not key ${expected}; it was not changed`,
    'check that it belongs to this environment; if it does, set the key there yourself',
  );
}

/** Throws `verification-failed` unless what was read back is the key that was written. */
export function assertWritten(where: string, readBack: string | undefined, key: EncryptionKey): void {
  if (readBack === key.fingerprint) return;
  throw new KeelError(
    'verification-failed',
    `${where} was written, but reads differently now: another program changes it`,
    'stop that program, then look at what stands there',
  );
}
