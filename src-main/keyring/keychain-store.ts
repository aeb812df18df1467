import { parseStoredKey, storedKeyText } from '#crypto/stored-key';
import { callKeychain, type Keychain, type KeychainOptions, roundTrip, service } from './keychain.ts';
import { type SecretStore, stillThere } from './secret-store.ts';

/** Keys in the keychain of the operating system, as base64, or as other applications write them. Its calls throw what `callKeychain` throws. */
export function keychainStore(options: KeychainOptions = {}): SecretStore {
  const call = <T>(use: (keychain: Keychain) => Promise<T>) => callKeychain(use, options);
  return {
    kind: 'keychain',
    async put(account, key) {
      await call((keychain) => keychain.setPassword(service, account, storedKeyText(key)));
    },
    async get(account) {
      const text = await call((keychain) => keychain.getPassword(service, account));
      if (text !== null) return parseStoredKey(text);
      // libsecret says "no such entry" of a locked keyring too; only writing tells the two apart
      await call(roundTrip);
      return undefined;
    },
    async remove(account) {
      const found = await call((keychain) => keychain.deletePassword(service, account));
      const left = await call((keychain) => keychain.getPassword(service, account));
      if (left !== null) throw stillThere(account, 'keychain');
      // a locked keyring answers both with "no such entry"
      if (!found) await call(roundTrip);
    },
  };
}
