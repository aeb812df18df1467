import { randomUUID } from 'node:crypto';
import { generateEncryptionKey, parseEncryptionKey } from '#crypto/encryption-key';
import { KeelError } from '#errors/keel-error';
import type { SecretStore } from './secret-store.ts';

const service = 'keel';

/** The slice of `@github/keytar` that is used. */
export interface Keychain {
  getPassword(service: string, account: string): Promise<string | null>;
  setPassword(service: string, account: string, password: string): Promise<void>;
  deletePassword(service: string, account: string): Promise<boolean>;
}

export interface KeychainOptions {
  readonly load?: () => Promise<Keychain>;
  /** How long one call may take, in milliseconds: a person may have to answer an unlock prompt. */
  readonly patience?: number;
}

/**
 * Keys in the keychain of the operating system, as base64. Its calls throw `keychain-unavailable` where there is none,
 * `keychain-failed` where it is locked, denied or silent. The keychain is loaded at the first call.
 */
export function keychainStore({ load = loadKeytar, patience = 60_000 }: KeychainOptions = {}): SecretStore {
  const call = <T>(use: (keychain: Keychain) => Promise<T>) => callKeychain(load, patience, use);
  return {
    kind: 'keychain',
    async put(account, key) {
      await call((keychain) => keychain.setPassword(service, account, key.toBase64()));
    },
    async get(account) {
      const text = await call((keychain) => keychain.getPassword(service, account));
      if (text !== null) return parseEncryptionKey(text, { allowWeak: true });
      // libsecret says "no such entry" of a locked keyring too; only writing tells the two apart
      await call(roundTrip);
      return undefined;
    },
    async remove(account) {
      if (!(await call((keychain) => keychain.deletePassword(service, account)))) await call(roundTrip);
    },
  };
}

export type KeychainCheck = { readonly works: true } | { readonly works: false; readonly error: KeelError };

/** Tries the keychain for real, with a throw-away entry that is removed again, for at most `patience` milliseconds. */
export async function keychainWorks({
  load = loadKeytar,
  patience = 5_000,
}: KeychainOptions = {}): Promise<KeychainCheck> {
  try {
    await callKeychain(load, patience, roundTrip);
    return { works: true };
  } catch (error) {
    if (error instanceof KeelError) return { works: false, error };
    throw error;
  }
}

async function roundTrip(keychain: Keychain): Promise<void> {
  const account = `round-trip/${randomUUID()}`;
  using key = generateEncryptionKey();
  await keychain.setPassword(service, account, key.toBase64());
  const text = await keychain
    .getPassword(service, account)
    .finally(() => keychain.deletePassword(service, account));
  if (text !== key.toBase64()) throw new Error('a test entry did not come back as it was written');
}

async function callKeychain<T>(
  load: () => Promise<Keychain>,
  patience: number,
  use: (keychain: Keychain) => Promise<T>,
): Promise<T> {
  let keychain: Keychain;
  try {
    keychain = await load();
  } catch (error) {
    throw unavailable(
      process.platform === 'linux' ? 'libsecret is not installed' : 'it cannot be loaded',
      error,
    );
  }
  let timer: NodeJS.Timeout | undefined;
  const silence = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      reject(failed(`it did not answer within ${patience / 1000} s`, undefined));
    }, patience);
  });
  try {
    return await Promise.race([use(keychain), silence]);
  } catch (error) {
    if (error instanceof KeelError) throw error;
    const message = error instanceof Error ? error.message : String(error);
    throw noService.test(message) ? unavailable(message, error) : failed(message, error);
  } finally {
    clearTimeout(timer);
  }
}

/** What GLib says without a session bus, without a secret service on it, or without a default keyring. */
const noService =
  /d-?bus|org\.freedesktop\.secrets|could not connect|connection refused|object does not exist/i;

async function loadKeytar(): Promise<Keychain> {
  const module = (await import('@github/keytar')) as Keychain & { default?: Keychain };
  return module.default ?? module;
}

function unavailable(why: string, cause: unknown): KeelError {
  return new KeelError(
    'keychain-unavailable',
    `there is no keychain here (${why}); no key was stored or changed`,
    'pass `--keep-keys-in sealed-file` to keep keys in a file under a passphrase',
    { cause },
  );
}

function failed(why: string, cause: unknown): KeelError {
  return new KeelError(
    'keychain-failed',
    `the keychain refused (${why}); no key counts as stored`,
    'unlock the keychain and allow Keel to use it, or pass `--keep-keys-in sealed-file`',
    { cause },
  );
}
