import { existsSync } from 'node:fs';
import { DerivationMemory } from '#crypto/derivation-memory';
import { Secret } from '#crypto/secret';
import { KeelError } from '#errors/keel-error';
import { text } from '#errors/text';
import { sealedFile, sealedFileStore } from './sealed-file-store.ts';

/** A new sealed file deserves no shorter one. */
const leastLength = 12;

/**
 * What was derived from the passphrase in opening the folder's sealed file, for the caller to dispose. Throws `store-locked` if it does not
 * open the file, `passphrase-missing` where none was given or, for a file that is yet to be made, one that is too short.
 */
export async function checkPassphrase(folder: string, typed: string | undefined): Promise<DerivationMemory> {
  const isThere = existsSync(sealedFile(folder));
  if (typed === undefined || (!isThere && typed.length < leastLength)) {
    throw new KeelError(
      'passphrase-missing',
      isThere
        ? 'the encrypted key file needs its passphrase, and none was given; nothing was changed'
        : `an encrypted key file needs a passphrase of at least ${leastLength} characters; nothing was changed`,
      isThere ? text`${{ do: 'give-passphrase' }}` : text`${{ do: 'choose-passphrase' }}`,
    );
  }
  using passphrase = new Secret(Buffer.from(typed, 'utf8'));
  const memory = new DerivationMemory();
  try {
    // opens the file if there is one; the account does not matter
    await sealedFileStore(folder, passphrase, { memory }).get('any');
    return memory;
  } catch (error) {
    memory[Symbol.dispose]();
    throw error;
  }
}
