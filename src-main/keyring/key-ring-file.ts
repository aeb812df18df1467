import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { writeDurably } from '#environments/durable-file';
import { withFolderLock } from '#environments/folder-lock';
import { KeelError } from '#errors/keel-error';
import { emptyRing, type KeyRingState, keyRingState } from './key-entry.ts';

/** Reads keyring.json of an environment's folder; an empty ring where there is no file. Throws `state-damaged`. */
export async function readKeyRing(folder: string): Promise<KeyRingState> {
  const path = join(folder, 'keyring.json');
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return emptyRing;
    throw damaged(path, `it cannot be read (${(error as NodeJS.ErrnoException).code})`, error);
  }
  let document: unknown;
  try {
    document = JSON.parse(text);
  } catch (error) {
    throw damaged(path, 'it is not JSON', error);
  }
  const parsed = keyRingState.safeParse(document);
  if (parsed.success) return parsed.data;
  throw damaged(path, z.prettifyError(parsed.error).replace(/\s+/g, ' '), parsed.error);
}

/**
 * Applies a pure change to keyring.json while no other process can, and returns when it is durable. A change that
 * returns the same ring writes nothing; one that throws leaves the file as it was.
 */
export function changeKeyRing(
  folder: string,
  change: (ring: KeyRingState) => KeyRingState,
): Promise<KeyRingState> {
  return withFolderLock(folder, 'keyring', async () => {
    const before = await readKeyRing(folder);
    const after = change(before);
    if (after !== before) {
      await writeDurably(join(folder, 'keyring.json'), `${JSON.stringify(after, null, 2)}\n`);
    }
    return after;
  });
}

function damaged(path: string, how: string, cause: unknown): KeelError {
  return new KeelError(
    'state-damaged',
    `the key ring ${path} is damaged: ${how}; it was left as it is`,
    'put back the last good copy of the file; the keys themselves are not in it',
    { cause },
  );
}
