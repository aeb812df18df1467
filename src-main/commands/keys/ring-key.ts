import type { CensusKeys } from '#census/census-keys';
import type { EncryptionKey } from '#crypto/encryption-key';
import { loadActiveKey, loadKeptKeys, loadOtherKeys } from '#workspace/ring-keys';
import type { Workspace } from '#workspace/workspace';
import type { Named } from '#commands/environments/named-environment';
import { type KeySource, readKey } from './key-source.ts';

type Options = KeySource & Named;

/** Whether a key was given by a file, a variable or standard input. */
export function hasKeySource({ keyFile, keyEnv, stdin }: KeySource): boolean {
  return keyFile !== undefined || keyEnv !== undefined || stdin === true;
}

/** The key that was given, else one of the environment of `--env`: the active one, unless `load` takes another. The caller disposes it. */
export async function givenKey(
  options: Options,
  workspace: Workspace | undefined,
  load = loadActiveKey,
): Promise<EncryptionKey> {
  if (!workspace || !options.named || hasKeySource(options)) return readKey(options, { allowWeak: true });
  return load(workspace);
}

/** The key that was given, else every key of the environment's ring that is still kept. The caller disposes them. */
async function keysAtHand(options: Options, workspace: Workspace | undefined): Promise<EncryptionKey[]> {
  if (!workspace || !options.named || hasKeySource(options))
    return [await readKey(options, { allowWeak: true })];
  return loadKeptKeys(workspace);
}

/** Keys of a census: those at hand, and the others of the environment's ring, whose values may hold values under these. The caller disposes them. */
export async function censusKeys(
  options: Options,
  workspace: Workspace | undefined,
): Promise<CensusKeys & Disposable> {
  const keys = await keysAtHand(options, workspace);
  const owned = [...keys];
  const dispose = () => {
    for (const key of owned) key[Symbol.dispose]();
  };
  try {
    const alsoOpened = workspace ? await loadOtherKeys(workspace, keys) : [];
    owned.push(...alsoOpened);
    return { keys, alsoOpened, [Symbol.dispose]: dispose };
  } catch (error) {
    dispose();
    throw error;
  }
}
