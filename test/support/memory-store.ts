import type { EncryptionKey } from '#crypto/encryption-key';
import type { SecretStore } from '#keyring/secret-store';

/** A store that forgets at the end of the test, and lets the test reach in. */
export function memoryStore(kind: SecretStore['kind'] = 'keychain') {
  const held = new Map<string, EncryptionKey>();
  return {
    kind,
    held,
    async put(account: string, key: EncryptionKey) {
      held.set(account, key.copy());
    },
    async get(account: string) {
      return held.get(account)?.copy();
    },
    async remove(account: string) {
      held.delete(account);
    },
  } satisfies SecretStore & { held: unknown };
}
