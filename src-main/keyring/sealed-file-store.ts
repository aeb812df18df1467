import { join } from 'node:path';
import { z } from 'zod';
import { ageLibrary } from '#crypto/age-library';
import { passphraseBytes, passphraseIdentity, passphraseRecipient } from '#crypto/age-passphrase';
import type { DerivationMemory } from '#crypto/derivation-memory';
import { parseStoredKey, storedKeyText } from '#crypto/stored-key';
import type { Secret } from '#crypto/secret';
import { writeDurably } from '#storage/durable-file';
import { KeelError } from '#errors/keel-error';
import { withFolderLock } from '#storage/folder-lock';
import { readStateText } from '#storage/state-file';
import { formatState, parseState, type ReadState, stateDamaged, stateKind } from '#storage/state-kind';
import { type SecretStore, stillThere } from './secret-store.ts';

export interface SealOptions {
  /** Base-2 logarithm of the scrypt cost for sealing. Tests lower it; people's keys get the default of age. */
  readonly workFactor?: number;
  /** The passphrase's, which makes opening the same file again quick. The caller disposes it. */
  readonly memory?: DerivationMemory;
}

const contents = z.strictObject({
  keys: z.array(z.strictObject({ account: z.string(), key: z.string() })),
});
type Contents = z.infer<typeof contents>;

/** Its version is in what is sealed. */
export const sealedKeysKind = stateKind({
  file: 'environments/*/secrets.sealed',
  what: 'the encrypted key file',
  version: 1,
  schema: contents,
  remedy: 'restore the last good copy of the file, or restore the key from one of its backups',
  secret: true,
});

/**
 * Keys in `secrets.sealed` of an environment's folder: JSON in an armored age file under a passphrase (scrypt), which
 * `age --decrypt` opens without Keel. A call that writes runs scrypt once, half a second or more, beside the main thread; one that reads
 * runs it for each state of the file that `memory` has not seen.
 * The caller keeps `passphrase` and disposes it when done with the store. Throws `store-locked` for a wrong passphrase,
 * `state-damaged` for a damaged file and `state-newer` for a later Keel's, which are then left as they are, `file-unwritable`, and
 * `request-refused` while others are opened.
 */
export function sealedFileStore(folder: string, passphrase: Secret, options: SealOptions = {}): SecretStore {
  const { memory } = options;
  const path = sealedFile(folder);

  const change = (edit: (keys: Contents['keys']) => Contents['keys']) =>
    withFolderLock(folder, 'secrets', async () => {
      const before = await unseal(path, passphrase, memory);
      const text = formatState(sealedKeysKind, { keys: edit(before?.state.keys ?? []) }, before);
      await writeDurably(path, await seal(text, passphrase, options));
    });

  return {
    kind: 'sealed-file',
    put: (account, key) =>
      change((keys) => [
        ...keys.filter((entry) => entry.account !== account),
        { account, key: storedKeyText(key) },
      ]),
    async get(account) {
      const found = (await unseal(path, passphrase, memory))?.state.keys.find(
        (entry) => entry.account === account,
      );
      return found && parseStoredKey(found.key);
    },
    async remove(account) {
      const holds = async () =>
        (await unseal(path, passphrase, memory))?.state.keys.some((entry) => entry.account === account) ===
        true;
      if (!(await holds())) return;
      await change((keys) => keys.filter((entry) => entry.account !== account));
      if (await holds()) throw stillThere(account, 'sealed-file');
    },
  };
}

/** Where a folder's sealed file stands, if it has one. */
export function sealedFile(folder: string): string {
  return join(folder, 'secrets.sealed');
}

async function seal(text: string, passphrase: Secret, { workFactor, memory }: SealOptions): Promise<string> {
  const { armor, Encrypter } = await ageLibrary();
  const encrypter = new Encrypter();
  encrypter.addRecipient(passphraseRecipient(passphraseBytes(passphrase), workFactor, memory));
  return armor.encode(await encrypter.encrypt(text));
}

/** What the file holds; undefined where there is no file. */
async function unseal(
  path: string,
  passphrase: Secret,
  memory: DerivationMemory | undefined,
): Promise<ReadState<Contents> | undefined> {
  const text = await readStateText(sealedKeysKind, path);
  if (text === undefined) return undefined;
  const { armor, Decrypter } = await ageLibrary();
  let refused = false;
  const decrypter = new Decrypter();
  decrypter.addIdentity(passphraseIdentity(passphraseBytes(passphrase), memory));
  // asked only when the passphrase before it opened nothing: tells a wrong one from a damaged file
  decrypter.addIdentity({
    unwrapFileKey() {
      refused = true;
      return null;
    },
  });
  let plain: string;
  try {
    plain = await decrypter.decrypt(armor.decode(text), 'text');
  } catch (error) {
    if (error instanceof KeelError) throw error;
    if (refused) throw closed(path, error);
    throw stateDamaged(sealedKeysKind, path, 'it cannot be decrypted to the end');
  }
  return parseState(sealedKeysKind, plain, path);
}

function closed(path: string, cause: unknown): KeelError {
  return new KeelError(
    'store-locked',
    `the passphrase does not decrypt ${path}; nothing was changed`,
    'use the passphrase that this environment was set up with; `age --decrypt` also decrypts the file with it',
    { cause },
  );
}
