import { basename } from 'node:path';
import type { Client } from 'pg';
import type { DerivationMemory } from '#crypto/age-passphrase';
import type { Secret } from '#crypto/secret';
import { environmentNameOf } from '#environments/environment-name';
import { listEnvironmentFolders, readEnvironmentSettings } from '#environments/environment-settings';
import { environmentFolder, keelHome } from '#environments/keel-home';
import { KeelError } from '#errors/keel-error';
import { type KeyRing, openKeyRing } from '#keyring/key-ring';
import { readKeyRing } from '#keyring/key-ring-file';
import { keychainWorks } from '#keyring/keychain';
import { keychainStore } from '#keyring/keychain-store';
import { ownFileStore } from '#keyring/own-file-store';
import { sealedFileStore } from '#keyring/sealed-file-store';
import { connect } from '#postgres/connect';
import { type DatabaseTarget, describeTarget, parseDatabaseUrl } from '#postgres/target';
import type { KeyFacts } from '#posture/facts';
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
  readonly keyRing: KeyRing;
  readonly records: RotationRecords;
  /** Where new keys go. */
  readonly place: KeyPlace;
  /** Present where Keel settled on a place that the admin should know of. */
  readonly warning?: string;
}

/** Throws `url-malformed`. Connects to nothing yet. */
export function openDatabase(url: string): Database {
  return databaseAt(parseDatabaseUrl(url));
}

/** A database by its parts. The caller keeps the target's password. */
export function databaseAt(target: DatabaseTarget): Database {
  return {
    target,
    label: describeTarget(target),
    open: (applicationName) => connect(target, { applicationName }),
  };
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
 * The environment of a database, made on first use. Without a choice and without a keychain, keys stay in the files that
 * the admin gave; where there are none either, throws `keychain-unavailable`.
 */
export async function openEnvironment(
  { target }: Database,
  choice: KeyPlaceChoice,
  home = keelHome(),
): Promise<Environment> {
  const name = environmentNameOf(target.host, target.port, target.database);
  const folder = await environmentFolder(home, name);
  const chosen = choice.place ?? (await placeOfRing(folder));
  const { place, warning } = chosen ? { place: chosen } : await defaultPlace(choice);
  const keyRing = openKeyRingIn(place, folder, choice);
  return { folder, name, keyRing, records: new RotationRecords(folder), place, ...(warning && { warning }) };
}

/** What the key rings under `home` tell of the keys of the environment in `folder`. Reads no key. */
export async function readKeyFacts(home: string, folder: string): Promise<KeyFacts> {
  const { keys } = await readKeyRing(folder);
  const mine = new Set(keys.filter(({ state }) => state !== 'destroyed').map((key) => key.fingerprint));
  const others: string[] = [];
  const sharedWith: string[] = [];
  for (const other of await listEnvironmentFolders(home)) {
    if (other === folder) continue;
    // a damaged neighbour is told of where it is shown itself
    const ring = await readKeyRing(other).catch(() => undefined);
    if (!ring || ring.keys.length === 0) continue;
    const settings = await readEnvironmentSettings(other).catch(() => undefined);
    const name = settings?.name ?? basename(other);
    others.push(name);
    if (ring.keys.some((key) => key.state !== 'destroyed' && mine.has(key.fingerprint)))
      sharedWith.push(name);
  }
  const active = keys.find(({ state }) => state === 'active');
  const provenAt = active?.proofs
    .map((proof) => proof.provenAt)
    .sort()
    .at(-1);
  return {
    ...(active && {
      active: {
        fingerprint: active.fingerprint,
        since: active.activatedAt ?? active.createdAt,
        adopted: active.origin !== 'generated',
        ...(provenAt && { provenAt }),
        proofs: active.proofs.length,
      },
    }),
    others,
    sharedWith,
  };
}

async function placeOfRing(folder: string): Promise<KeyPlace | undefined> {
  const heldIn = (await readKeyRing(folder)).keys.at(-1)?.heldIn;
  return typeof heldIn === 'object' ? 'own-files' : heldIn;
}

async function defaultPlace({
  passphrase,
  ownFiles,
}: KeyPlaceChoice): Promise<{ place: KeyPlace; warning?: string }> {
  const check = await keychainWorks();
  if (check.works) return { place: 'keychain' };
  const [why] = check.error.message.split('; ');
  if (passphrase)
    return { place: 'sealed-file', warning: `${why}: keys are kept in a file sealed under the passphrase` };
  if (ownFiles.size === 0) throw check.error;
  const files = [...ownFiles.values()].join(' and ');
  const warning = `${why}: keys stay in your own files and nowhere else, so keep ${files}; \`--keep-keys-in\` names another place`;
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
      'keys kept in a sealed file need its passphrase',
      'give it with `--passphrase-file FILE` or in KEEL_PASSPHRASE',
    );
  }
  const ringOf = (fingerprint: string) => {
    const file = ownFiles.get(fingerprint);
    if (file !== undefined) return openKeyRing(folder, ownFileStore(file));
    throw new KeelError(
      'keychain-unavailable',
      `key ${fingerprint} was not given as a file, and there is no other place to keep it; nothing was changed`,
      'choose `--keep-keys-in sealed-file` (or keychain), or give both keys as files',
    );
  };
  // reading needs no store: the ring remembers the file of each key
  const ring = openKeyRing(folder, ownFileStore(''));
  return { ...ring, hold: async (key, state, origin) => ringOf(key.fingerprint).hold(key, state, origin) };
}
