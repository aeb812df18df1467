import { keyPlace } from '#contract/key-record';
import type { DerivationMemory } from '#crypto/derivation-memory';
import type { EncryptionKey } from '#crypto/encryption-key';
import type { Secret } from '#crypto/secret';
import { madeFolder } from '#storage/made-folder';
import { KeelError } from '#errors/keel-error';
import { type Text, text } from '#errors/text';
import { type KeyRing, openKeyRing } from '#keyring/key-ring';
import { readKeyRing } from '#keyring/key-ring-file';
import { entryOf } from '#keyring/key-states';
import { keychainWorks } from '#keyring/keychain';
import { keychainStore } from '#keyring/keychain-store';
import { ownFileStore } from '#keyring/own-file-store';
import { sealedFileStore } from '#keyring/sealed-file-store';

/** Where an environment's keys are kept: the OS keychain, a file under a passphrase, or the admin's own key files. */
export const keyPlaces = [...keyPlace.options, 'own-files'] as const;
export type KeyPlace = (typeof keyPlaces)[number];

/** An environment's key ring, opened with the store that its keys lie in. */
export interface OpenKeyRing {
  readonly keyRing: KeyRing;
  /** Where new keys go. */
  readonly place: KeyPlace;
  /** Present where Keel settled on a place that the admin should know of. */
  readonly warning?: Text;
}

export interface KeyPlaceChoice {
  /** What the admin chose; without it where the ring's keys lie already, else the keychain, where there is one. */
  readonly place?: KeyPlace;
  readonly passphrase?: Secret;
  /** Base-2 logarithm of the scrypt cost of a sealed file; the practice lowers it, people's keys get age's default. */
  readonly workFactor?: number;
  /** Makes opening a sealed file again quick. The caller disposes it. */
  readonly memory?: DerivationMemory;
  /** Key files that the admin gave, by fingerprint. */
  readonly ownFiles: ReadonlyMap<string, string>;
}

/**
 * The key ring in an environment's folder, which is made if there is none. Without a choice and without a keychain, keys stay in
 * the files that the admin gave; where there are none either, throws `keychain-unavailable`.
 */
export async function openKeyRingOf(folder: string, choice: KeyPlaceChoice): Promise<OpenKeyRing> {
  await madeFolder(folder);
  const chosen = choice.place ?? (await placeOfRing(folder));
  const { place, warning } = chosen ? { place: chosen } : await defaultPlace(choice);
  const keyRing = openKeyRingIn(place, folder, choice);
  return {
    keyRing: {
      ...keyRing,
      load: (fingerprint) => loadWhereHeld(keyRing, fingerprint, place, folder, choice),
    },
    place,
    ...(warning && { warning }),
  };
}

/** A key that was kept before the admin chose another place is still in the former one. */
async function loadWhereHeld(
  keyRing: KeyRing,
  fingerprint: string,
  place: KeyPlace,
  folder: string,
  choice: KeyPlaceChoice,
): Promise<EncryptionKey> {
  const { heldIn } = entryOf(await readKeyRing(folder), fingerprint);
  const isElsewhere = typeof heldIn === 'string' && heldIn !== place;
  return (isElsewhere ? openKeyRingIn(heldIn, folder, choice) : keyRing).load(fingerprint);
}

async function placeOfRing(folder: string): Promise<KeyPlace | undefined> {
  const heldIn = (await readKeyRing(folder)).keys.at(-1)?.heldIn;
  return typeof heldIn === 'object' ? 'own-files' : heldIn;
}

async function defaultPlace({
  passphrase,
  ownFiles,
}: KeyPlaceChoice): Promise<{ place: KeyPlace; warning?: Text }> {
  const check = await keychainWorks();
  if (check.works) return { place: 'keychain' };
  const { why } = check;
  if (passphrase)
    return {
      place: 'sealed-file',
      warning: `${why}: keys are stored in an encrypted key file, protected by the passphrase`,
    };
  if (ownFiles.size === 0) throw check.error;
  const files = [...ownFiles.values()].join(' and ');
  const warning = text`${why}: keys stay in your own files only, so keep ${files}${{ do: 'or-name-key-place' }}`;
  return { place: 'own-files', warning };
}

function openKeyRingIn(
  place: KeyPlace,
  folder: string,
  { passphrase, workFactor, memory, ownFiles }: KeyPlaceChoice,
): KeyRing {
  if (place === 'keychain') return openKeyRing(folder, keychainStore());
  if (place === 'sealed-file') {
    if (passphrase) {
      const options = { ...(workFactor !== undefined && { workFactor }), ...(memory && { memory }) };
      return openKeyRing(folder, sealedFileStore(folder, passphrase, options));
    }
    throw new KeelError(
      'passphrase-missing',
      'an encrypted key file needs its passphrase',
      text`${{ do: 'give-passphrase' }}`,
    );
  }
  const ringOf = (fingerprint: string) => {
    const file = ownFiles.get(fingerprint);
    if (file !== undefined) return openKeyRing(folder, ownFileStore(file));
    throw new KeelError(
      'keychain-unavailable',
      `key ${fingerprint} was not given as a file, and there is no other place to store it; nothing was changed`,
      text`${{ do: 'choose-key-place' }}`,
    );
  };
  // reading needs no store: the ring remembers the file of each key
  const ring = openKeyRing(folder, ownFileStore(''));
  return { ...ring, hold: async (key, state, origin) => ringOf(key.fingerprint).hold(key, state, origin) };
}
