import type { EncryptionKey } from '#crypto/encryption-key';
import { KeelError } from '#errors/keel-error';
import type { HeldIn } from './key-entry.ts';

/** Where the bytes of keys lie. Accounts are made by `accountOf`. */
export interface SecretStore {
  readonly kind: HeldIn;
  /** Stores a key, in place of what the account held, and returns when it is durable. The caller keeps `key`. */
  put(account: string, key: EncryptionKey): Promise<void>;
  /** A copy for the caller to dispose; undefined where the store surely holds none, never because it is locked. */
  get(account: string): Promise<EncryptionKey | undefined>;
  /**
   * Forgets a key and returns when it is gone for certain: searched for again, and not found. Nothing happens where there
   * is none. Throws what tells why where it is still there, or where that cannot be determined.
   */
  remove(account: string): Promise<void>;
}

/** The account of a key: `<environment>/<fingerprint>`. */
export function accountOf(environment: string, fingerprint: string): string {
  return `${environment}/${fingerprint}`;
}

/** The fingerprint that an account names. */
export function fingerprintIn(account: string): string {
  return account.slice(account.lastIndexOf('/') + 1);
}

/** What a store that was to forget a key, and gives it back, has to say. */
export function stillThere(account: string, kind: HeldIn): KeelError {
  return new KeelError(
    'keychain-failed',
    `${describeStore(kind)} still returns key ${fingerprintIn(account)} after it was removed; the key is not destroyed`,
    'check whether another program restores it, then destroy the key again',
  );
}

/** A store in words, for messages. */
export function describeStore(kind: HeldIn): string {
  if (typeof kind === 'object') return kind.ownFile;
  return kind === 'keychain' ? 'the keychain' : 'the encrypted key file';
}
