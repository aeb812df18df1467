import { join } from 'node:path';
import { changeState, readState } from '#storage/state-file';
import { stateKind } from '#storage/state-kind';
import { emptyRing, type KeyRingState, keyRingState } from './key-entry.ts';

export const keyRingKind = stateKind({
  file: 'environments/*/keyring.json',
  what: 'the key ring',
  version: 1,
  schema: keyRingState,
  remedy: 'restore the last good copy of the file; the keys themselves are not in it',
});

/** Reads keyring.json of an environment's folder; an empty ring where there is no file. Throws `state-damaged`, `state-newer`. */
export async function readKeyRing(folder: string): Promise<KeyRingState> {
  return (await readState(keyRingKind, pathIn(folder))) ?? emptyRing;
}

/**
 * Applies a pure change to keyring.json while no other process can, and returns when it is durable. A change that
 * returns the same ring writes nothing; one that throws leaves the file as it was.
 */
export async function changeKeyRing(
  folder: string,
  change: (ring: KeyRingState) => KeyRingState,
): Promise<KeyRingState> {
  const after = await changeState(keyRingKind, pathIn(folder), (now) => {
    const before = now ?? emptyRing;
    const changed = change(before);
    return changed === before ? now : changed;
  });
  return after ?? emptyRing;
}

function pathIn(folder: string): string {
  return join(folder, 'keyring.json');
}
