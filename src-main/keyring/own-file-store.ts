import { resolve } from 'node:path';
import { parseApplicationKey } from '#crypto/application-key';
import { type EncryptionKey, parseEncryptionKey } from '#crypto/encryption-key';
import { KeelError } from '#errors/keel-error';
import { readSmallFile } from '#storage/small-file';
import { fingerprintIn, type SecretStore } from './secret-store.ts';

/** A key is 44 characters; anything much longer is another file. */
const longestFile = 4096;

/**
 * Keeps no copy: the key stays in the admin's own file, of which only the absolute path is remembered. Storing is
 * checking that the file has that very key. Throws `key-file-unreadable`, `key-malformed`, or `key-not-in-ring` where
 * the file holds another key. Never writes or deletes the file: removing throws `key-needed` as long as it holds the key.
 */
export function ownFileStore(file: string): SecretStore {
  const path = resolve(file);
  return {
    kind: { ownFile: path },
    async put(_account, key) {
      using _found = await readOwnFile(path, key.fingerprint);
    },
    get: (account) => readOwnFile(path, fingerprintIn(account)),
    async remove(account) {
      const fingerprint = fingerprintIn(account);
      if (!(await holdsKey(path, fingerprint))) return;
      throw new KeelError(
        'key-needed',
        `key ${fingerprint} is stored in your own file ${path}, which Keel never deletes; nothing was destroyed`,
        'delete that file and its copies yourself, then destroy the key again: the key ring then shows it as destroyed',
      );
    },
  };
}

/** Whether the file gives this key. No for a file that is gone or holds something else; throws where it cannot be determined. */
async function holdsKey(path: string, fingerprint: string): Promise<boolean> {
  try {
    using _key = await readOwnFile(path, fingerprint);
    return true;
  } catch (error) {
    const cause = error instanceof KeelError ? error.cause : undefined;
    const isGone = (cause as NodeJS.ErrnoException | undefined)?.code === 'ENOENT';
    if (isGone || (error instanceof KeelError && error.code !== 'key-file-unreadable')) return false;
    throw error;
  }
}

async function readOwnFile(path: string, fingerprint: string): Promise<EncryptionKey> {
  const text = await readText(path);
  const application = keyOfApplication(text, fingerprint);
  if (application) return application;
  const key = parseEncryptionKey(text, { allowWeak: true });
  if (key.fingerprint === fingerprint) return key;
  const other = key.fingerprint;
  key[Symbol.dispose]();
  throw new KeelError(
    'key-not-in-ring',
    `${path} contains key ${other}, not key ${fingerprint}; nothing was changed`,
    `restore key ${fingerprint} to that file, from a backup if necessary`,
  );
}

/** The file's text as another application's key, where it is the one that is searched for: its fingerprint tells. */
function keyOfApplication(text: string, fingerprint: string): EncryptionKey | undefined {
  const bytes = Buffer.from(text, 'utf8');
  try {
    const key = parseApplicationKey(bytes);
    if (key.fingerprint === fingerprint) return key;
    key[Symbol.dispose]();
  } catch (error) {
    if (!(error instanceof KeelError)) throw error;
  } finally {
    bytes.fill(0);
  }
  return undefined;
}

async function readText(path: string): Promise<string> {
  const read = await readSmallFile(path, { max: longestFile });
  if ('bytes' in read) {
    const text = read.bytes.toString('utf8');
    read.bytes.fill(0);
    return text;
  }
  throw new KeelError(
    'key-file-unreadable',
    `the key file ${path} cannot be read: ${read.why}; nothing was changed`,
    'check the path and its permissions; the key ring keeps no copy of this key',
    { cause: read.cause },
  );
}
