import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { armor, Decrypter, Encrypter } from 'age-encryption';
import { z } from 'zod';
import {
  type DerivationMemory,
  passphraseBytes,
  passphraseIdentity,
  passphraseRecipient,
} from '#crypto/age-passphrase';
import { parseEncryptionKey } from '#crypto/encryption-key';
import type { Secret } from '#crypto/secret';
import { writeDurably } from '#environments/durable-file';
import { withFolderLock } from '#environments/folder-lock';
import { KeelError } from '#errors/keel-error';
import { type SecretStore, stillThere } from './secret-store.ts';

export interface SealOptions {
  /** Base-2 logarithm of the scrypt cost for sealing. Tests lower it; people's keys get the default of age. */
  readonly workFactor?: number;
  /** Makes opening the same file again quick. The caller disposes it. */
  readonly memory?: DerivationMemory;
}

const contents = z.strictObject({
  version: z.literal(1),
  keys: z.array(z.strictObject({ account: z.string(), key: z.string() })),
});
type Contents = z.infer<typeof contents>;

/**
 * Keys in `secrets.sealed` of an environment's folder: JSON in an armored age file under a passphrase (scrypt), which
 * `age --decrypt` opens without Keel. Every call runs scrypt once or twice, half a second or so each, beside
 * the main thread.
 * The caller keeps `passphrase` and disposes it when done with the store. Throws `store-locked` for a wrong passphrase,
 * `state-damaged` for a damaged file, which is then left as it is, and `file-unwritable`.
 */
export function sealedFileStore(
  folder: string,
  passphrase: Secret,
  { workFactor, memory }: SealOptions = {},
): SecretStore {
  const path = sealedFile(folder);

  const change = (edit: (keys: Contents['keys']) => Contents['keys']) =>
    withFolderLock(folder, 'secrets', async () => {
      const before = await unseal(path, passphrase, memory);
      const sealed = await seal({ version: 1, keys: edit(before?.keys ?? []) }, passphrase, workFactor);
      await writeDurably(path, sealed);
    });

  return {
    kind: 'sealed-file',
    put: (account, key) =>
      change((keys) => [
        ...keys.filter((entry) => entry.account !== account),
        { account, key: key.toBase64() },
      ]),
    async get(account) {
      const found = (await unseal(path, passphrase, memory))?.keys.find((entry) => entry.account === account);
      return found && parseEncryptionKey(found.key, { allowWeak: true });
    },
    async remove(account) {
      const holds = async () =>
        (await unseal(path, passphrase, memory))?.keys.some((entry) => entry.account === account) === true;
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

async function seal(plain: Contents, passphrase: Secret, workFactor: number | undefined): Promise<string> {
  const encrypter = new Encrypter();
  encrypter.addRecipient(passphraseRecipient(passphraseBytes(passphrase), workFactor));
  return armor.encode(await encrypter.encrypt(JSON.stringify(plain)));
}

/** What the file holds; undefined where there is no file. */
async function unseal(
  path: string,
  passphrase: Secret,
  memory: DerivationMemory | undefined,
): Promise<Contents | undefined> {
  const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw damaged(path, `it cannot be read (${error.code})`, error);
  });
  if (text === undefined) return undefined;
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
  try {
    const plain = await decrypter.decrypt(armor.decode(text), 'text');
    return contents.parse(JSON.parse(plain));
  } catch (error) {
    if (refused) throw locked(path, error);
    // an error of the parsers may quote what it read, so it is not kept as the cause
    throw damaged(path, 'it does not open to the end', undefined);
  }
}

function locked(path: string, cause: unknown): KeelError {
  return new KeelError(
    'store-locked',
    `the passphrase does not open ${path}; nothing changed`,
    'give the passphrase that this environment was set up with; `age --decrypt` with it opens the file too',
    { cause },
  );
}

function damaged(path: string, how: string, cause: unknown): KeelError {
  return new KeelError(
    'state-damaged',
    `the sealed file ${path} is damaged: ${how}; it was left as it is`,
    'put back the last good copy of the file, or restore the key from one of its backups',
    { cause },
  );
}
