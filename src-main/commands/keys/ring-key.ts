import type { EncryptionKey } from '#crypto/encryption-key';
import { loadActiveKey, loadKeptKeys } from '#workspace/ring-keys';
import type { Workspace } from '#workspace/workspace';
import type { Named } from '#commands/environments/named-environment';
import { type KeySource, readKey } from './key-source.ts';

type Options = KeySource & Named;

/** Whether a key was given by a file, a variable or standard input. */
export function hasKeySource({ keyFile, keyEnv, stdin }: KeySource): boolean {
  return keyFile !== undefined || keyEnv !== undefined || stdin === true;
}

/** The key that was given, else the active one of the environment of `--env`. The caller disposes it. */
export async function givenKey(options: Options, workspace: Workspace | undefined): Promise<EncryptionKey> {
  if (!workspace || !options.named || hasKeySource(options)) return readKey(options, { allowWeak: true });
  return loadActiveKey(workspace);
}

/** The key that was given, else every key of the environment's ring that is still kept. The caller disposes them. */
export async function keysAtHand(
  options: Options,
  workspace: Workspace | undefined,
): Promise<EncryptionKey[]> {
  if (!workspace || !options.named || hasKeySource(options))
    return [await readKey(options, { allowWeak: true })];
  return loadKeptKeys(workspace);
}
