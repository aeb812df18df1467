import { randomUUID } from 'node:crypto';
import { generateEncryptionKey } from '#crypto/encryption-key';
import { KeelError } from '#errors/keel-error';
import { type Text, text } from '#errors/text';

/** The service under which every entry of Keel is in the keychain. */
export const service = 'keel';

/** The slice of `@github/keytar` that is used. */
export interface Keychain {
  getPassword(service: string, account: string): Promise<string | null>;
  setPassword(service: string, account: string, password: string): Promise<void>;
  deletePassword(service: string, account: string): Promise<boolean>;
}

export interface KeychainOptions {
  readonly load?: () => Promise<Keychain>;
  /** How long one call may take, in milliseconds: a person may have to answer an unlock prompt. */
  readonly timeoutMs?: number;
}

/** No timeout: the longest that a timer takes, 24 days. */
export const noTimeout = 2 ** 31 - 1;

export type KeychainCheck =
  | { readonly works: true }
  | {
      readonly works: false;
      /** What is the matter, without what follows from it. */
      readonly why: string;
      readonly error: KeelError;
    };

/** Tries the keychain for real, with a throw-away entry that is removed again, for at most `timeoutMs` milliseconds. */
export async function keychainWorks({
  timeoutMs = 5_000,
  ...options
}: KeychainOptions = {}): Promise<KeychainCheck> {
  try {
    await callKeychain(roundTrip, { timeoutMs, ...options });
    return { works: true };
  } catch (error) {
    if (error instanceof KeychainFault) return { works: false, why: error.why, error };
    throw error;
  }
}

/** Writes, reads and removes a throw-away entry: tells a locked keychain from one that lacks an entry. */
export async function roundTrip(keychain: Keychain): Promise<void> {
  const account = `round-trip/${randomUUID()}`;
  using key = generateEncryptionKey();
  await keychain.setPassword(service, account, key.toBase64());
  const text = await keychain
    .getPassword(service, account)
    .finally(() => keychain.deletePassword(service, account));
  if (text !== key.toBase64()) throw new Error('a test entry did not match what was written');
}

/**
 * Uses the keychain, which is loaded at the first call. Throws `keychain-unavailable` where there is none,
 * `keychain-failed` where it is locked, denied or silent for longer than `timeoutMs`.
 */
export async function callKeychain<T>(
  use: (keychain: Keychain) => Promise<T>,
  { load = loadKeytar, timeoutMs = 60_000 }: KeychainOptions = {},
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
      reject(failed(`it did not answer within ${timeoutMs / 1000} s`, undefined));
    }, timeoutMs);
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

/** What is the matter with the keychain, and that nothing was stored there. */
class KeychainFault extends KeelError {
  readonly why: string;

  constructor(
    code: 'keychain-unavailable' | 'keychain-failed',
    why: string,
    kept: string,
    remedy: Text,
    cause: unknown,
  ) {
    super(code, `${why}; ${kept}`, remedy, { cause });
    this.why = why;
  }
}

function unavailable(why: string, cause: unknown): KeychainFault {
  return new KeychainFault(
    'keychain-unavailable',
    `no system keychain is available (${why})`,
    'no key was stored or changed',
    text`${{ do: 'seal-keys' }}`,
    cause,
  );
}

function failed(why: string, cause: unknown): KeychainFault {
  return new KeychainFault(
    'keychain-failed',
    `the keychain refused (${why})`,
    'Keel treats no key as stored',
    text`unlock the keychain and allow Keel to use it, or ${{ do: 'seal-keys' }}`,
    cause,
  );
}
