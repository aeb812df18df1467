import type { Client } from 'pg';
import type { Secret } from '#crypto/secret';
import { environmentNameOf } from '#environments/environment-name';
import { environmentFolder, keelHome } from '#environments/keel-home';
import { KeelError } from '#errors/keel-error';
import { openKeyRing } from '#keyring/key-ring';
import { keychainStore, keychainWorks } from '#keyring/keychain-store';
import { ownFileStore } from '#keyring/own-file-store';
import { sealedFileStore } from '#keyring/sealed-file-store';
import type { SecretStore } from '#keyring/secret-store';
import { connect } from '#postgres/connect';
import { type DatabaseTarget, describeTarget, parseDatabaseUrl } from '#postgres/target';
import type { KeyKeeper } from '#rotation/key-keeper';
import { RotationRecords } from '#rotation/rotation-record';

/** Where an environment's keys are kept: the OS keychain, a file under a passphrase, or the admin's own key files. */
export const keyPlaces = ['keychain', 'sealed-file', 'own-files'] as const;
export type KeyPlace = (typeof keyPlaces)[number];

/** A database and how to reach it. */
export interface Database {
  readonly target: DatabaseTarget;
  /** `user@host:port/name`, safe to show. */
  readonly label: string;
  readonly open: (applicationName: string) => Promise<Client>;
}

/** What Keel keeps for the environment of a database. */
export interface Environment {
  readonly folder: string;
  readonly name: string;
  readonly keyRing: KeyKeeper;
  readonly records: RotationRecords;
  /** Where new keys go. */
  readonly place: KeyPlace;
}

/** Throws `url-malformed`. Connects to nothing yet. */
export function openDatabase(url: string): Database {
  const target = parseDatabaseUrl(url);
  return {
    target,
    label: describeTarget(target),
    open: (applicationName) => connect(target, { applicationName }),
  };
}

export interface KeyPlaceChoice {
  /** What the admin chose; without it the keychain, where there is one. */
  readonly place?: KeyPlace;
  readonly passphrase?: Secret;
  /** Key files that the admin gave, by fingerprint. */
  readonly ownFiles: ReadonlyMap<string, string>;
}

/**
 * The environment of a database, made on first use. Without a choice and without a keychain, keys stay in the files that
 * the admin gave; where there are none either, throws `keychain-unavailable`.
 */
export async function openEnvironment({ target }: Database, choice: KeyPlaceChoice): Promise<Environment> {
  const name = environmentNameOf(target.host, target.port, target.database);
  const folder = await environmentFolder(keelHome(), name);
  const place = choice.place ?? (await defaultPlace(choice));
  const keyRing = openKeyRingIn(place, folder, choice);
  return { folder, name, keyRing, records: new RotationRecords(folder), place };
}

async function defaultPlace({ passphrase, ownFiles }: KeyPlaceChoice): Promise<KeyPlace> {
  const check = await keychainWorks();
  if (check.works) return 'keychain';
  if (passphrase) return 'sealed-file';
  if (ownFiles.size > 0) return 'own-files';
  throw check.error;
}

function openKeyRingIn(place: KeyPlace, folder: string, { passphrase, ownFiles }: KeyPlaceChoice): KeyKeeper {
  if (place === 'keychain') return openKeyRing(folder, keychainStore());
  if (place === 'sealed-file') {
    if (passphrase) return openKeyRing(folder, sealedFileStore(folder, passphrase));
    throw new KeelError(
      'passphrase-missing',
      'keys kept in a sealed file need its passphrase',
      'give it with `--passphrase-file FILE` or in KEEL_PASSPHRASE',
    );
  }
  const storeOf = (fingerprint: string): SecretStore => ownFileStore(ownFiles.get(fingerprint) ?? '');
  const ring = openKeyRing(folder, storeOf(''));
  return { ...ring, hold: (key, state) => openKeyRing(folder, storeOf(key.fingerprint)).hold(key, state) };
}
