import { Secret } from '#crypto/secret';
import { callKeychain, type KeychainOptions, service } from './keychain.ts';

/** Database passwords in the keychain, by environment. They can be typed again, so unlike keys they may go. */
export interface PasswordStore {
  /** A copy for the caller to dispose; undefined where none is stored, or the keychain does not give it. */
  get(environment: string): Promise<Secret | undefined>;
  /** Throws `keychain-unavailable` or `keychain-failed`. The caller keeps `password`. */
  put(environment: string, password: Secret): Promise<void>;
  remove(environment: string): Promise<void>;
}

const accountOf = (environment: string) => `${environment}/database-password`;

export function passwordStore(options: KeychainOptions = {}): PasswordStore {
  return {
    async get(environment) {
      const text = await callKeychain(
        (keychain) => keychain.getPassword(service, accountOf(environment)),
        options,
      ).catch(() => null);
      return text === null ? undefined : new Secret(Buffer.from(text, 'utf8'));
    },
    async put(environment, password) {
      const text = password.bytes.toString('utf8');
      await callKeychain((keychain) => keychain.setPassword(service, accountOf(environment), text), options);
    },
    async remove(environment) {
      await callKeychain(
        (keychain) => keychain.deletePassword(service, accountOf(environment)),
        options,
      ).catch(() => undefined);
    },
  };
}
