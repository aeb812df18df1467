import { activeKeyOf } from '#shared/active-key';
import type { EncryptionKey } from '#crypto/encryption-key';
import type { KnownEnvironment } from '#environments/known-environments';
import { KeelError } from '#errors/keel-error';
import { readKeyRing } from '#keyring/key-ring-file';
import { entryOf } from '#keyring/key-states';
import { type KeyPlace, openKeyRingOf } from '#workspace/key-place';
import { readPassphrase } from '#commands/command-context';
import { type KeySource, readKey } from './key-source.ts';
import type { Named } from '#commands/environments/named-environment';

type Options = KeySource & Named & { readonly passphraseFile?: string };

/** Whether a key was given by a file, a variable or standard input. */
export function hasKeySource({ keyFile, keyEnv, stdin }: KeySource): boolean {
  return keyFile !== undefined || keyEnv !== undefined || stdin === true;
}

/** The key that was given, else the active one of the environment of `--env`. The caller disposes it. */
export async function givenKey(options: Options): Promise<EncryptionKey> {
  if (options.named && !hasKeySource(options)) return activeKey(options.named, options);
  return readKey(options, { allowWeak: true });
}

/** The key that was given, else every key of the environment's ring that is still kept. The caller disposes them. */
export async function keysAtHand(options: Options): Promise<EncryptionKey[]> {
  const { named } = options;
  if (!named || hasKeySource(options)) return [await readKey(options, { allowWeak: true })];
  const ring = await readKeyRing(named.folder);
  const kept = ring.keys.filter(({ state }) => state !== 'destroyed');
  if (kept.length === 0) {
    throw new KeelError(
      'key-unproven',
      `the key ring of ${named.settings.name} is empty; nothing was read`,
      'give a key with `--key-file FILE`',
    );
  }
  const keys: EncryptionKey[] = [];
  for (const { fingerprint } of kept) keys.push(await ringKey(named, fingerprint, options));
  return keys;
}

/** The active key of an environment, from where it is kept. Throws `key-unproven` where none is. */
export async function activeKey(
  named: KnownEnvironment,
  options: { readonly passphraseFile?: string },
): Promise<EncryptionKey> {
  const { keys } = await readKeyRing(named.folder);
  const active = activeKeyOf(keys);
  if (!active) {
    throw new KeelError(
      'key-unproven',
      `no key of ${named.settings.name} is known to be the right one yet; nothing was done`,
      'give the key with `--key-file FILE`, or prove it in the app',
    );
  }
  return ringKey(named, active.fingerprint, options);
}

/** A key of an environment's ring, from where it is kept. Throws `key-not-in-ring`. The caller disposes it. */
export async function ringKey(
  named: KnownEnvironment,
  fingerprint: string,
  options: { readonly passphraseFile?: string },
): Promise<EncryptionKey> {
  const { heldIn } = entryOf(await readKeyRing(named.folder), fingerprint);
  const place: KeyPlace = typeof heldIn === 'object' ? 'own-files' : heldIn;
  using passphrase = place === 'sealed-file' ? await readPassphrase(options) : undefined;
  const { keyRing } = await openKeyRingOf(named.folder, {
    place,
    ...(passphrase && { passphrase }),
    ownFiles: new Map(),
  });
  return await keyRing.load(fingerprint);
}
