import { basename } from 'node:path';
import { readEnvironmentSettings } from '#environments/environment-settings';
import { environmentNameIn } from '#environments/environment-name';
import type { KeyEntry } from '#keyring/key-entry';
import { type KeyRing, openKeyRing } from '#keyring/key-ring';
import { ownFileStore } from '#keyring/own-file-store';
import { environmentFolderOf } from './command-context.ts';
import type { Named } from './named-environment.ts';

type Options = Named & { readonly database?: string };

/** What is written down about the keys of an environment, without the keys. */
export interface KnownRing {
  readonly folder: string;
  /** The environment's name. */
  readonly name: string;
  readonly keyRing: Pick<KeyRing, 'recordMade' | 'recordProof'>;
  readonly keys: readonly KeyEntry[];
}

/** The key ring of `--env` or `--database`; undefined where neither was given. Needs no store of keys, and makes no folder. */
export async function knownRing(options: Options): Promise<KnownRing | undefined> {
  if (!options.named && options.database === undefined) return undefined;
  const folder = environmentFolderOf(options);
  const settings = await readEnvironmentSettings(folder);
  const keyRing = openKeyRing(folder, ownFileStore(''));
  return {
    folder,
    name: settings?.name ?? environmentNameIn(basename(folder)),
    keyRing,
    keys: await keyRing.list(),
  };
}

/** Whether a ring has a key, so that something can be written down about it. */
export function hasKey(ring: KnownRing | undefined, fingerprint: string): ring is KnownRing {
  return ring?.keys.some((key) => key.fingerprint === fingerprint) ?? false;
}
