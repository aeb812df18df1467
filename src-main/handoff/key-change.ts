import type { EncryptionKey } from '#crypto/encryption-key';
import { KeelError } from '#errors/keel-error';

/** What giving a target a key would change, for showing: each key as its fingerprint. */
export interface PlannedChange {
  /** Of the key that stands there now; undefined where there is none, or it cannot be read back. */
  readonly holds: string | undefined;
  /** Nothing stands there: no secret yet, or an empty value. Then no key is lost by writing one. */
  readonly vacant: boolean;
  /** What was compared: the value itself, or only the label that Keel gave it. The value where it is not said. */
  readonly seen?: 'value' | 'label';
  /** Lines that begin with `-`, `+` or a blank. */
  readonly diffMasked: string;
  /** What to know before it is written, a sentence each. */
  readonly cautions?: readonly string[];
}

export interface AppliedChange extends PlannedChange {
  /** What was written, for showing: the true path of a file, the name of a secret. */
  readonly where: string;
  /** False where the new key stood there already: then nothing was written. */
  readonly changed: boolean;
}

/** Throws `key-wrong` unless the target holds the key that is expected there, or nothing at all. */
export function assertExpected(
  where: string,
  { holds, vacant }: Pick<PlannedChange, 'holds' | 'vacant'>,
  expected: string | undefined,
): void {
  if (expected === undefined || vacant || holds === expected) return;
  throw new KeelError(
    'key-wrong',
    `${where} contains ${holds ? `key ${holds}` : 'no key'}, not key ${expected}; it was not changed`,
    'check that it belongs to this environment; if it does, set the key there yourself',
  );
}

/** Throws `verification-failed` unless what was read back is the key that was written. */
export function assertWritten(where: string, readBack: string | undefined, key: EncryptionKey): void {
  if (readBack === key.fingerprint) return;
  throw new KeelError(
    'verification-failed',
    `${where} was written, but its content is different now: another program changes it`,
    'stop that program, then check what is there now',
  );
}
